import type { Identity } from '../resource/identity.js';

/** The parts of a failure that decide. */
interface Failed {
  readonly type: string;
  readonly message: string;
}

/** How a run ends that did not reach its goal. `keep`: without a rollback. */
export type Ending<Failure extends Failed = Failed> =
  | { readonly why: 'cancelled'; readonly keep: boolean }
  | { readonly why: 'failed' | 'rejected'; readonly failure: Failure; readonly keep: boolean }
  | { readonly why: 'abandoned' };

/** Decides how a run ends after a failure, or after a cancel: then there is no failure. */
export function endingOf<Failure extends Failed>(
  failure: Failure | null,
  spec: { readonly onFailure: string; readonly onCancel: string } | null,
): Ending<Failure> {
  if (failure === null) return { why: 'cancelled', keep: spec?.onCancel === 'keep' };
  if (failure.type === 'ApprovalRejected' || failure.type === 'ApprovalTimedOut')
    return { why: 'rejected', failure, keep: false };
  return { why: 'failed', failure, keep: spec?.onFailure === 'keep' };
}

/** Whether the resources of the run stay when it ends. */
export function keepsResources(ending: Ending): boolean {
  return ending.why === 'abandoned' || ending.keep;
}

/** Failures of a rollback that must not delete: the resource stays. */
const keptBy: readonly string[] = ['Protected', 'Busy'];

/**
 * The last phase of a run. `failure` is that of the ending or of its rollback, and `isRemoved` is true when the
 * rollback found something to remove.
 */
export function closingOf(
  ending: Ending,
  failure: Failed | null,
  isRemoved: boolean,
): { readonly phase: 'Abandoned' | 'Cancelled' | 'Rejected' | 'RolledBack' | 'Failed'; readonly why: string } {
  if (ending.why === 'abandoned')
    return { phase: 'Abandoned', why: 'abandoned by an operator; every resource is kept' };
  if (failure === null) {
    const kept = ending.keep ? 'the resources are kept' : 'everything it created has been deleted';
    return { phase: 'Cancelled', why: `cancelled; ${kept}` };
  }
  const why = `${failure.type}: ${failure.message}`;
  if (ending.why === 'rejected') return { phase: 'Rejected', why };
  const isUndone = isRemoved && !ending.keep && !keptBy.includes(failure.type);
  return { phase: isUndone ? 'RolledBack' : 'Failed', why };
}

/**
 * Whether resources of a run may exist when it closes. The result of an unknown create may exist without being known:
 * the lease owns it by name and marker. `hasUndo`: a create of this run was sent.
 */
export function mayOwn(
  owned: {
    readonly pool: Identity | null;
    readonly notebooks: readonly Identity[];
    readonly unknownSince: number | null;
  },
  hasUndo: boolean,
): boolean {
  return owned.pool !== null || owned.notebooks.length > 0 || (owned.unknownSince !== null && hasUndo);
}
