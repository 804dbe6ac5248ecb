import { draw } from '../random.js';
import type { AgendaItem, LivingRecord, StageOverride } from '../records.js';
import type { TimeName } from '../times.js';
import type { World } from '../world.js';
import { enter } from './agenda.js';

/** One edge of a lifecycle: what follows a state, and when. */
export interface Stage {
  /** What changes: the resource's phase, one node, one scope, the driver. */
  readonly track: string;
  readonly from: string;
  readonly to: string;
  readonly after: TimeName;
  /** Part of the time. @defaultValue 1 */
  readonly share?: number;
  /** For members of a group: the parts of the time for the first and the last one. */
  readonly spread?: readonly [number, number];
  /** How much earlier it may be, as a part of the time, drawn from the seed. @defaultValue 0 */
  readonly jitter?: number;
}

/** A state that was just entered, whose next stage is to be planned. */
export interface Entered {
  readonly kind: AgendaItem['kind'];
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
export function planNext(world: World, stages: readonly Stage[], entered: Entered): void {
  const { kind, record, track, state, at } = entered;
  const key = entered.key ?? '';
  const stage = stages.find((item) => item.track === track && item.from === state);
  const override = takeOverride(record, track, key, state);
  const to = override === undefined ? stage?.to : override.to;
  if (to === undefined) return;
  const usual = stage === undefined ? 0 : usualDelay(world, stage, entered, key);
  const delay = override?.afterMs ?? usual * (override?.share ?? 1);
  enter(world, {
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

function usualDelay(world: World, stage: Stage, entered: Entered, key: string): number {
  const jitter = (stage.jitter ?? 0) * draw(world.seed, entered.record.uid, stage.track, key, stage.from);
  return world.times[stage.after] * shareOf(stage, entered) * (1 - jitter);
}

function shareOf(stage: Stage, entered: Entered): number {
  if (stage.spread === undefined) return stage.share ?? 1;
  const [first, last] = stage.spread;
  const steps = (entered.of ?? 1) - 1;
  return steps <= 0 ? last : first + ((last - first) * (entered.index ?? 0)) / steps;
}

function takeOverride(record: LivingRecord, track: string, key: string, from: string): StageOverride | undefined {
  const found = record.overrides.find(
    (item) =>
      item.track === track && item.from === from && (item.key === undefined || item.key === key) && item.left !== 0,
  );
  if (found?.left !== undefined) found.left -= 1;
  return found;
}
