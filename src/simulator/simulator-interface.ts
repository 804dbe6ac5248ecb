import type { SimClock } from './clock.js';
import type { Faults } from './faults/fault.js';
import type { SimReply, SimRequest } from './http-messages.js';
import type { RequestRecord } from './request-log.js';
import type { SimState } from './sim-state.js';

/** The whole state at a time, as plain JSON. `wall` is used to continue the simulated time after a restore. */
export interface Snapshot {
  readonly version: 1;
  readonly at: number;
  readonly wall: number;
  readonly state: SimState;
}

/** A stateful ModelArts in this process. `serveSimulator` serves it over HTTP. */
export interface Simulator {
  /** Handles one call. The signal is aborted when the caller disconnects, which ends a `hang` fault. */
  handle(request: SimRequest, options?: { readonly signal?: AbortSignal }): Promise<SimReply>;
  readonly clock: SimClock;
  readonly faults: Faults;
  readonly projectId: string;
  readonly region: string;
  /** A copy of the current state. */
  state(): SimState;
  /** The current state itself, for readers that neither change nor keep it. Much faster than a copy. */
  view(): Readonly<SimState>;
  /** The log of API calls, without control calls. */
  requests(operation?: string): RequestRecord[];
  /** The number of calls per operation. */
  summary(): Record<string, number>;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  /** Restores the initial resources and faults and clears the log. The clock is not reset. */
  reset(): void;
  /** Calls the listener after every call that may have changed the state. Returns a function that removes it. */
  onChange(listener: () => void): () => void;
}
