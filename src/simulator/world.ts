import type { SimUser } from './auth/credentials.js';
import type { Behavior } from './behavior.js';
import type { Catalogue } from './catalogue/catalogue.js';
import type { SimClock } from './clock.js';
import type { Durations } from './durations.js';
import type { OutcomeFault } from './faults/fault.js';
import type { FaultQueue } from './faults/fault-queue.js';
import type { Json } from './json.js';
import type { Operation } from './operations.js';
import { letters } from './random.js';
import type { RateWindow } from './rate-window.js';
import type { LivingRecord } from './records.js';
import type { RequestLog } from './request-log.js';
import type { SimState } from './sim-state.js';
import { type TimeForms, timeFormOf, writeTime } from './time-forms.js';

/** Everything that handlers read or change. */
export interface World {
  readonly clock: SimClock;
  readonly seed: number;
  readonly projectId: string;
  readonly region: string;
  readonly users: readonly SimUser[];
  readonly catalogue: Catalogue;
  /** Changed through the control plane. */
  behavior: Behavior;
  readonly durations: Durations;
  readonly faults: FaultQueue;
  readonly log: RequestLog;
  readonly rateWindow: RateWindow;
  /** The format of times in responses, set through the control plane. */
  timeForms: TimeForms;
  state: SimState;
}

/** One authenticated call, parsed. */
export interface Call {
  readonly operation: Operation;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** The parsed JSON body; undefined when there is none. */
  readonly body: unknown;
  /** True when the body is not JSON. */
  readonly malformed: boolean;
  readonly user: SimUser;
  /** Takes the planned outcomes of the affected resource. A handler calls this only when the call will succeed. */
  takeOutcomes(): OutcomeFault[];
  /** Records in the request log what the call changed. */
  commit(effect: string): void;
}

/** The response of a handler. Errors are thrown as `ApiError`. */
export interface HandlerResult {
  readonly status: number;
  readonly body?: Json;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Handles one operation. */
export type Handler = (world: World, call: Call) => HandlerResult;

/** Whether a `listLag` fault hides a resource from lists or from reads by id. */
export function isHidden(world: World, record: LivingRecord, from: 'list' | 'show'): boolean {
  return (record.hidden[from] ?? 0) > world.clock.now();
}

/** A number that is unique in this simulator. */
export function nextSequence(world: World): number {
  world.state.sequence += 1;
  return world.state.sequence;
}

/** A suffix of five characters, as in names that the service generates. */
export function tail(world: World, ...key: readonly (string | number)[]): string {
  return letters(5, 'abcdefghijklmnopqrstuvwxyz0123456789', world.seed, ...key);
}

/** RFC 3339 UTC with second precision (docs/api/pools-and-flavors.md "1. Shape of the API"). */
export function rfc3339(ms: number): string {
  return writeTime(ms, 'seconds');
}

/** A time in the response of an operation that documents RFC 3339. */
export function timeIn(world: World, operation: Operation, ms: number): string {
  return writeTime(ms, timeFormOf(world.timeForms, operation) ?? 'seconds');
}

/**
 * A time in the response of an operation that documents epoch milliseconds as a number (docs/api/notebooks-current.md
 * "3. The instance object").
 */
export function epochNumberIn(world: World, operation: Operation, ms: number): Json {
  const form = timeFormOf(world.timeForms, operation);
  return form === null ? ms : writeTime(ms, form);
}

/**
 * A time in the response of an operation that documents epoch milliseconds as text (docs/api/notebooks-and-auth.md "2.3
 * Old instance object").
 */
export function epochIn(world: World, operation: Operation, ms: number): string {
  const form = timeFormOf(world.timeForms, operation);
  return form === null ? String(ms) : writeTime(ms, form);
}
