import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Env } from '../config.js';

/** Where the embedded server's binary is kept between runs: `$XDG_CACHE_HOME/modelarts-ops`, else `~/.cache/modelarts-ops`. */
export function cacheFolder(env: Env): string {
  const base = env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache');
  return join(base, 'modelarts-ops');
}
