import { sameResource } from '../resource/identity.js';
import { changesLimit, tooLarge } from '../text.js';
import type { Ending } from './ending.js';
import type { ResourceState } from './resource-state.js';

type Step = 'pool' | 'notebook';

/**
 * The decisions on a failed step. Only the last step, the notebook, can be skipped. A prepaid pool cannot be rolled
 * back.
 */
export function resolutionVerbs(step: Step, isPrepaid: boolean): readonly string[] {
  const skip = step === 'notebook' ? ['skip'] : [];
  const rollback = isPrepaid ? [] : ['rollback'];
  return ['retry', ...skip, ...rollback, 'abandon'];
}

/** Failures that no other resource can cause. */
const hasOwnCause: readonly string[] = ['NameTaken', 'SpecConflict', 'UnknownOutcome', 'NotAuthorized'];

/**
 * What follows a failed step. `checkNeeded`: a resource that the step needs may be the cause, and is observed first.
 * No program can know whether an unanswered create took effect, so an operator decides, even without `onFailure: ask`.
 */
export function afterFailedStep(
  type: string,
  onFailure: string,
): { readonly checkNeeded: boolean; readonly act: 'ask' | 'fail' } {
  const mustAsk = onFailure === 'ask' || type === 'UnknownOutcome';
  return { checkNeeded: !hasOwnCause.includes(type), act: mustAsk ? 'ask' : 'fail' };
}

/** What follows the decision on a failed step. After `undecided` the run ends as it would have without the question. */
export function afterDecision<Failure extends { readonly type: string; readonly message: string }>(
  verb: 'retry' | 'skip' | 'rollback' | 'abandon' | 'undecided',
  failure: Failure,
): { readonly act: 'retry' | 'skip' | 'fail' } | { readonly act: 'end'; readonly ending: Ending<Failure> } {
  switch (verb) {
    case 'abandon':
      return { act: 'end', ending: { why: 'abandoned' } };
    case 'rollback':
      return { act: 'end', ending: { why: 'failed', failure, keep: false } };
    case 'undecided':
      return { act: 'fail' };
    case 'retry':
    case 'skip':
      return { act: verb };
  }
}

interface Resolution {
  readonly verb: string;
  readonly step?: string;
  readonly attempt?: number;
  readonly changes?: unknown;
}

interface ProgressFacts {
  readonly phase: string;
  readonly awaiting: { readonly kind: string; readonly verbs: readonly string[] } | null;
  readonly steps: readonly { readonly name: string; readonly state: string; readonly attempt?: number }[];
}

/**
 * Why a decision is refused; null when it is accepted. A decision that refers to an earlier step or attempt is refused.
 */
export function refusalOfResolution(progress: ProgressFacts, resolution: Resolution): string | null {
  const { verb, step, attempt, changes } = resolution;
  if (progress.awaiting?.kind !== 'operator') return `no decision is awaited: the phase is ${progress.phase}`;
  const { verbs } = progress.awaiting;
  if (!verbs.includes(verb)) return `\`${verb}\` is not possible here; possible are ${verbs.join(', ')}`;
  if (changes != null && (typeof changes !== 'object' || Array.isArray(changes)))
    return 'changes must be a mapping of paths to values, such as {"pool.flavor": "…"}';
  const large = changes == null ? null : tooLarge(changes, changesLimit);
  if (large !== null) return `\`changes\` is too large: ${large}`;
  const failed = progress.steps.find(({ state }) => state === 'failed');
  if (step !== undefined && step !== failed?.name)
    return `the failed step is ${failed?.name ?? 'none'}, not ${step}: check the present state`;
  if (attempt !== undefined && attempt !== failed?.attempt) {
    return `the attempt is ${failed?.attempt ?? 'none'}, not ${attempt}: check the present state`;
  }
  return null;
}

/** What a run knows about its resources when an operator decides. */
export interface ChangedRun {
  readonly name: string;
  readonly failed: Step;
  readonly resources: Readonly<Record<Step, Pick<ResourceState, 'known' | 'leased' | 'lastCreate' | 'undo'>>>;
  /** Resources of earlier runs that this one has removed. */
  readonly cleared: ChangedRun['resources'][Step]['leased'];
  readonly isPrepaid: boolean;
}

/**
 * Why changes of the spec are refused: the resource exists and is not created again, so that they would have no effect.
 * Null when it is created again, or when nothing exists.
 */
export function refusalOfChanges(changes: unknown, run: ChangedRun): string | null {
  const sections = new Set(Object.keys(changes ?? {}).map((path) => path.split('.')[0]));
  const kept = (['pool', 'notebook'] as const).find((step) => sections.has(step) && isKept(step, run));
  if (kept === undefined) return null;
  const isPrepaid = run.isPrepaid && (kept === 'pool' || run.failed === 'pool');
  const because = isPrepaid ? 'the pool is prepaid and cannot be deleted' : 'it existed before this step';
  const wayOut = isPrepaid ? '' : `, or remove ${run.name} with \`maops env teardown ${run.name}\` and start it again`;
  return `the ${kept} is not created again, because ${because}. Retry without changes of \`${kept}\`${wayOut}`;
}

/** A retry creates the resource of the failed step again if this run created it, and with a pool the notebook on it. */
function isKept(step: Step, { failed, resources, cleared, isPrepaid }: ChangedRun): boolean {
  const { known, leased, lastCreate, undo } = resources[step];
  const isLeased = leased.some((ref) => !cleared.some((one) => sameResource(one, ref) === 'same'));
  if (known === null && !isLeased && lastCreate.outcome === 'none') return false;
  if (!undo) return known !== null || isLeased || lastCreate.outcome === 'unseen';
  if (step === failed) return step === 'pool' && isPrepaid;
  return !resources[failed].undo || isPrepaid;
}
