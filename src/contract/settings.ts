import type { Pace } from '../domain/watch.js';

/** What a run needs to know of its worker's configuration; recorded in the history, so that replay sees the same. */
export interface Settings extends Pace {
  readonly settleMs: number;
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
