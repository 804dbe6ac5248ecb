import { parseHttpDate } from '../domain/resource/instant.js';

const units = new Map([
  ['second', 1000],
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
]);

/** The wait that a `Retry-After` header asks for, in seconds or as a date; null when it says nothing that can be read. */
export function parseRetryAfter(header: string | null, now: number): number | null {
  const value = header?.trim() ?? '';
  if (/^\d+(\.\d+)?$/.test(value)) return Math.ceil(Number(value) * 1000);
  const date = parseHttpDate(value);
  return date === null ? null : Math.max(0, date - now);
}

/** The window that a throttling text names, for example `limit:5,time:1 minute` (docs/api/notebooks-and-auth.md "5.3 Throttling facts"). */
export function parseThrottleWindow(message: string | null): number | null {
  const found = /time:\s*(\d+)\s*(second|minute|hour|day)/.exec(message ?? '');
  if (found === null) return null;
  const [, amount = '', unit = ''] = found;
  return Number(amount) * (units.get(unit) ?? 0);
}
