import { type Choice, type FlavorFacts, firstOnSale } from '../resource/flavor.js';
import { consistencyWaitMs } from './create.js';
import type { LastCreate } from './resource-state.js';

/**
 * What the sale status allows, counting from the present choice. Earlier choices were refused in this round: the next
 * round begins after a pause, whatever the list says about them. `await`: no choice was refused yet, and none is on
 * sale.
 */
export function decideCapacity(
  choices: readonly Choice[],
  flavors: readonly FlavorFacts[],
  present: number,
): { readonly act: 'create'; readonly choice: number } | { readonly act: 'pause' | 'await' } {
  const choice = firstOnSale(choices, flavors, present);
  if (choice !== null) return { act: 'create', choice };
  return { act: present > 0 ? 'pause' : 'await' };
}

/**
 * Whether a choice that found no capacity is cleaned up and left. A create that may have taken effect is not cleaned up
 * when the API cannot delete its result.
 */
export function leavesChoice(hasSaleStatus: boolean, isPrepaid: boolean, lastCreate: LastCreate): boolean {
  return hasSaleStatus && !(isPrepaid && lastCreate.outcome !== 'none');
}

/** The choice after a refused one; null after the last one, when the round is over. */
export function nextChoice(choice: number, count: number): number | null {
  return choice + 1 < count ? choice + 1 : null;
}

/** Growing pause after creates in a row without capacity: 1 to 10 minutes at the default pace (pollMax 30 s). */
export function capacityPause(refusals: number, pollMaxMs: number): number {
  return Math.min(pollMaxMs * 2 ** refusals, pollMaxMs * 20);
}

/**
 * The pause before the next round. A refused create that took effect is visible by then, and the next search finds it.
 */
export function pauseBeforeRound(
  refusals: number,
  lastCreate: LastCreate,
  pace: { readonly consistencyWindowMs: number; readonly pollMaxMs: number },
  now: number,
): number {
  const consistencyWait = consistencyWaitMs(lastCreate, pace.consistencyWindowMs, now);
  return Math.max(consistencyWait, capacityPause(refusals, pace.pollMaxMs));
}
