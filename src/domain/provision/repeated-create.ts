import { choiceAt, choiceOf } from '../resource/flavor.js';
import { type Identity, sameResource } from '../resource/identity.js';
import { type MarkerOwnership, markerOwnershipOf, parseMarker } from '../resource/marker.js';
import { judgeNotebook, type NotebookFacts } from '../resource/notebook.js';
import { judgePool, type PoolFacts } from '../resource/pool.js';
import { goalOf, type PoolNodeSpec, poolChoices } from './pool-choices.js';

/** One full observation of a lease's resources. Null: not asked for, absent, or another resource. */
export interface LeasedObservation {
  /** Epoch milliseconds, before the first read. */
  readonly beganAt: number;
  /** Epoch milliseconds, after the last read. */
  readonly at: number;
  readonly pool: PoolFacts | null;
  readonly notebook: NotebookFacts | null;
}

/** The record of an open lease. */
export interface LeasedEnvironment {
  readonly pool: Identity | null;
  readonly notebooks: readonly Identity[];
  /** Epoch milliseconds of the last create with an unknown outcome. */
  readonly unknownSince: number | null;
  /** True when it was started with the spec of this create. */
  readonly isSameSpec: boolean;
  /** Its last observation; null when there was none. */
  readonly observed: LeasedObservation | null;
}

/** The resources that a create asks for; null for a part that it does not ask for. */
export interface WantedEnvironment {
  readonly name: string;
  readonly us: MarkerOwnership;
  readonly pool: { readonly id: string; readonly spec: PoolNodeSpec } | null;
  readonly notebook: { readonly name: string } | null;
}

export type RepeatVerdict =
  /** `choice`: the flavor choice that the pool was created from. */
  { readonly isReady: true; readonly choice: number } | { readonly isReady: false; readonly why: string };

const no = (why: string): RepeatVerdict => ({ isReady: false, why });

/** Whether the lease's record allows the short path. A fresh observation must then agree. */
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

/** Whether one observation shows the wanted resources: owned by the lease, created by us from this spec, and usable. */
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

/** An unknown creation time is no proof here. */
function isSame(ref: Identity | null, facts: Identity): boolean {
  return ref !== null && sameResource(ref, facts) === 'same';
}

function isOurs(description: string, us: MarkerOwnership): boolean {
  return markerOwnershipOf(parseMarker(description), us) === 'mine';
}
