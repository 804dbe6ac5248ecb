import type { SimRequest } from './http-messages.js';

/** A parsed request. The raw path, query and body are kept, because they are signed. */
export interface ParsedRequest {
  readonly method: string;
  /** The path as sent. */
  readonly path: string;
  /** The query as sent, without the question mark. */
  readonly query: string;
  /** Path and query, for the log. */
  readonly target: string;
  /** Names are in lower case, and multiple values are joined. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The body as JSON; undefined when it is empty or not JSON. */
  readonly json: unknown;
  readonly malformed: boolean;
}

/** Parses a request without changing its signed parts. */
export function parseRequest(request: SimRequest): ParsedRequest {
  const absolute = /^https?:\/\/([^/?#]+)(.*)$/i.exec(request.path);
  const target = absolute === null ? request.path : absolute[2] || '/';
  const at = target.indexOf('?');
  const headers = lowerCased(request.headers ?? {});
  // An in-process caller has no HTTP library that sets the signed host header.
  if (headers.host === undefined && absolute?.[1] !== undefined) headers.host = absolute[1];
  const body = typeof request.body === 'string' ? Buffer.from(request.body) : (request.body ?? new Uint8Array());
  const parsed = parseJson(body);
  return {
    method: request.method.toUpperCase(),
    path: at < 0 ? target : target.slice(0, at),
    query: at < 0 ? '' : target.slice(at + 1),
    target,
    headers,
    body,
    json: parsed.json,
    malformed: parsed.malformed,
  };
}

function parseJson(body: Uint8Array): { json: unknown; malformed: boolean } {
  const text = Buffer.from(body).toString('utf8').trim();
  if (text === '') return { json: undefined, malformed: false };
  try {
    return { json: JSON.parse(text), malformed: false };
  } catch {
    return { json: undefined, malformed: true };
  }
}

function lowerCased(headers: NonNullable<SimRequest['headers']>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    found[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return found;
}
