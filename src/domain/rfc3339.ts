import { parseInstant } from './resource/instant.js';

const withZone = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

/** Reads a time with a zone, such as `2026-12-01T08:00:00+08:00`, as epoch milliseconds; null for anything else. */
export function parseRfc3339(text: unknown): number | null {
  return typeof text === 'string' && withZone.test(text) ? parseInstant(text) : null;
}

/** Writes epoch milliseconds as RFC 3339 in UTC. */
export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}

/** Writes a time of the service as RFC 3339 in UTC; null for what is no time. */
export function isoTimeOf(value: string | number | null | undefined): string | null {
  const ms = parseInstant(value);
  return ms === null ? null : isoTime(ms);
}
