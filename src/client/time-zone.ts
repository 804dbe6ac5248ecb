/**
 * The name of a time zone as Temporal wants it, in the case in which it is written; null when there is none of that
 * name. Offsets such as +02:00 are none: a schedule that should follow summer time needs a place.
 */
export function findTimeZone(name: string): string | null {
  const wanted = name.trim().toLowerCase();
  if (wanted === 'utc') return 'UTC';
  const known = Intl.supportedValuesOf('timeZone').find((zone) => zone.toLowerCase() === wanted);
  if (known !== undefined) return known;
  // Older names of a zone are not listed, but taken; then only their own spelling is right.
  return /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(name.trim()) && isZone(name.trim()) ? name.trim() : null;
}

function isZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
