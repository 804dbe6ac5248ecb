/** Percent-encodes as RFC 3986 and the signature require. `encodeURIComponent` alone does not encode `!'()*`. */
export function encodeStrictly(value: string): string {
  return encodeURIComponent(value).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Why a value is not allowed as a path segment; null when it is. `.` and `..` would address another resource. */
export function segmentProblem(value: string): string | null {
  if (value === '') return 'must not be empty';
  if (value === '.' || value === '..') return 'must not be . or ..';
  return null;
}

/** Fills a path template; every `{name}` becomes one encoded segment. */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => encodeStrictly(values[name] ?? ''));
}

/** A query string of the members that have a value; empty when there are none. */
export function buildQuery(query: Readonly<Record<string, string | number | undefined>>): string {
  const pairs = Object.entries(query).flatMap(([key, value]) =>
    value === undefined ? [] : [`${encodeStrictly(key)}=${encodeStrictly(String(value))}`],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
