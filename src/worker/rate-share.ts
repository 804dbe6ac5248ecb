import proto from '@temporalio/proto';
import type { NativeConnection } from '@temporalio/worker';
import type { RateGovernor } from '../modelarts/rate-governor.js';
import type { Sleep } from '../modelarts/request-options.js';
import type { Logger } from './logging.js';

const everyMs = 10_000;
const callMs = 5_000;
/** A live worker starts a new poll at least once a minute. The server lists killed workers longer than that. */
const longestPollMs = 70_000;

/** A worker that polls, as Temporal lists it. */
export interface Poller {
  readonly identity: string;
  /** Epoch milliseconds of its last poll, by the server's clock. */
  readonly polledAt: number;
}

/** The number of live workers, of which this process is one. */
export function liveWorkers(pollers: readonly Poller[], self: string): number {
  const newest = Math.max(...pollers.map(({ polledAt }) => polledAt));
  const live = pollers.filter(({ polledAt }) => newest - polledAt <= longestPollMs);
  return new Set([self, ...live.map(({ identity }) => identity)]).size;
}

export interface RateShareOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** The queue of calls. */
  readonly taskQueue: string;
  readonly identity: string;
  /** Requests per second of the account. */
  readonly maxRps: number;
  readonly governor: Pick<RateGovernor, 'setRate'>;
  readonly logger: Pick<Logger, 'info' | 'debug'>;
  readonly signal: AbortSignal;
  readonly sleep: Sleep;
  readonly now: () => number;
}

/**
 * Gives this worker its share of the account's rate until the signal. Keeps the last share while Temporal does not
 * respond.
 */
export async function shareRate(options: RateShareOptions): Promise<void> {
  const { governor, identity, logger, maxRps, signal, sleep } = options;
  let workers = 1;
  while (!signal.aborted) {
    try {
      const live = liveWorkers(await pollersOf(options), identity);
      if (live !== workers) {
        governor.setRate(maxRps / live);
        logger.info({ workers: live, maxRps }, `${live} live workers share ${maxRps} API calls per second`);
      }
      workers = live;
    } catch (error) {
      logger.debug({ reason: String(error) }, 'cannot read the live workers');
    }
    await sleep(everyMs, signal).catch(() => undefined);
  }
}

async function pollersOf({ connection, namespace, taskQueue, now }: RateShareOptions): Promise<Poller[]> {
  const { pollers } = await connection.withDeadline(now() + callMs, () =>
    connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: taskQueue },
      taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
    }),
  );
  return pollers.map(({ identity, lastAccessTime }) => ({
    identity: identity ?? '',
    polledAt: Number(lastAccessTime?.seconds ?? 0) * 1_000,
  }));
}
