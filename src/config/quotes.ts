import { type Env, type EnvReader, processEnv, readWith } from './env.js';
import { proxyNames } from './proxy.js';
import { allVariables } from './variables.js';

/**
 * Refuses quotes around the value of every variable of this product, even of those that this process does not read.
 * Every command calls it, so this file loads nothing but the declarations.
 */
export function refuseQuotes(env: Env = processEnv()): void {
  readWith(env, (reader) => reader.refuseQuotes(ownNames(reader)));
}

/** The variables of this product that are known or set, and those of the proxy. */
export function ownNames(reader: EnvReader): Set<string> {
  const prefixed = reader.names().filter((name) => /^(MAOPS|TEMPORAL)_/.test(name));
  return new Set([...allVariables.flatMap(({ names }) => names), ...prefixed, ...proxyNames]);
}
