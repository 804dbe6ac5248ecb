import { MINUTE } from '../domain/duration.js';
import type { Pace } from '../domain/resource/observation.js';

/** Extra time of a wait activity after its poll window, to hand over. */
export const handOverMs = 2 * MINUTE;

/** The longest HTTP time-out that a worker accepts. The time-outs of activities allow for it. */
export const longestHttpTimeoutMs = MINUTE;

/** The worker's configuration that a run needs. Recorded in the history, so that a replay reads the same. */
export interface Settings extends Pace {
  readonly consistencyWindowMs: number;
  readonly httpTimeoutMs: number;
}

/** The installation and its project, as an activity reports them. */
export interface Identity {
  readonly installation: string;
  readonly projectId: string;
  /** Hashes of the workflow ids that can own resources of this name. */
  readonly owners: { readonly env: string; readonly pool: string; readonly notebook: string };
  readonly settings: Settings;
}
