import { type OperationKind, operationId, parseOperationId } from '../../contract/ids.js';
import { progressQuery } from '../../contract/messages.js';
import type { Ownership } from '../../domain/resource/inventory.js';
import { describeRun } from '../../temporal/describe-run.js';
import { isOpen, type RunFacts } from '../../temporal/run-facts.js';
import type { ActivityDeps } from '../deps.js';
import { rethrowBug } from '../failures.js';
import { isRemovalPending } from '../lease/transfer.js';

/** Operations whose hashed id is in markers. */
export const creatingKinds: readonly OperationKind[] = ['env', 'pool', 'notebook'];
/** Precedence of open operations. */
const rank: readonly OperationKind[] = ['teardown', ...creatingKinds, 'lease'];
const callMs = 5_000;

/** One workflow id's newest run. */
export interface Seen extends Pick<RunFacts, 'workflowId' | 'runId' | 'phase' | 'leaseEndsAt'> {
  readonly kind: OperationKind;
  readonly isOpen: boolean;
  readonly closedAt: string | null;
}

/** The runs of a name. */
export interface Described {
  readonly seen: readonly Seen[];
  readonly isKnown: boolean;
}

/** The newest run of a workflow id; null when there is none. */
export async function describe(
  { temporal: { workflow }, now }: ActivityDeps,
  kind: OperationKind,
  name: string,
): Promise<Seen | null> {
  const workflowId = operationId(kind, name);
  const run = await workflow.withDeadline(now() + callMs, () => describeRun(workflow, workflowId));
  if (run === null) return null;
  const { runId, status, closedAt, leaseEndsAt } = run;
  // The last phase of a run that Temporal ended looks like that of an open run.
  const isCutOff = status === 'TERMINATED' || status === 'TIMED_OUT';
  const phase = isCutOff ? status : (run.phase ?? (isOpen(run) ? null : status));
  const closed = closedAt?.toISOString() ?? null;
  return { kind, workflowId, runId, isOpen: isOpen(run), phase, closedAt: closed, leaseEndsAt };
}

/** Whether two rounds of describing a name agree. */
export function sameRuns(a: readonly Seen[], b: readonly Seen[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ runId, isOpen }, index) => runId === b[index]?.runId && isOpen === b[index]?.isOpen)
  );
}

/** The ownership that the runs of a name show. */
export async function readOwner(
  deps: ActivityDeps,
  owner: string,
  workflowId: string,
  { seen, isKnown }: Described,
): Promise<Ownership> {
  const open = seen.filter(({ isOpen }) => isOpen);
  const counts = rank.map((kind) => open.find((one) => one.kind === kind)).find((one) => one !== undefined);
  const lease = open.find(({ kind }) => kind === 'lease');
  const progress = counts === undefined ? null : await progressOf(deps, counts.workflowId);
  const leaseProgress = lease === undefined || lease === counts ? progress : await progressOf(deps, lease.workflowId);
  const leasePhase = lease === undefined ? null : (leaseProgress?.phase ?? lease.phase);
  const isLeaseRemoving = lease !== undefined && (await isRemoving(deps, lease.workflowId, leasePhase));
  // Of two operations that ended at the same time, the lease or teardown ended last.
  const [last] = [...seen]
    .reverse()
    .filter(({ isOpen, closedAt }) => !isOpen && closedAt !== null)
    .sort((a, b) => (b.closedAt ?? '').localeCompare(a.closedAt ?? ''));
  return {
    owner,
    name: parseOperationId(workflowId)?.name ?? null,
    workflowId,
    open: open.map((one) => one.workflowId),
    answer: isKnown ? 'asked' : 'unknown',
    phase: progress?.phase ?? counts?.phase ?? null,
    phaseSince: progress?.phaseSince ?? null,
    leaseEndsAt: lease === undefined ? null : (leaseProgress?.lease?.endsAt ?? lease.leaseEndsAt),
    isBeingRemoved: counts?.kind === 'teardown' || isLeaseRemoving,
    ended: last === undefined ? null : { phase: last.phase ?? 'unknown', at: last.closedAt ?? '' },
  };
}

/** Whether an open lease is removing its resources, also while it is paused. */
async function isRemoving(deps: ActivityDeps, workflowId: string, phase: string | null): Promise<boolean> {
  if (phase !== 'Paused') return phase !== null && phase !== 'Leased';
  const { workflow } = deps.temporal;
  return await workflow
    .withDeadline(deps.now() + callMs, () => isRemovalPending(workflow, workflowId))
    .catch(() => false);
}

/** The progress of an open operation; null when it does not respond, for example without a worker of its version. */
async function progressOf({ temporal: { workflow }, now }: ActivityDeps, workflowId: string) {
  try {
    return await workflow.withDeadline(now() + callMs, () => workflow.getHandle(workflowId).query(progressQuery));
  } catch (error) {
    rethrowBug(error);
    return null;
  }
}

/** The ownership of a hash that no known name has. */
export function unknownName(owner: string, isWhole: boolean): Ownership {
  return {
    owner,
    name: null,
    workflowId: null,
    open: [],
    answer: isWhole ? 'asked' : 'unknown',
    phase: null,
    phaseSince: null,
    leaseEndsAt: null,
    isBeingRemoved: false,
    ended: null,
  };
}
