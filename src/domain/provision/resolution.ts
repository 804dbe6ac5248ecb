import { changesLimit, tooLarge } from '../text.js';

/** The decisions on a failed step. Only the last step, the notebook, can be skipped. */
export function resolutionVerbs(step: 'pool' | 'notebook'): readonly string[] {
  return step === 'notebook' ? ['retry', 'skip', 'rollback', 'abandon'] : ['retry', 'rollback', 'abandon'];
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

/** Why a decision is refused; null when it is accepted. A decision that refers to an earlier step or attempt is refused. */
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
