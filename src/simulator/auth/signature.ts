import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

const ALGORITHM = 'SDK-HMAC-SHA256';

/** The signed parts of a request. Header names are in lower case. */
export interface SignedRequest {
  readonly method: string;
  /** The path as sent, without the query. */
  readonly path: string;
  /** The query as sent, without the question mark. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** A parsed `Authorization` header. */
export interface Authorization {
  readonly ak: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/**
 * Parses the `Authorization` header (docs/api/notebooks-and-auth.md "4.2 AK/SK signing" step 5); undefined when it has
 * another form.
 */
export function readAuthorization(header: string): Authorization | undefined {
  const match = /^SDK-HMAC-SHA256 Access=([^,\s]+), ?SignedHeaders=([^,\s]+), ?Signature=([0-9a-f]+)$/.exec(header);
  if (match === null) return undefined;
  const [, ak = '', signedHeaders = '', signature = ''] = match;
  return { ak, signedHeaders: signedHeaders.split(';'), signature };
}

/**
 * The canonical request, with the headers that the request lists as signed (docs/api/notebooks-and-auth.md "4.2 AK/SK
 * signing" step 2).
 */
export function canonicalRequest(request: SignedRequest, signedHeaders: readonly string[]): string {
  const names = [...signedHeaders].sort();
  return [
    request.method.toUpperCase(),
    canonicalPath(request.path),
    canonicalQuery(request.query),
    names.map((name) => `${name}:${(request.headers[name] ?? '').trim()}\n`).join(''),
    names.join(';'),
    request.headers['x-sdk-content-sha256'] ?? createHash('sha256').update(request.body).digest('hex'),
  ].join('\n');
}

/** The correct signature of a request. The secret key is used directly as the HMAC key. */
export function expectedSignature(request: SignedRequest, signedHeaders: readonly string[], sk: string): string {
  const canonical = createHash('sha256').update(canonicalRequest(request, signedHeaders)).digest('hex');
  const text = `${ALGORITHM}\n${request.headers['x-sdk-date'] ?? ''}\n${canonical}`;
  return createHmac('sha256', sk).update(text).digest('hex');
}

/** Compares two signatures in constant time. */
export function sameSignature(one: string, other: string): boolean {
  const a = Buffer.from(one);
  const b = Buffer.from(other);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Parses a time such as `20200716T082229Z` into epoch milliseconds; undefined when it has another form. */
export function readSdkDate(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

/** Decodes segments first, so that a percent-encoded path is not encoded twice (vector V10). */
function canonicalPath(path: string): string {
  const encoded = path
    .split('/')
    .map((segment) => encode(decode(segment)))
    .join('/');
  return encoded.endsWith('/') ? encoded : `${encoded}/`;
}

function canonicalQuery(query: string): string {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      const key = at < 0 ? pair : pair.slice(0, at);
      const value = at < 0 ? '' : pair.slice(at + 1);
      return [encode(decodeQuery(key)), encode(decodeQuery(value))] as const;
    })
    .sort(([keyA, valueA], [keyB, valueB]) => (keyA === keyB ? order(valueA, valueB) : order(keyA, keyB)))
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}

/** Code point order. localeCompare has another order. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Percent-encodes as RFC 3986 requires. `encodeURIComponent` alone does not encode `!'()*`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Decodes percent-encoding; a malformed text is returned unchanged. */
export function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Form encoding writes a space in a query as a plus sign. */
function decodeQuery(text: string): string {
  return decode(text.replace(/\+/g, ' '));
}
