import { type ResourceRef, sameResource } from './identity.js';
import { isBeyondGrace, isConfirmed, type Pace, type ResourceFacts, type Verdict, type Watch } from './observation.js';

/** `unhealthy`: it may be repaired. `failed`: its creation failed for good. `lost`: someone deleted or replaced it. */
export type FailureCause = 'unhealthy' | 'failed' | 'lost';

export type AwaitDecision =
  | { readonly act: 'ready' }
  | { readonly act: 'wait' }
  | { readonly act: 'fail'; readonly cause: FailureCause; readonly why: string };

interface Patience extends Pace {
  readonly consistencyWindowMs: number;
  /** True when the resource is observed again before Ready: then its first usable observation ends this wait. */
  readonly isObservedAgain?: boolean;
}

/**
 * Decides after an observation, which `watch` holds as its last, whether the wait for a usable resource ends. Ready
 * needs two usable observations, of which a later one may be made elsewhere. A resource of the same name that is not
 * `ref` is never called ready.
 */
export function decideAwait(
  label: string,
  ref: ResourceRef,
  watch: Watch<ResourceFacts>,
  { condition, why }: Verdict,
  patience: Patience,
): AwaitDecision {
  const { at = 0, facts = null } = watch.last ?? {};
  if (facts !== null && sameResource(ref, facts) === 'other') {
    const times = `expected the one created at ${ref.createdAt}, found one created at ${facts.createdAt}`;
    return { act: 'fail', cause: 'lost', why: `${label} was replaced: ${times}` };
  }
  switch (condition) {
    case 'usable':
      return { act: patience.isObservedAgain || isConfirmed(watch.usableSince, at, patience) ? 'ready' : 'wait' };
    case 'failed':
      return { act: 'fail', cause: 'failed', why };
    case 'unhealthy':
      return isBeyondGrace(watch.unhealthySince, at, patience)
        ? { act: 'fail', cause: 'unhealthy', why }
        : { act: 'wait' };
    case 'leaving':
      return { act: 'fail', cause: 'lost', why: `${why} by someone else` };
    case 'absent':
      // A resource that was just created may be missing from lists.
      return at - (watch.absentSince ?? at) >= patience.consistencyWindowMs
        ? { act: 'fail', cause: 'lost', why: `${label} disappeared` }
        : { act: 'wait' };
    case 'pending':
      return { act: 'wait' };
  }
}

/** Decides what a wait that reached its deadline failed of: the last known cause names the failure. */
export function decideMissedDeadline(
  label: string,
  watch: Watch<ResourceFacts>,
  { condition, why }: Verdict,
  isPartial: boolean,
): { readonly cause: 'unhealthy' | 'deadline'; readonly why: string } {
  if (condition === 'usable') return { cause: 'deadline', why: `${label} was usable once and was not observed again` };
  return { cause: watch.unhealthySince !== null || isPartial ? 'unhealthy' : 'deadline', why };
}

/** The first known creation time completes an identity that was recorded without one. */
export function completedBy(ref: ResourceRef, facts: ResourceFacts | null): ResourceRef {
  const isCompletion = facts !== null && ref.createdAt === '' && sameResource(ref, facts) === 'unknown';
  return isCompletion ? { ...ref, createdAt: facts.createdAt } : ref;
}
