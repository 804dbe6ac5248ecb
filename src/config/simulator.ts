import { clientEnvironment } from '../simulator/client-environment.js';
import type { Env } from './env.js';
import { allVariables, variables } from './variables.js';

/** Every variable that selects an account. */
const accountNames = allVariables
  .flatMap(({ names }) => names)
  .filter((name) => /^(MODELARTS|HUAWEICLOUD|HW|OS|IAM)_/.test(name));

/**
 * Adds the variables of the simulator at `MAOPS_SIMULATOR`, unless any variable of an account is set: real and
 * simulated settings must never mix.
 */
export function withSimulator(env: Env): Env {
  const url = variables.simulator.names.map((name) => env[name]?.trim()).find(Boolean);
  if (!url || accountNames.some((name) => env[name]?.trim())) return env;
  return { ...env, ...clientEnvironment(url) };
}
