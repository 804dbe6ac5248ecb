import { MINUTE, SECOND } from '../domain/duration.js';
import type { Pace } from '../domain/resource/observation.js';

/** Extra time of a wait activity after its poll window, to hand over. */
export const handOverMs = 2 * MINUTE;

/** The longest HTTP time-out that a worker accepts. The time-outs of activities allow for it. */
export const longestHttpTimeoutMs = MINUTE;

/** The worker's configuration that a run needs. Recorded in the history, so that a replay reads the same. */
export interface Settings extends Pace {
  readonly consistencyWindowMs: number;
  readonly httpTimeoutMs: number;
  /**
   * Heartbeat time-out of waits, by the load of the worker when the run started. @defaultValue that of an idle worker
   */
  readonly waitHeartbeatMs?: number;
}

/** The heartbeat time-out of calls, and of waits on a worker with few of them. A killed worker is noticed within it. */
export const heartbeatMs = 5 * SECOND;
const fewWaits = 100;
const manyWaits = 1_000;
const longestHeartbeatMs = 50 * SECOND;

/**
 * The heartbeat time-out of a wait on a worker with so many waits. It grows, because every heartbeat is a write of the
 * server: 1,000 waits make 25 writes a second.
 */
export function waitHeartbeatMs(waits: number): number {
  const load = Math.min(1, Math.max(0, (waits - fewWaits) / (manyWaits - fewWaits)));
  return Math.round(heartbeatMs + load * (longestHeartbeatMs - heartbeatMs));
}

/** The installation and its project, as an activity reports them. */
export interface Identity {
  readonly installation: string;
  readonly projectId: string;
  /** Hashes of the workflow ids that can own resources of this name. */
  readonly owners: { readonly env: string; readonly pool: string; readonly notebook: string };
  readonly settings: Settings;
}
