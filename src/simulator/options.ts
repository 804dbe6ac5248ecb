import type { SimUser } from './auth/credentials.js';
import type { Behavior } from './behavior.js';
import type { Catalogue } from './catalogue/catalogue.js';
import type { SimClock } from './clock.js';
import type { Durations } from './durations.js';
import type { Fault } from './faults/fault.js';
import type { JsonObject } from './json.js';
import type { Recording } from './recording/recording.js';
import type { TimeForms } from './time-forms.js';

/** The names of the scenarios. */
export const SCENARIOS = ['happy', 'slow', 'flaky-network', 'throttled', 'sold-out', 'half-pool'] as const;

/** A named set of durations, behavior, sold-out flavors and background faults. */
export type ScenarioName = (typeof SCENARIOS)[number];

/** Options of a simulator, all of them optional. */
export interface SimulatorOptions {
  /** @defaultValue a clock that follows real time at `speed` */
  readonly clock?: SimClock | undefined;
  /** Determines jitter, ids and probabilities. @defaultValue 1 */
  readonly seed?: number | undefined;
  /** @defaultValue 'happy' */
  readonly scenario?: ScenarioName | undefined;
  /** Simulated milliseconds per real millisecond. Ignored with `clock`. @defaultValue 1 */
  readonly speed?: number | undefined;
  readonly projectId?: string | undefined;
  readonly region?: string | undefined;
  readonly credentials?: readonly SimUser[] | undefined;
  readonly catalogue?: Catalogue | undefined;
  readonly behavior?: Partial<Behavior> | undefined;
  readonly durations?: Partial<Durations> | undefined;
  /** The format of times in responses, by operation. @defaultValue as documented */
  readonly timeForms?: TimeForms;
  /** Initial resources from a recording, in place of the default networks. */
  readonly recording?: Recording | undefined;
  /** Faults planned at the start, in addition to those of the scenario. */
  readonly faults?: readonly Fault[];
  /**
   * Initial resources, in the form of `POST /_sim/pools`, `/_sim/notebooks`, `/_sim/currentNotebooks` and
   * `/_sim/workloads`. They belong to another user unless `user` is given.
   */
  readonly placed?: Readonly<
    Partial<Record<'pools' | 'notebooks' | 'currentNotebooks' | 'workloads', readonly JsonObject[]>>
  >;
}
