import type { NativeConnection } from '@temporalio/worker';
import type { Config } from '../config.js';
import type { ModelArts } from '../modelarts/client.js';
import { ModelArtsError } from '../modelarts/errors.js';
import type { Sleep } from '../modelarts/request-options.js';
import { reasonOf } from './connect.js';
import type { Logger } from './logging.js';

/** What is known of one of the two services that a worker needs. */
export interface ServiceState {
  /** False when the worker can do nothing with the service. */
  readonly ok: boolean;
  readonly state: 'unknown' | 'accepted' | 'refused' | 'unreachable';
  /** Why it is not `accepted`; holds no secret. */
  readonly reason: string | null;
  /** RFC 3339 UTC; since when it is in this state. */
  readonly since: string;
}

/** The services of a worker, by what was seen of them last. */
export interface Services {
  readonly temporal: ServiceState;
  readonly modelarts: ServiceState;
}

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
/** Shorter than the time-out of most probes. */
const temporalCallMs = 3_000;
/** How long an answer of ModelArts counts: a token that has ended shows within a minute, also on a worker with nothing to do. */
const modelartsEveryMs = { accepted: 60_000, refused: 60_000, unreachable: 15_000, unknown: 15_000 } as const;

/** Remembers what was seen of both services, and says in the log when it changes. */
export class Readiness {
  readonly #now: () => number;
  #services: Services;

  constructor(now: () => number) {
    this.#now = now;
    const since = new Date(now()).toISOString();
    this.#services = {
      temporal: { ok: false, state: 'unknown', reason: 'not connected yet', since },
      modelarts: { ok: false, state: 'unknown', reason: 'the credentials are not checked yet', since },
    };
  }

  get services(): Services {
    return this.#services;
  }

  /** Answers whether the state is another one than before. */
  saw(service: keyof Services, seen: Omit<ServiceState, 'since'>): boolean {
    const before = this.#services[service];
    const isNew = before.state !== seen.state || before.ok !== seen.ok;
    const since = isNew ? new Date(this.#now()).toISOString() : before.since;
    this.#services = { ...this.#services, [service]: { ...seen, since } };
    return isNew;
  }
}

/** Asks Temporal every few seconds until the signal; ends without an error. */
export async function watchTemporal(readiness: Readiness, options: ReadinessOptions): Promise<void> {
  const { config, logger, signal, sleep } = options;
  while (!signal.aborted) {
    const seen = await lookAtTemporal(options);
    if (!signal.aborted && readiness.saw('temporal', seen)) {
      if (seen.ok) logger.info(`Temporal at ${config.address} answers`);
      else logger.error({ address: config.address, reason: seen.reason }, `not ready: ${seen.reason}`);
    }
    await sleep(temporalEveryMs, signal).catch(() => undefined);
  }
}

async function lookAtTemporal({ config, connection, now }: ReadinessOptions): Promise<Omit<ServiceState, 'since'>> {
  const { namespace, address } = config;
  try {
    await connection.withDeadline(now() + temporalCallMs, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    return { ok: true, state: 'accepted', reason: null };
  } catch (error) {
    const { reason, advice } = await reasonOf(config, error);
    const why = `Temporal at ${address} does not answer: ${reason}${advice === null ? '' : `. ${advice}`}`;
    return { ok: false, state: 'unreachable', reason: why };
  }
}

/** Tries the credentials now, and again while the signal lasts; one try only with `once`. */
export async function watchModelArts(
  readiness: Readiness,
  options: ReadinessOptions & { readonly who: string; readonly once: boolean },
): Promise<void> {
  const { logger, signal, sleep, who } = options;
  while (!signal.aborted) {
    const seen = await tryCredentials(options, readiness.services.modelarts);
    if (signal.aborted) return;
    if (readiness.saw('modelarts', seen)) {
      if (seen.state === 'refused') logger.error({ reason: seen.reason }, `ModelArts refuses ${who}: ${seen.reason}`);
      else if (seen.state === 'accepted') logger.info(`ModelArts accepts ${who}`);
      else logger.warn({ reason: seen.reason }, `whether ModelArts accepts ${who} is not known yet: ${seen.reason}`);
    }
    if (options.once) return;
    await sleep(modelartsEveryMs[seen.state], signal).catch(() => undefined);
  }
}

/**
 * One cheap read. Only refused credentials make a worker not ready: an outage of the service passes, and meanwhile the worker
 * does everything else.
 */
async function tryCredentials(
  { modelarts, signal }: ReadinessOptions,
  before: ServiceState,
): Promise<Omit<ServiceState, 'since'>> {
  try {
    await modelarts.networks.list({}, { signal });
    return { ok: true, state: 'accepted', reason: null };
  } catch (error) {
    if (signal.aborted) return before;
    if (!(error instanceof ModelArtsError)) throw error;
    const reason = error.message;
    if (error.kind === 'auth') return { ok: false, state: 'refused', reason };
    // The key is right; what it may not do shows where it is needed.
    if (error.kind === 'permission') return { ok: true, state: 'accepted', reason };
    // What was refused stays so until something else is said of it.
    if (before.state === 'refused') return before;
    return { ok: true, state: before.state === 'accepted' ? 'accepted' : 'unreachable', reason };
  }
}
