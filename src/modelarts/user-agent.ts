import { readFileSync } from 'node:fs';

function packageVersion(): string {
  try {
    // The same two steps up from src/modelarts and from dist/modelarts.
    const parsed: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    const version = typeof parsed === 'object' && parsed !== null && 'version' in parsed ? parsed.version : null;
    return typeof version === 'string' ? version : 'unknown';
  } catch {
    return 'unknown';
  }
}

/** Of this package. */
export const version = packageVersion();

/** How the service sees us in its logs. */
export const userAgent = `modelarts-ops/${version}`;
