/** What an error body contains. A numeric code is given as text. */
export interface ErrorBody {
  readonly code: string | null;
  readonly message: string | null;
}

const codeKeys = ['error_code', 'errorCode', 'code'] as const;
const messageKeys = ['error_msg', 'error_message', 'errorMsg', 'message'] as const;

/** Whether a value is a JSON object. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A body as JSON; undefined when it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asText(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function firstText(body: Readonly<Record<string, unknown>>, keys: readonly string[]): string | null {
  return keys.map((key) => asText(body[key])).find((found) => found !== null) ?? null;
}

/** The title of a proxy's HTML page, or else its text. */
function readPage(text: string): string | null {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1]?.trim();
  return asText(title !== undefined && title !== '' ? title : text.replace(/<[^>]*>/g, ' '));
}

/**
 * Reads the four documented error shapes, at the top or one level down, and bodies that are not JSON
 * (docs/api/notebooks-and-auth.md "4.6 Authentication failures", docs/api/pools-and-flavors.md "1.2 Error envelope").
 */
export function readErrorBody(text: string, parsed: unknown): ErrorBody {
  if (!isRecord(parsed)) return { code: null, message: readPage(text) };
  const levels = [parsed, ...Object.values(parsed).filter(isRecord)];
  for (const level of levels) {
    const code = firstText(level, codeKeys);
    const message = firstText(level, messageKeys);
    if (code !== null || message !== null) return { code, message };
  }
  return { code: null, message: asText(text) };
}

/**
 * The `error_code` in a response with a success status; null when it is absent or empty (docs/api/notebooks-and-auth.md
 * "1.3 HTTP success-code facts").
 */
export function errorCodeIn(parsed: unknown): string | null {
  return isRecord(parsed) ? asText(parsed.error_code ?? parsed.errorCode) : null;
}

/**
 * Whether a response is an instance. The `error_code` of an instance is one of its fields and does not mean that the
 * call failed.
 */
export function isInstance(parsed: unknown): boolean {
  return isRecord(parsed) && asText(parsed.id) !== null && asText(parsed.status) !== null;
}
