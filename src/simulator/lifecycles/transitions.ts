import type { DurationName } from '../durations.js';
import { draw } from '../random.js';
import type { LivingRecord, ScheduledTransition, TransitionOverride } from '../records.js';
import type { World } from '../world.js';
import { schedule } from './schedule.js';

/** One edge of a lifecycle: what follows a state, and when. */
export interface Transition {
  /** What changes: the resource's phase, one node, one scope, the driver. */
  readonly track: string;
  readonly from: string;
  readonly to: string;
  readonly after: DurationName;
  /** Part of the time. @defaultValue 1 */
  readonly share?: number;
  /** For members of a group: the parts of the time for the first and the last one. */
  readonly spread?: readonly [number, number];
  /** How much earlier it may be, as a part of the time, drawn from the seed. @defaultValue 0 */
  readonly jitter?: number;
}

/** A state that was just entered, whose next stage is to be planned. */
export interface EnteredState {
  readonly kind: ScheduledTransition['kind'];
  readonly record: LivingRecord;
  readonly track: string;
  readonly key?: string;
  readonly state: string;
  readonly at: number;
  /** Place in a group, for `spread`. */
  readonly index?: number;
  readonly of?: number;
}

/** Plans what follows an entered state: an override that a fault left there, else the table, else nothing. */
export function scheduleNext(world: World, transitions: readonly Transition[], entered: EnteredState): void {
  const { kind, record, track, state, at } = entered;
  const key = entered.key ?? '';
  const transition = transitions.find((item) => item.track === track && item.from === state);
  const override = takeOverride(record, track, key, state);
  const to = override === undefined ? transition?.to : override.to;
  if (to === undefined) return;
  const usual = transition === undefined ? 0 : defaultDelay(world, transition, entered, key);
  const delay = override?.afterMs ?? usual * (override?.share ?? 1);
  schedule(world, {
    at: at + Math.round(delay),
    kind,
    uid: record.uid,
    track,
    key,
    from: state,
    to,
    ...(override?.message === undefined ? {} : { message: override.message }),
    ...(override?.code === undefined ? {} : { code: override.code }),
  });
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
