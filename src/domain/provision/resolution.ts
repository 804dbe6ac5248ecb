import { changesLimit, tooLarge } from '../text.js';

/** What an operator may say about a failed step. Only the notebook can be skipped: nothing goes on without the pool. */
export function resolutionVerbs(step: 'pool' | 'notebook'): readonly string[] {
  return step === 'notebook' ? ['retry', 'skip', 'rollback', 'abandon'] : ['retry', 'rollback', 'abandon'];
}

interface Resolution {
  readonly verb: string;
  readonly step?: string;
  readonly attempt?: number;
  readonly changes?: unknown;
}

interface OwnershipStatus {
  readonly phase: string;
  readonly awaiting: { readonly kind: string; readonly verbs: readonly string[] } | null;
  readonly steps: readonly { readonly name: string; readonly state: string; readonly attempt?: number }[];
}

/** Why an operator's word does not fit the moment; null when it does. A word from a stale view is refused. */
export function refusalOfResolution(standing: OwnershipStatus, resolution: Resolution): string | null {
  const { verb, step, attempt, changes } = resolution;
  if (standing.awaiting?.kind !== 'operator') return `nothing waits for an operator: the phase is ${standing.phase}`;
  const { verbs } = standing.awaiting;
  if (!verbs.includes(verb)) return `\`${verb}\` is not possible here; possible are ${verbs.join(', ')}`;
  if (changes != null && (typeof changes !== 'object' || Array.isArray(changes)))
    return 'changes are a group of paths with values, as {"pool.flavor": "…"}';
  const large = changes == null ? null : tooLarge(changes, changesLimit);
  if (large !== null) return `\`changes\` is too large: ${large}`;
  const failed = standing.steps.find(({ state }) => state === 'failed');
  if (step !== undefined && step !== failed?.name)
    return `the failed step is ${failed?.name ?? 'none'}, not ${step}: look again`;
  if (attempt !== undefined && attempt !== failed?.attempt) {
    return `the attempt is ${failed?.attempt ?? 'none'}, not ${attempt}: look again`;
  }
  return null;
}
