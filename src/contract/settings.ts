import { MINUTE } from '../domain/duration.js';
import type { Pace } from '../domain/resource/observation.js';

/** How long a wait activity may take beyond its window, to hand over. */
export const handOverMs = 2 * MINUTE;

/** The longest time-out of one API call that a worker may be given; the time-outs of activities leave room for it. */
export const longestHttpTimeoutMs = MINUTE;

/** What a run needs to know of its worker's configuration; recorded in the history, so that replay sees the same. */
export interface Settings extends Pace {
  readonly consistencyWindowMs: number;
  readonly httpTimeoutMs: number;
}

/** Who this installation is and which project it works on; answered by an activity. */
export interface Identity {
  readonly installation: string;
  readonly projectId: string;
  /** Hashes of the workflow ids that can own resources of this name. */
  readonly owners: { readonly env: string; readonly pool: string; readonly notebook: string };
  readonly settings: Settings;
}
