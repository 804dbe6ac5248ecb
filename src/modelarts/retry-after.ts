import { parseHttpDate } from '../domain/resource/instant.js';

const units = new Map([
  ['second', 1000],
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
]);

/** The wait in a `Retry-After` header (seconds or a date), in milliseconds; null when there is none. */
export function parseRetryAfter(header: string | null, now: number): number | null {
  const value = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
  const date = parseHttpDate(value);
  return date === null ? null : Math.max(0, date - now);
}

/**
 * The time window in a throttling message such as `limit:5,time:1 minute`, in milliseconds; null when there is none
 * (docs/api/notebooks-and-auth.md "5.3 Throttling facts").
 */
export function parseThrottleWindow(message: string | null): number | null {
  const found = /time:\s*(\d+)\s*(second|minute|hour|day)/.exec(message ?? '');
  if (found === null) return null;
  const [, amount = '', unit = ''] = found;
  return Number(amount) * (units.get(unit) ?? 0);
}
