import { choiceAt, choiceOf } from '../resource/flavor.js';
import { type Identity, sameResource } from '../resource/identity.js';
import { type MarkerOwnership, markerOwnershipOf, parseMarker } from '../resource/marker.js';
import { judgeNotebook, type NotebookFacts } from '../resource/notebook.js';
import { judgePool, type PoolFacts } from '../resource/pool.js';
import { goalOf, type PoolWish, poolChoices } from './pool-choices.js';

/** One full observation of what a lease owns: null for what was not asked for, is not there, or is another one. */
export interface LeasedObservation {
  /** Epoch milliseconds, before the first read. */
  readonly beganAt: number;
  /** Epoch milliseconds, after the last read. */
  readonly at: number;
  readonly pool: PoolFacts | null;
  readonly notebook: NotebookFacts | null;
}

/** What an open lease says of itself. */
export interface LeasedEnvironment {
  readonly pool: Identity | null;
  readonly notebooks: readonly Identity[];
  /** Epoch milliseconds of the last create with an unknown outcome. */
  readonly unknownSince: number | null;
  /** True when it was started with the spec that is asked for now. */
  readonly isSameSpec: boolean;
  /** Its last observation; null when there was none. */
  readonly observed: LeasedObservation | null;
}

/** What a create asks for. A part that is null is not asked for. */
export interface WantedEnvironment {
  readonly name: string;
  readonly us: MarkerOwnership;
  readonly pool: { readonly id: string; readonly spec: PoolWish } | null;
  readonly notebook: { readonly name: string } | null;
}

export type RepeatVerdict =
  /** `choice`: the flavor choice that the pool was made from. */
  { readonly isReady: true; readonly choice: number } | { readonly isReady: false; readonly why: string };

const no = (why: string): RepeatVerdict => ({ isReady: false, why });

/** Whether the lease's own record lets a repeated create be short; a fresh observation must then agree. */
export function mayRepeat(
  wanted: WantedEnvironment,
  leased: LeasedEnvironment,
  pace: { readonly pollMinMs: number; readonly consistencyWindowMs: number },
  now: number,
): RepeatVerdict {
  const { observed, unknownSince } = leased;
  if (!leased.isSameSpec) return no('the lease has another spec');
  if (unknownSince !== null && now - unknownSince < pace.consistencyWindowMs)
    return no('a create may still become visible');
  if (observed === null) return no('the lease has not observed anything yet');
  if (now - observed.at < pace.pollMinMs) return no('the lease has observed it just now');
  return judgeObservation(wanted, leased, observed);
}

/** Whether one observation shows exactly what is wanted and what the lease owns, made by us from this spec, and usable. */
export function judgeObservation(
  wanted: WantedEnvironment,
  leased: LeasedEnvironment,
  { pool, notebook }: LeasedObservation,
): RepeatVerdict {
  let choice = 0;
  if (wanted.pool !== null) {
    const { id, spec } = wanted.pool;
    if (pool === null || pool.id !== id || !isSame(leased.pool, pool))
      return no('the pool is not the one that is leased');
    if (!isOurs(pool.description, wanted.us)) return no('the pool does not carry the marker of this spec');
    const choices = poolChoices(spec);
    const made = choiceOf(choices, pool.wanted);
    if (made === null) return no('the pool has nodes that the spec does not ask for');
    const verdict = judgePool(wanted.name, pool, goalOf(spec, choiceAt(choices, made)));
    if (verdict.condition !== 'usable') return no(verdict.why);
    choice = made;
  }
  if (wanted.notebook !== null) {
    const { name } = wanted.notebook;
    const [ref = null, second] = leased.notebooks;
    if (second !== undefined) return no('more than one notebook is leased');
    if (notebook === null || notebook.name !== name || !isSame(ref, notebook))
      return no('the notebook is not the one that is leased');
    if (!isOurs(notebook.description, wanted.us)) return no('the notebook does not carry the marker of this spec');
    if (wanted.pool !== null && notebook.poolId !== null && notebook.poolId !== wanted.pool.id)
      return no('the notebook is on another pool');
    const verdict = judgeNotebook(name, notebook, 'running');
    if (verdict.condition !== 'usable') return no(verdict.why);
  }
  return { isReady: true, choice };
}

/** A creation time that is not known is no proof here. */
function isSame(ref: Identity | null, facts: Identity): boolean {
  return ref !== null && sameResource(ref, facts) === 'same';
}

function isOurs(description: string, us: MarkerOwnership): boolean {
  return markerOwnershipOf(parseMarker(description), us) === 'mine';
}
