import { Dice } from './random.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** One thing that somebody does to a lease. */
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

/** All that happens to one lease; the same for the same seed. */
export interface LeaseStory {
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
}

/** Draws the story of a seed. Most of it happens around the end, where an extension and the expiry race. */
export function leaseStoryOf(seed: number): LeaseStory {
  const dice = new Dice(seed);
  const ttlMs = dice.pick([20 * minute, hour, 8 * hour, 3 * 24 * hour]) + dice.between(0, 999);
  const isDeadly = dice.chance(0.4);
  return {
    seed,
    ttlMs,
    maxMs: ttlMs + dice.pick([0, 30, 120, 24 * 60, 7 * 24 * 60]) * minute,
    warningsMs: dice.some(0.7, () => dice.between(1, Math.floor(ttlMs / minute) - 1) * minute),
    moments: Array.from({ length: dice.between(1, 5) }, () => drawMoment(dice, ttlMs)),
    deaths: isDeadly ? { activation: 0.1, call: 0.03 } : { activation: 0, call: 0 },
    restartMs: dice.pick([0, second, 15 * second, dice.chance(0.3) ? 3 * hour : minute]),
    latencyMs: dice.pick([0, 0, 1, 400]),
    crossings: drawCrossings(seed),
    tryNows: drawTryNows(Dice.forAxis(seed, 'tryNow at any time'), ttlMs),
    suggestContinueAsNewAfter: drawThreshold(Dice.forAxis(seed, 'threshold')),
    webhook: dice.pick(['none', 'takes', 'fails', 'wavers']),
  };
}

function drawThreshold(dice: Dice): number {
  return dice.pick([4096, 4096, dice.between(40, 70), dice.between(40, 160)]);
}

/** Each from a stream of its own. */
function drawCrossings(seed: number): LeaseCrossing[] {
  const cancel = Dice.forAxis(seed, 'cancel at an activation');
  const pause = Dice.forAxis(seed, 'pause at an activation');
  const tryNow = Dice.forAxis(seed, 'tryNow at an activation');
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
function drawTryNows(dice: Dice, ttlMs: number): number[] {
  const moment = () =>
    dice.pick([dice.between(0, ttlMs), ttlMs + dice.between(-20_000, 120_000), ttlMs + dice.between(0, 2 * hour)]);
  return Array.from({ length: dice.pick([0, 1, 3]) }, moment);
}

function drawMoment(dice: Dice, ttlMs: number): LeaseMoment {
  const count = dice.pick([1, 1, 2, 3]);
  const acts = Array.from({ length: count }, () => drawAct(dice));
  if (dice.chance(0.3)) return { from: 'start', offsetMs: dice.between(0, ttlMs), acts };
  const near = -dice.between(0, 20_000);
  const offsetMs = dice.pick([
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
    -dice.between(0, ttlMs),
  ]);
  return { from: 'end', offsetMs, acts };
}

function drawAct(dice: Dice): LeaseAct {
  const what = dice.pick([
    ...(['extend', 'extend', 'extend', 'extend', 'extend', 'extend', 'kill', 'pause'] as const),
    dice.pick(['release', 'release', 'teardown', 'cancel'] as const),
  ]);
  switch (what) {
    case 'extend':
      return { what, minutes: dice.pick([1, 30, 60, 600]) };
    case 'pause':
      return { what, forMs: dice.between(1, 7_200) * second };
    case 'release':
    case 'teardown':
    case 'cancel':
    case 'kill':
      return { what };
  }
}
