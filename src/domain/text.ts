/**
 * How long a text may be that a workflow keeps, in code points. What comes from outside is refused or cut where it
 * enters, because Temporal ends a workflow whose state or answer passes its own limits.
 */
export const textLimits = {
  by: 100,
  reason: 1_000,
  key: 100,
  /** A `why`, the message of a failure, a hint, the text of a webhook event. */
  why: 2_000,
  /** A name, an id or a word of the service, and Temporal's keywords. */
  name: 255,
} as const;

/** How large the document of a spec may be as JSON, in bytes of UTF-8; Temporal takes up to 2 MiB in one payload. */
export const documentLimit = 256 * 1024;
/** How large the argument of a lease may be: a fully expanded spec and its resources. */
export const leaseLimit = 2 * documentLimit;
/** How large the list of an environment's resources may be as JSON. */
export const resourcesLimit = 64 * 1024;
/** How large the changes of `resolve retry` may be as JSON. */
export const changesLimit = 64 * 1024;

/** A text of at most `limit` code points; one that was longer ends with an ellipsis, and no character is split. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  let end = 0;
  let beforeLast = 0;
  let count = 0;
  for (const character of text) {
    if (count === limit) return `${text.slice(0, beforeLast)}…`;
    if (count === limit - 1) beforeLast = end;
    count += 1;
    end += character.length;
  }
  return text;
}

/** True when a text has more code points than that. */
export function isLongerThan(text: string, limit: number): boolean {
  // Up to two code units make one code point.
  if (text.length <= limit) return false;
  return text.length > 2 * limit || countCharacters(text) > limit;
}

/** The length of a text in code points. */
export function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Any value of raw JSON as text: a string as it is, nothing for null. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value == null ? '' : (JSON.stringify(value) ?? '');
}

/**
 * The length of a text in bytes of UTF-8; half of a surrogate pair counts as the replacement character that is sent for
 * it.
 */
export function countBytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** The size of a value as JSON, in bytes of UTF-8. */
export function jsonSize(value: unknown): number {
  return countBytes(JSON.stringify(value) ?? '');
}

/** Says that a document is too large for an operation, or that no payload could hold it; null when it is neither. */
export function tooLarge(document: unknown, limit: number = documentLimit): string | null {
  const size = sizeOf(document);
  if (size === null) return 'it cannot be written as JSON';
  return size <= limit ? null : `it has ${size} bytes as JSON. The limit is ${limit} bytes (${limit / 1024} KiB).`;
}

/** Null for what is no JSON: a cycle, a BigInt, or nesting without end. */
function sizeOf(document: unknown): number | null {
  try {
    return jsonSize(document);
  } catch {
    return null;
  }
}

/** The form of a name of an environment, pool or notebook. The spec has the full rules. */
export function isName(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(name);
}
