import { isRecord } from './json.js';

/** What an error body says; a code that was a number is its text. */
export interface ErrorBody {
  readonly code: string | null;
  readonly message: string | null;
}

const codeKeys = ['error_code', 'errorCode', 'code'] as const;
const messageKeys = ['error_msg', 'error_message', 'errorMsg', 'message'] as const;

function asText(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function firstText(body: Readonly<Record<string, unknown>>, keys: readonly string[]): string | null {
  for (const key of keys) {
    const found = asText(body[key]);
    if (found !== null) return found;
  }
  return null;
}

/** A page of a proxy says little, mostly in its title. */
function readPage(text: string): string | null {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(text)?.[1]?.trim();
  return asText(title !== undefined && title !== '' ? title : text.replace(/<[^>]*>/g, ' '));
}

/**
 * Reads any of the four documented error shapes, at the top or one level down, and pages that are no JSON at all
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

/** The non-empty `error_code` that an answer with a good status may carry (docs/api/notebooks-and-auth.md "1.3 HTTP success-code facts"). */
export function errorCodeIn(parsed: unknown): string | null {
  return isRecord(parsed) ? asText(parsed.error_code ?? parsed.errorCode) : null;
}

/** Whether an answer is an instance, whose own `error_code` member is a fact about it and not a refusal. */
export function isInstance(parsed: unknown): boolean {
  return isRecord(parsed) && asText(parsed.id) !== null && asText(parsed.status) !== null;
}
