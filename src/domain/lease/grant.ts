import { HOUR, MINUTE, parseDuration } from '../duration.js';

/**
 * The run time that the service granted a notebook last, by its `lease` (docs/api/notebooks-current.md "6. Lease: what
 * `duration` means").
 */
export interface Grant {
  /** Epoch milliseconds of the create, start or renewal that granted it. */
  readonly since: number;
  /** Epoch milliseconds. */
  readonly stopsAt: number;
}

/** What limits a grant: the `autoStop` of the spec, and the end of the lease. */
export interface GrantLimits {
  /** Milliseconds; null when the spec gives none, `never` when the notebook must not stop. */
  readonly autoStopMs: number | 'never' | null;
  /** Epoch milliseconds; null for a lease without an end. */
  readonly endsAt: number | null;
}

const shortestMs = HOUR;
const longestMs = 72 * HOUR;
/** The duration that switches the automatic stop off. No page documents it, and Terraform's provider sends it. */
export const noStop = -1;
/** A new grant that moves the stop by less than this is not worth a call. */
const slackMs = MINUTE;
/**
 * The service applies a renewal when it arrives. So close to the end, a late one could outlast the lease by more than
 * an hour.
 */
const lateMs = 5 * MINUTE;
/** Shortest pause between two renewals, whatever the service reports about the first one. */
const pauseMs = 20 * MINUTE;

/**
 * The duration to request at a create, start or renewal, in milliseconds: it counts from the request, never from the
 * old end.
 */
export function grantDuration({ autoStopMs, endsAt }: GrantLimits, now: number): number {
  if (autoStopMs === 'never' && endsAt === null) return noStop;
  const own = autoStopMs === 'never' ? null : autoStopMs;
  const left = endsAt === null ? null : endsAt - now;
  return Math.min(longestMs, Math.max(shortestMs, Math.min(own ?? longestMs, left ?? longestMs)));
}

/** Reads the `lease` of a notebook; null when it has no automatic stop. Times are epoch milliseconds. */
export function grantOf(lease: {
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
  readonly durationMs: number | null;
  readonly isEnabled: boolean;
}): Grant | null {
  const { createdAt, updatedAt, durationMs, isEnabled } = lease;
  if (!isEnabled || createdAt === null || durationMs === null || durationMs < 0) return null;
  const stopsAt = createdAt + durationMs;
  return { since: Math.min(updatedAt ?? createdAt, stopsAt), stopsAt };
}

/**
 * When the lease of an environment renews a running notebook (epoch milliseconds): when half of the grant has passed.
 * At once when it would run for more than an hour longer than the lease, or never stop. Null: nothing is to be renewed.
 * A lease without an end renews nothing. `lastTriedAt` is the time of the last attempt in epoch milliseconds.
 */
export function renewalDue(
  grant: Grant | null,
  { autoStopMs, endsAt }: GrantLimits,
  lastTriedAt: number | null,
): number | null {
  if (endsAt === null) return null;
  const earliest = lastTriedAt === null ? 0 : lastTriedAt + pauseMs;
  const due = grant === null || grant.stopsAt > endsAt + shortestMs ? 0 : halfPassed(grant, autoStopMs, endsAt);
  const at = due === null ? null : Math.max(due, earliest);
  return at === null || at >= endsAt - lateMs ? null : at;
}

function halfPassed({ since, stopsAt }: Grant, autoStopMs: GrantLimits['autoStopMs'], endsAt: number): number | null {
  if (endsAt <= stopsAt + slackMs) return null;
  const own = Math.min(typeof autoStopMs === 'number' ? autoStopMs : longestMs, longestMs);
  // Somebody may have granted more than the spec does: a renewal before then would shorten it.
  return Math.max(Math.ceil((since + stopsAt) / 2), stopsAt - own + slackMs);
}

/** The duration to renew with at `now`; null when the present grant is as it should be. */
export function decideRenewal(grant: Grant | null, limits: GrantLimits, now: number): number | null {
  const due = renewalDue(grant, limits, null);
  const isLate = limits.endsAt !== null && now >= limits.endsAt - lateMs;
  return due === null || due > now || isLate ? null : grantDuration(limits, now);
}

/** The limits by the `autoStop` of a spec, such as `4h` or `never`. `endsAt` is epoch milliseconds. */
export function grantLimits(autoStop: string | undefined, endsAt: number | null): GrantLimits {
  return { autoStopMs: autoStop === 'never' ? 'never' : parseDuration(autoStop), endsAt };
}
