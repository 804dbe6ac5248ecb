import type { DurationName } from '../durations.js';
import { present } from '../json.js';
import { draw } from '../random.js';
import type { LivingRecord, ScheduledTransition, TransitionOverride } from '../records.js';
import type { World } from '../world.js';
import { schedule } from './schedule.js';

/** One edge of a lifecycle: the next state, and when it is entered. */
export interface Transition {
  /** The state machine: the phase of the resource, of one node or of one scope, or the state of a driver. */
  readonly track: string;
  readonly from: string;
  readonly to: string;
  readonly after: DurationName;
  /** Fraction of the duration. @defaultValue 1 */
  readonly share?: number;
  /** For a group: the fractions of the duration for its first and its last member. */
  readonly spread?: readonly [number, number];
  /** The maximum fraction by which the duration is shortened, derived from the seed. @defaultValue 0 */
  readonly jitter?: number;
}

/** A state that was just entered. */
export interface EnteredState {
  readonly kind: ScheduledTransition['kind'];
  readonly record: LivingRecord;
  readonly track: string;
  readonly key?: string;
  readonly state: string;
  readonly at: number;
  /** The index in a group of size `of`, for `spread`. */
  readonly index?: number;
  readonly of?: number;
}

/** Schedules the transition out of a state: an override from a fault, or else the one in the table, if any. */
export function scheduleNext(world: World, transitions: readonly Transition[], entered: EnteredState): void {
  const { kind, record, track, state, at } = entered;
  const key = entered.key ?? '';
  const transition = transitions.find((item) => item.track === track && item.from === state);
  const override = takeOverride(record, track, key, state);
  const to = override === undefined ? transition?.to : override.to;
  if (to === undefined) return;
  const usual = transition === undefined ? 0 : defaultDelay(world, transition, entered, key);
  const delay = override?.afterMs ?? usual * (override?.share ?? 1);
  const { message, code } = override ?? {};
  const due = at + Math.round(delay);
  schedule(world, present({ at: due, kind, uid: record.uid, track, key, from: state, to, message, code }));
}

function defaultDelay(world: World, transition: Transition, entered: EnteredState, key: string): number {
  const jitter =
    (transition.jitter ?? 0) * draw(world.seed, entered.record.uid, transition.track, key, transition.from);
  return world.durations[transition.after] * shareOf(transition, entered) * (1 - jitter);
}

function shareOf(transition: Transition, entered: EnteredState): number {
  if (transition.spread === undefined) return transition.share ?? 1;
  const [first, last] = transition.spread;
  const steps = (entered.of ?? 1) - 1;
  return steps <= 0 ? last : first + ((last - first) * (entered.index ?? 0)) / steps;
}

function takeOverride(record: LivingRecord, track: string, key: string, from: string): TransitionOverride | undefined {
  const found = record.overrides.find(
    (item) =>
      item.track === track && item.from === from && (item.key === undefined || item.key === key) && item.left !== 0,
  );
  if (found?.left !== undefined) found.left -= 1;
  return found;
}
