import type { SimClock } from './clock.js';
import type { Faults } from './faults/fault.js';
import type { SimReply, SimRequest } from './http-messages.js';
import type { SimState } from './records.js';
import type { RequestRecord } from './request-log.js';

/** The whole state at a moment, plain JSON; `wall` lets a restored simulator go on in time. */
export interface Snapshot {
  readonly version: 1;
  readonly at: number;
  readonly wall: number;
  readonly state: SimState;
}

/** A stateful ModelArts in this process. Sockets are `serveSimulator`'s business. */
export interface Simulator {
  /** Answers one call; the signal says that the caller has gone away, which ends a hang. */
  handle(request: SimRequest, options?: { readonly signal?: AbortSignal }): Promise<SimReply>;
  readonly clock: SimClock;
  readonly faults: Faults;
  readonly projectId: string;
  readonly region: string;
  /** A plain copy of the state as of now; changing it changes nothing. */
  state(): SimState;
  /** The state as of now itself, for those who only look and keep nothing: a copy is the larger part of a look. */
  view(): Readonly<SimState>;
  /** The log of calls, without the control plane's. */
  requests(operation?: string): RequestRecord[];
  /** Calls per operation. */
  summary(): Record<string, number>;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
  /** Back to the start: no resources, no faults but the scenario's, an empty log; the clock goes on. */
  reset(): void;
  /** Called after each call that may have changed the state; answers how to stop being called. */
  onChange(listener: () => void): () => void;
}
