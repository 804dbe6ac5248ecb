import type { Priority } from './call.js';

/** A wish to send one call. */
export interface Admission {
  /** The endpoint: method and path template. */
  readonly key: string;
  readonly priority: Priority;
  /** Which call it is, for the message when it is refused. */
  readonly operation: string;
  readonly subject?: string | null;
  readonly signal?: AbortSignal | undefined;
  readonly maxWaitMs?: number | undefined;
}

/** Lets calls out at the configured rate and keeps away from what the service has asked us to leave alone. */
export interface RateGovernor {
  /** Resolves when the call may go; rejects with `throttled`, not sent, when that is not within `maxWaitMs`. */
  acquire(admission: Admission): Promise<void>;
  /** Epoch milliseconds until which the endpoint is blocked; null when it is not. */
  blockedUntil(key: string): number | null;
}
