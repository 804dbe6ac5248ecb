import { type ClientConnectConfig, loadClientConnectConfig } from '@temporalio/envconfig';
import type { Env, EnvReader } from './env.js';
import { credential, flag, grpcAddress } from './settings.js';

export interface TemporalSettings extends ClientConnectConfig {
  /** What switched TLS on: a variable, or the profile of the Temporal CLI. Null without TLS. */
  readonly tlsBy: string | null;
}

export interface TemporalOptions {
  /** Leaves the configuration file of the Temporal CLI alone, whose profile may be for another server. */
  readonly ignoreFile: boolean;
}

const flags = ['TEMPORAL_TLS', 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'] as const;
/** Members of a pair: one of them without the other would silently count for nothing. */
const certificate = ['TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_CERT_DATA'] as const;
const certificateKey = ['TEMPORAL_TLS_CLIENT_KEY_PATH', 'TEMPORAL_TLS_CLIENT_KEY_DATA'] as const;

/** Reads the `TEMPORAL_*` variables and the profile as Temporal's own tools do, and names the variable of each mistake. */
export function readTemporal(reader: EnvReader, env: Env, { ignoreFile }: TemporalOptions): TemporalSettings {
  const own = reader.names().filter((name) => name.startsWith('TEMPORAL_'));
  const others = Object.entries(env).filter(
    (entry): entry is [string, string] => !entry[0].startsWith('TEMPORAL_') && Boolean(entry[1]),
  );
  const given = Object.fromEntries(own.map((name) => [name, (reader.text(name) ?? '').trim()]));
  // Anything but `true` and `1` would silently mean no TLS.
  for (const name of flags) {
    const value = reader.read([name], flag, null);
    if (value !== null) given[name] = String(value);
  }
  reader.read(['TEMPORAL_API_KEY'], credential, null);
  reader.read(['TEMPORAL_ADDRESS'], grpcAddress, null);
  reportHalfPairs(reader);
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

function reportHalfPairs(reader: EnvReader): void {
  const [cert, key] = [reader.nameOf(certificate), reader.nameOf(certificateKey)];
  if (cert !== null && key === null)
    reader.problem(`${cert} is set, but ${certificateKey.join(' or ')} is not: set both, or neither`);
  if (key !== null && cert === null)
    reader.problem(`${key} is set, but ${certificate.join(' or ')} is not: set both, or neither`);
}

/** The address may come from the file, which nothing has looked at. */
function checkProfileAddress(reader: EnvReader, address: string | undefined): void {
  if (address === undefined || reader.has('TEMPORAL_ADDRESS') || grpcAddress.safeParse(address).success) return;
  reader.problem("the address in the Temporal CLI's profile is not one: write host:port, or set TEMPORAL_ADDRESS");
}

function switchOf({ connectionOptions }: ClientConnectConfig, given: Readonly<Record<string, string>>): string | null {
  if (!connectionOptions.tls) return null;
  if (given.TEMPORAL_TLS === 'true') return 'TEMPORAL_TLS';
  const detail = Object.keys(given).find((name) => name.startsWith('TEMPORAL_TLS_'));
  return detail ?? (given.TEMPORAL_API_KEY === undefined ? "the Temporal CLI's profile" : 'TEMPORAL_API_KEY');
}

/** A file that cannot be read is named by its variable. */
function describe(error: unknown, given: Readonly<Record<string, string>>): string {
  const message = error instanceof Error ? error.message : String(error);
  const [name] =
    Object.entries(given).find(([key, value]) => /_(PATH|FILE)$/.test(key) && message.includes(value)) ?? [];
  return name === undefined
    ? `TEMPORAL_*: ${message}`
    : `${name} names a file that cannot be read (${/\bE[A-Z]{3,}\b/.exec(message)?.[0] ?? 'no file'})`;
}
