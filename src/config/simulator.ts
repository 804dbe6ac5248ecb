import type { Env } from './env.js';
import { configTable } from './table.js';

/** What the simulator lets in unless it is told otherwise; a test holds this and its own file together, which must not be imported here. */
const simulated = {
  MODELARTS_REGION: 'cn-north-4',
  MODELARTS_PROJECT_ID: '0123456789abcdef0123456789abcdef',
  MODELARTS_TOKEN: 'simulator-only-token',
} as const;

/** Every variable that says where or as whom to work at ModelArts. */
const accountNames = configTable
  .flatMap(({ names }) => names)
  .filter((name) => /^(MODELARTS|HUAWEICLOUD|HW|OS|IAM)_/.test(name));

/**
 * With `MAOPS_SIMULATOR`, and nothing else that says where to work, the variables of the simulator at that URL. One variable of an
 * account is enough to leave them out: real and simulated settings must never mix.
 */
export function withSimulator(env: Env): Env {
  const url = env.MAOPS_SIMULATOR?.trim();
  if (!url || accountNames.some((name) => env[name]?.trim())) return env;
  return { ...env, ...simulated, MODELARTS_ENDPOINT: url };
}
