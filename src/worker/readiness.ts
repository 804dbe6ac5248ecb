import type { NativeConnection } from '@temporalio/worker';
import type { Config } from '../config.js';
import type { ModelArts } from '../modelarts/client.js';
import { describeCredentials } from '../modelarts/credentials.js';
import { ModelArtsError } from '../modelarts/errors.js';
import type { Sleep } from '../modelarts/request-options.js';
import { reasonOf } from './connect.js';
import type { Logger } from './logging.js';

/** The last known state of a service that the worker needs. */
export interface ServiceState {
  /** False when the worker cannot use the service. */
  readonly ok: boolean;
  readonly state: 'unknown' | 'accepted' | 'refused' | 'unreachable';
  /** Why it is not `accepted`, without secrets. */
  readonly reason: string | null;
  /** RFC 3339 UTC; when this state began. */
  readonly since: string;
}

export interface Services {
  readonly temporal: ServiceState;
  readonly modelarts: ServiceState;
}

type Seen = Omit<ServiceState, 'since'>;

export interface ReadinessOptions {
  readonly config: Config;
  readonly connection: NativeConnection;
  readonly modelarts: Pick<ModelArts, 'networks'>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly sleep: Sleep;
  readonly now: () => number;
}

const temporalEveryMs = 5_000;
/** Shorter than the timeout of most probes. */
const temporalCallMs = 3_000;
/** A token that has expired shows within a minute, even on an idle worker. */
const modelartsEveryMs = { accepted: 60_000, refused: 60_000, unreachable: 15_000, unknown: 15_000 } as const;

/** Remembers the last known state of both services. */
export class Readiness {
  readonly #now: () => number;
  #services: Services;

  constructor(now: () => number) {
    this.#now = now;
    const since = new Date(now()).toISOString();
    this.#services = {
      temporal: { ok: false, state: 'unknown', reason: 'not connected yet', since },
      modelarts: { ok: false, state: 'unknown', reason: 'the credentials have not been checked yet', since },
    };
  }

  get services(): Services {
    return this.#services;
  }

  /** Returns whether the state has changed. */
  saw(service: keyof Services, seen: Seen): boolean {
    const before = this.#services[service];
    const isNew = before.state !== seen.state || before.ok !== seen.ok;
    const since = isNew ? new Date(this.#now()).toISOString() : before.since;
    this.#services = { ...this.#services, [service]: { ...seen, since } };
    return isNew;
  }
}

/**
 * Checks both services until the signal. Without readers of the state it checks the credentials once, for the log.
 * Never resolves; rejects only because of a bug.
 */
export async function watchServices(
  readiness: Readiness,
  options: ReadinessOptions,
  hasReaders: boolean,
): Promise<never> {
  const { credentials, projectId, endpoint } = options.config.modelarts;
  const who = `${describeCredentials(credentials)} for project ${projectId} at ${endpoint}`;
  await Promise.all([
    watchModelArts(readiness, options, who, hasReaders),
    hasReaders ? watchTemporal(readiness, options) : undefined,
  ]);
  return await new Promise<never>(() => {});
}

async function watchTemporal(readiness: Readiness, options: ReadinessOptions): Promise<void> {
  const { config, logger, signal, sleep } = options;
  while (!signal.aborted) {
    const seen = await checkTemporal(options);
    if (!signal.aborted && readiness.saw('temporal', seen)) {
      if (seen.ok) logger.info(`Temporal at ${config.address} responds`);
      else logger.error({ address: config.address, reason: seen.reason }, `not ready: ${seen.reason}`);
    }
    await sleep(temporalEveryMs, signal).catch(() => undefined);
  }
}

async function checkTemporal({ config, connection, now }: ReadinessOptions): Promise<Seen> {
  const { namespace, address } = config;
  try {
    await connection.withDeadline(now() + temporalCallMs, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return { ok: true, state: 'accepted', reason: null };
  } catch (error) {
    const { reason, advice } = await reasonOf(config, error);
    const why = `Temporal at ${address} does not respond: ${reason}${advice === null ? '' : `. ${advice}`}`;
    return { ok: false, state: 'unreachable', reason: why };
  }
}

async function watchModelArts(
  readiness: Readiness,
  options: ReadinessOptions,
  who: string,
  repeats: boolean,
): Promise<void> {
  const { logger, signal, sleep } = options;
  while (!signal.aborted) {
    const seen = await checkCredentials(options, readiness.services.modelarts);
    if (signal.aborted) return;
    if (readiness.saw('modelarts', seen)) {
      const { state, reason } = seen;
      if (state === 'refused') logger.error({ reason }, `ModelArts rejects ${who}: ${reason}`);
      else if (state === 'accepted') logger.info(`ModelArts accepts ${who}`);
      else logger.warn({ reason }, `cannot check ${who} at the moment: ${reason}. Checking again.`);
    }
    if (!repeats) return;
    await sleep(modelartsEveryMs[seen.state], signal).catch(() => undefined);
  }
}

/**
 * Checks the credentials with one cheap read. Only rejected credentials make a worker not ready: an outage of the
 * service ends by itself, and the worker does everything else meanwhile.
 */
async function checkCredentials({ modelarts, signal }: ReadinessOptions, before: ServiceState): Promise<Seen> {
  try {
    await modelarts.networks.list({}, { signal });
    return { ok: true, state: 'accepted', reason: null };
  } catch (error) {
    if (signal.aborted) return before;
    if (!(error instanceof ModelArtsError)) throw error;
    const reason = error.message;
    if (error.kind === 'auth') return { ok: false, state: 'refused', reason };
    // The credentials are valid. A missing permission is reported by the call that needs it.
    if (error.kind === 'permission') return { ok: true, state: 'accepted', reason };
    // Rejected credentials stay rejected until the service accepts them.
    if (before.state === 'refused') return before;
    return { ok: true, state: before.state === 'accepted' ? 'accepted' : 'unreachable', reason };
  }
}
