import type { SimUser } from './auth/credentials.js';
import type { Catalogue } from './catalogue/catalogue.js';
import type { SimClock } from './clock.js';
import type { Fault } from './faults/fault.js';
import type { JsonObject } from './json.js';
import type { Knobs } from './knobs.js';
import type { TimeForms } from './time-form.js';
import type { Times } from './times.js';

/** The scenarios that have a name. */
export const SCENARIOS = ['happy', 'slow', 'flaky-network', 'throttled', 'sold-out', 'half-pool'] as const;

/** A named set of times, knobs, sales and background faults. */
export type ScenarioName = (typeof SCENARIOS)[number];

/** How a simulator is made; everything has a default, so that `createSimulator()` works out of the box. */
export interface SimulatorOptions {
  /** @defaultValue a clock that follows real time at `speed` */
  readonly clock?: SimClock;
  /** Decides jitter, ids and chances. @defaultValue 1 */
  readonly seed?: number;
  /** @defaultValue 'happy' */
  readonly scenario?: ScenarioName;
  /** Simulated milliseconds per real one; not together with `clock`. @defaultValue 1 */
  readonly speed?: number;
  readonly projectId?: string;
  readonly region?: string;
  readonly credentials?: readonly SimUser[];
  readonly catalogue?: Catalogue;
  readonly knobs?: Partial<Knobs>;
  readonly times?: Partial<Times>;
  /** How answers write times, by operation. @defaultValue as documented */
  readonly timeForms?: TimeForms;
  /** Faults planned from the start, besides the scenario's. */
  readonly faults?: readonly Fault[];
  /** Resources that are there from the start, a stranger's unless `user` says otherwise; as `POST /_sim/pools` and `/_sim/notebooks` take them. */
  readonly placed?: { readonly pools?: readonly JsonObject[]; readonly notebooks?: readonly JsonObject[] };
}
