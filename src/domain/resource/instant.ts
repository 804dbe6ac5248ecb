/**
 * A time from a response in one canonical form: RFC 3339, UTC, whole seconds, such as `2026-11-30T13:27:51Z`. Empty
 * when it is unknown. Responses may or may not have fractions, and identity, plan hashes and JSON must not depend on
 * them.
 */
export type Instant = string;

export const unknownInstant: Instant = '';

const epochText = /^\d+$/;
const epochSecondsDigits = 10;
const rfc3339 =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?(?: [A-Z]{3,5})?)?$/i;

/**
 * Reads a time of a response: RFC 3339 with or without fractions and zone, Go's own form, or epoch seconds or
 * milliseconds. A time without a zone is UTC. Null when it cannot be read, and for the zero times that services write
 * for a missing time.
 */
export function parseInstant(value: string | number | null | undefined): number | null {
  if (value === null || value === undefined) return null;
  const text = String(typeof value === 'number' ? Math.floor(value) : value).trim();
  const ms = epochText.test(text) ? epochMs(text) : calendarMs(text);
  return ms !== null && ms > 0 && ms <= latestMs ? ms : null;
}

/** Converts a time to the canonical form. */
export function instantOf(value: string | number | null | undefined): Instant {
  const ms = parseInstant(value);
  return ms === null ? unknownInstant : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** Reads the date of an HTTP header, which is GMT even when the server omits the zone. */
export function parseHttpDate(header: string | null): number | null {
  const text = header?.trim() ?? '';
  const hasZone = /(?:GMT|UTC|Z|[+-]\d{2}:?\d{2})$/i.test(text);
  const ms = /\d:\d/.test(text) ? Date.parse(hasZone ? text : `${text} GMT`) : Number.NaN;
  return Number.isFinite(ms) ? ms : null;
}

/** 9999-12-31, after which a year does not fit into RFC 3339. */
const latestMs = 253_402_300_799_999;

function epochMs(text: string): number {
  return text.length <= epochSecondsDigits ? Number(text) * 1_000 : Number(text);
}

function calendarMs(text: string): number | null {
  const found = rfc3339.exec(text);
  if (found === null) return null;
  const [, year = '', month = '', day = '', hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = found;
  const midnight = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  // Date.UTC accepts a 31 February and returns a day in March.
  if (midnight.getUTCMonth() !== Number(month) - 1 || midnight.getUTCDate() !== Number(day)) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  const ofDay = (Number(hour) * 60 + Number(minute)) * 60_000 + Number(second) * 1_000;
  return midnight.getTime() + ofDay + Number(fraction.slice(0, 3).padEnd(3, '0')) - offsetMs(zone);
}

function offsetMs(zone: string): number {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d{2}):?(\d{2})?$/.exec(zone) ?? [];
  if (sign === undefined) return 0;
  return (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
}
