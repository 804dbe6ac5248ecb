import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import type { Env, EnvReader } from './env.js';
import { flag, grpcAddress } from './parsers.js';
import { type Variable, variables } from './variables.js';

export interface TemporalSettings extends ClientConnectConfig {
  /** What turned TLS on: a variable, or the profile of the Temporal CLI. Null without TLS. */
  readonly tlsBy: string | null;
}

export interface TemporalOptions {
  /** Ignores the configuration file of the Temporal CLI, whose profile may be for another server. */
  readonly ignoreFile: boolean;
}

/**
 * Reads the `TEMPORAL_*` variables and the profile as Temporal's own tools do, and reports each wrong variable by name.
 */
export function readTemporal(reader: EnvReader, env: Env, { ignoreFile }: TemporalOptions): TemporalSettings {
  const own = reader.names().filter((name) => name.startsWith('TEMPORAL_'));
  const others = Object.entries(env).filter(
    (entry): entry is [string, string] => !entry[0].startsWith('TEMPORAL_') && Boolean(entry[1]),
  );
  const given = Object.fromEntries(own.map((name) => [name, (reader.text(name) ?? '').trim()]));
  // The SDK takes any word but `true` and `1` as false, which would silently turn TLS off.
  for (const name of ['TEMPORAL_TLS', 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION']) {
    const value = reader.read({ names: [name], parser: flag, fallback: null });
    if (value !== null) given[name] = String(value);
  }
  reader.read(variables.temporalApiKey);
  reader.read(variables.temporalAddress);
  reportIncompletePair(reader, variables.clientCertificate, variables.clientKey);
  reportIncompletePair(reader, variables.clientKey, variables.clientCertificate);
  try {
    const overrideEnvVars = { ...Object.fromEntries(others), ...given };
    const settings = loadClientConnectConfig({ overrideEnvVars, disableFile: ignoreFile });
    checkProfileAddress(reader, settings.connectionOptions.address);
    return { ...settings, tlsBy: switchOf(settings, given) };
  } catch (error) {
    reader.problem(describe(error, given));
    return { connectionOptions: {}, tlsBy: null };
  }
}

/** The SDK ignores a certificate without a key, and a key without a certificate. */
function reportIncompletePair(reader: EnvReader, one: Variable, other: Variable): void {
  const name = reader.nameOf(one);
  if (name !== null && !reader.has(other)) {
    reader.problem(`${name} is set without ${other.names.join(' or ')}. Set both, or neither.`);
  }
}

/** The address may come from the profile, which is not checked otherwise. */
function checkProfileAddress(reader: EnvReader, address: string | undefined): void {
  if (address === undefined || reader.has(variables.temporalAddress) || grpcAddress(address).ok) return;
  reader.problem("the address in the Temporal CLI's profile is not host:port. Fix it, or set TEMPORAL_ADDRESS.");
}

function switchOf({ connectionOptions }: ClientConnectConfig, given: Readonly<Record<string, string>>): string | null {
  if (!connectionOptions.tls) return null;
  if (given.TEMPORAL_TLS === 'true') return 'TEMPORAL_TLS';
  const detail = Object.keys(given).find((name) => name.startsWith('TEMPORAL_TLS_'));
  return detail ?? (given.TEMPORAL_API_KEY === undefined ? "the Temporal CLI's profile" : 'TEMPORAL_API_KEY');
}

/** Names the variable of a file that cannot be read. */
function describe(error: unknown, given: Readonly<Record<string, string>>): string {
  const message = error instanceof Error ? error.message : String(error);
  const [name] =
    Object.entries(given).find(([key, value]) => /_(PATH|FILE)$/.test(key) && message.includes(value)) ?? [];
  return name === undefined
    ? `TEMPORAL_*: ${message}`
    : `${name}: cannot read the file (${/\bE[A-Z]{3,}\b/.exec(message)?.[0] ?? 'no such file'})`;
}
