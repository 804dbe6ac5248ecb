import { createHash, createHmac } from 'node:crypto';
import { encodeStrictly } from '../path.js';

/**
 * The request signature SDK-HMAC-SHA256 (docs/api/notebooks-and-auth.md "4.2 AK/SK signing"). The vendor's Node SDK is
 * not used, because it encodes a path twice (vector V10), which breaks ids with special characters.
 */
const algorithm = 'SDK-HMAC-SHA256';

/** The request to sign, exactly as it will be sent. */
export interface SignableRequest {
  readonly method: string;
  readonly url: URL;
  /** The headers to sign. `host` and `x-sdk-date` are added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
}

export interface SigningKey {
  readonly accessKey: string;
  readonly secretKey: string;
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** `20200716T082229Z` for a time in epoch milliseconds. */
export function sdkDate(now: number): string {
  return new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

/** Decodes first, so that the result does not depend on how the segment was encoded. */
function reencode(part: string): string {
  try {
    return encodeStrictly(decodeURIComponent(part));
  } catch {
    return encodeStrictly(part);
  }
}

function canonicalUri(pathname: string): string {
  const encoded = pathname.split('/').map(reencode).join('/');
  return encoded.endsWith('/') ? encoded : `${encoded}/`;
}

function byCodePoint(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}

function canonicalQuery(search: string): string {
  return search
    .replace(/^\?/, '')
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const split = pair.indexOf('=');
      const [key, value] = split < 0 ? [pair, ''] : [pair.slice(0, split), pair.slice(split + 1)];
      return [reencode(key), reencode(value)] as const;
    })
    .sort(([keyA, valueA], [keyB, valueB]) => byCodePoint(keyA, keyB) || byCodePoint(valueA, valueB))
    .map(([key, value]) => `${key}=${value}`)
    .join('&');
}

/** The text whose hash is signed. Exported for the tests with the published vectors. */
export function canonicalRequest(request: SignableRequest, date: string): { text: string; signedHeaders: string } {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(request.headers)) headers.set(name.toLowerCase(), value.trim());
  headers.set('host', request.url.host);
  headers.set('x-sdk-date', date);
  const names = [...headers.keys()].sort(byCodePoint);
  const signedHeaders = names.join(';');
  const text = [
    request.method.toUpperCase(),
    canonicalUri(request.url.pathname),
    canonicalQuery(request.url.search),
    names.map((name) => `${name}:${headers.get(name) ?? ''}\n`).join(''),
    signedHeaders,
    headers.get('x-sdk-content-sha256') ?? sha256(request.body ?? ''),
  ].join('\n');
  return { text, signedHeaders };
}

/** The headers that authenticate a request: `X-Sdk-Date` and `Authorization`. `now` is in epoch milliseconds. */
export function sign(request: SignableRequest, key: SigningKey, now: number): Record<string, string> {
  const date = sdkDate(now);
  const { text, signedHeaders } = canonicalRequest(request, date);
  const signature = createHmac('sha256', key.secretKey)
    .update(`${algorithm}\n${date}\n${sha256(text)}`)
    .digest('hex');
  return {
    'X-Sdk-Date': date,
    Authorization: `${algorithm} Access=${key.accessKey}, SignedHeaders=${signedHeaders}, Signature=${signature}`,
  };
}
