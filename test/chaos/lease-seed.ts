import type { Fault } from '../../src/simulator/faults/fault.js';
import { Random } from './random.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** One action on a lease. */
export type LeaseAct =
  | { readonly what: 'extend'; readonly minutes: number }
  | { readonly what: 'release' | 'teardown' | 'cancel' | 'kill' | 'tryNow' }
  | { readonly what: 'pause'; readonly forMs: number };

/** Several things at the same millisecond, at a distance from the start or from the end that is in force by then. */
export interface LeaseMoment {
  readonly from: 'start' | 'end';
  readonly offsetMs: number;
  readonly acts: readonly LeaseAct[];
}

export interface LeaseCrossing {
  readonly atActivation: number;
  readonly act: LeaseAct;
}

/** A notebook of the current API. */
export interface LeasedCurrentNotebook {
  /** Milliseconds; null when the spec gives none. */
  readonly autoStopMs: number | null;
  readonly deletesRunning: boolean;
  readonly faults: readonly Fault[];
}

/** All that happens to one lease; the same for the same seed. */
export interface LeaseScenario {
  readonly seed: number;
  readonly ttlMs: number;
  readonly maxMs: number;
  readonly warningsMs: readonly number[];
  readonly moments: readonly LeaseMoment[];
  /** Cancels, pauses and `tryNow` at an activation of the lease, counted from 1 over all its runs. */
  readonly crossings: readonly LeaseCrossing[];
  /** Moments of a `tryNow`, in milliseconds from the start. */
  readonly tryNows: readonly number[];
  /** Chances that a worker dies, by activation and by API call. */
  readonly deaths: { readonly activation: number; readonly call: number };
  readonly restartMs: number;
  readonly latencyMs: number;
  readonly suggestContinueAsNewAfter: number;
  /** What the receiver of webhooks does. */
  readonly webhook: 'none' | 'takes' | 'fails' | 'wavers';
  /** Null: the notebook is of the historical API. */
  readonly current: LeasedCurrentNotebook | null;
}

/** Draws the scenario of a seed. Most of it happens around the end, where an extension and the expiry race. */
export function leaseSeedOf(seed: number): LeaseScenario {
  const random = new Random(seed);
  const ttlMs = random.pick([20 * minute, hour, 8 * hour, 3 * 24 * hour]) + random.between(0, 999);
  const isDeadly = random.chance(0.4);
  return {
    seed,
    ttlMs,
    maxMs: ttlMs + random.pick([0, 30, 120, 24 * 60, 7 * 24 * 60]) * minute,
    warningsMs: random.some(0.7, () => random.between(1, Math.floor(ttlMs / minute) - 1) * minute),
    moments: Array.from({ length: random.between(1, 5) }, () => drawMoment(random, ttlMs)),
    deaths: isDeadly ? { activation: 0.1, call: 0.03 } : { activation: 0, call: 0 },
    restartMs: random.pick([0, second, 15 * second, random.chance(0.3) ? 3 * hour : minute]),
    latencyMs: random.pick([0, 0, 1, 400]),
    crossings: drawCrossings(seed),
    tryNows: drawTryNows(Random.forAxis(seed, 'tryNow at any time'), ttlMs),
    suggestContinueAsNewAfter: drawThreshold(Random.forAxis(seed, 'threshold')),
    webhook: random.pick(['none', 'takes', 'fails', 'wavers']),
    current: drawNotebook(Random.forAxis(seed, 'notebook API')),
  };
}

/** Half of all leases have a notebook of the current API. */
function drawNotebook(random: Random): LeasedCurrentNotebook | null {
  if (random.chance(0.5)) return null;
  const failure = random.pick([
    { kind: 'lost', at: 'after' },
    { kind: 'lost', at: 'before' },
    { kind: 'status', status: 503, commit: true },
    { kind: 'hang', commit: true },
  ] as const);
  return {
    autoStopMs: random.pick([null, hour, 2 * hour, 6 * hour]),
    deletesRunning: random.chance(0.5),
    faults: random.some(0.3, () => ({ operation: 'currentNotebooks.renewLease', optional: true, ...failure })),
  };
}

// A lease needs about 45 events after its end before its first delete: it reads the jobs and the resources again in
// each run. Below that it would continue as new for ever. The server suggests it at thousands of events.
function drawThreshold(random: Random): number {
  return random.pick([4096, 4096, random.between(80, 110), random.between(80, 200)]);
}

/** Each from a stream of its own. */
function drawCrossings(seed: number): LeaseCrossing[] {
  const cancel = Random.forAxis(seed, 'cancel at an activation');
  const pause = Random.forAxis(seed, 'pause at an activation');
  const tryNow = Random.forAxis(seed, 'tryNow at an activation');
  return [
    ...cancel.some(0.3, () => ({ atActivation: cancel.between(1, 40), act: { what: 'cancel' as const } })),
    ...pause.some(0.3, () => ({
      atActivation: pause.between(1, 40),
      act: { what: 'pause' as const, forMs: pause.between(1, 7_200) * second },
    })),
    ...Array.from({ length: tryNow.pick([0, 0, 1, 3]) }, () => ({
      atActivation: tryNow.between(1, 40),
      act: { what: 'tryNow' as const },
    })),
  ];
}

/** Mostly around the first end, and in the removal that follows. */
function drawTryNows(random: Random, ttlMs: number): number[] {
  const moment = () =>
    random.pick([
      random.between(0, ttlMs),
      ttlMs + random.between(-20_000, 120_000),
      ttlMs + random.between(0, 2 * hour),
    ]);
  return Array.from({ length: random.pick([0, 1, 3]) }, moment);
}

function drawMoment(random: Random, ttlMs: number): LeaseMoment {
  const count = random.pick([1, 1, 2, 3]);
  const acts = Array.from({ length: count }, () => drawAct(random));
  if (random.chance(0.3)) return { from: 'start', offsetMs: random.between(0, ttlMs), acts };
  const near = -random.between(0, 20_000);
  const offsetMs = random.pick([
    -1,
    -1,
    -1,
    0,
    0,
    1,
    -second,
    -second,
    second,
    near,
    near,
    -near,
    -random.between(0, ttlMs),
  ]);
  return { from: 'end', offsetMs, acts };
}

function drawAct(random: Random): LeaseAct {
  const what = random.pick([
    ...(['extend', 'extend', 'extend', 'extend', 'extend', 'extend', 'kill', 'pause'] as const),
    random.pick(['release', 'release', 'teardown', 'cancel'] as const),
  ]);
  switch (what) {
    case 'extend':
      return { what, minutes: random.pick([1, 30, 60, 600]) };
    case 'pause':
      return { what, forMs: random.between(1, 7_200) * second };
    case 'release':
    case 'teardown':
    case 'cancel':
    case 'kill':
      return { what };
  }
}
