import { readFileSync } from 'node:fs';

function packageVersion(): string {
  try {
    // The same relative path from src/modelarts and from dist/modelarts.
    const parsed: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    const version = typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : null;
    return typeof version === 'string' ? version : 'unknown';
  } catch {
    return 'unknown';
  }
}

/** The version of this package. */
export const version = packageVersion();

/** The `User-Agent` header of every call. */
export const userAgent = `modelarts-ops/${version}`;
