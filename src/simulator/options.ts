import type { SimUser } from './auth/credentials.js';
import type { Behavior } from './behavior.js';
import type { Catalogue } from './catalogue/catalogue.js';
import type { SimClock } from './clock.js';
import type { Durations } from './durations.js';
import type { Fault } from './faults/fault.js';
import type { JsonObject } from './json.js';
import type { TimeForms } from './time-forms.js';

/** The scenarios that have a name. */
export const SCENARIOS = ['happy', 'slow', 'flaky-network', 'throttled', 'sold-out', 'half-pool'] as const;

/** A named set of times, knobs, sales and background faults. */
export type ScenarioName = (typeof SCENARIOS)[number];

/** How a simulator is made; everything has a default, so that `createSimulator()` works out of the box. */
export interface SimulatorOptions {
  /** @defaultValue a clock that follows real time at `speed` */
  readonly clock?: SimClock | undefined;
  /** Decides jitter, ids and chances. @defaultValue 1 */
  readonly seed?: number | undefined;
  /** @defaultValue 'happy' */
  readonly scenario?: ScenarioName | undefined;
  /** Simulated milliseconds per real one; not together with `clock`. @defaultValue 1 */
  readonly speed?: number | undefined;
  readonly projectId?: string | undefined;
  readonly region?: string | undefined;
  readonly credentials?: readonly SimUser[] | undefined;
  readonly catalogue?: Catalogue | undefined;
  readonly behavior?: Partial<Behavior> | undefined;
  readonly durations?: Partial<Durations> | undefined;
  /** How answers write times, by operation. @defaultValue as documented */
  readonly timeForms?: TimeForms;
  /** Faults planned from the start, besides the scenario's. */
  readonly faults?: readonly Fault[];
  /** Resources that are there from the start, a stranger's unless `user` says otherwise; as `POST /_sim/pools` and `/_sim/notebooks` take them. */
  readonly placed?: { readonly pools?: readonly JsonObject[]; readonly notebooks?: readonly JsonObject[] };
}
