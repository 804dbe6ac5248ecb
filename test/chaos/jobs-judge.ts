import { AsyncLocalStorage } from 'node:async_hooks';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { PoolDeletion } from '../../src/activities/resource/pools.js';
import { parseDuration } from '../../src/domain/duration.js';
import { type PoolUse, stateOfUse } from '../../src/domain/resource/pool-use.js';
import type { WorkloadIncident } from '../../src/simulator/records.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import type { HttpCall } from '../support/virtual-http.js';

/** What the judge needs of a scenario. */
interface Permissions {
  readonly document: Readonly<Record<string, unknown>>;
  readonly jobs: { readonly teardown: { readonly withJobs?: boolean } };
}

/** One attempt of the activity that deletes a pool. Times are epoch ms. */
interface Attempt {
  readonly workflowId: string;
  readonly mode: PoolDeletion['jobs'];
  readonly startedAt: number;
  /** When it read the jobs: the requests of successful readings. */
  readonly reads: number[];
  /** When it asked for the pool. */
  shownAt: number | null;
  /** The request on its way. */
  askedAt: number;
}

/** A DELETE of a pool, and what its sender knew. */
interface SentDelete {
  readonly poolId: string;
  readonly sentAt: number;
  readonly attempt: Pick<Attempt, 'workflowId' | 'mode' | 'shownAt'> & { readonly readAt: number | null };
  answeredAt: number;
}

/** One for the whole process: Node.js 20 copies every storage that was ever used into each new promise. */
const attempts = new AsyncLocalStorage<Attempt>();

const usualHoldsMs = 2_000;
const longestHoldsMs = 10_000;
/** From the last reading to the DELETE: the way of the response. */
const latencyMs = 100;

/**
 * Judges that no pool is deleted under a job that was visible when its jobs were read, and that this reading was new.
 * `withJobs` and a finished drain of a lease allow it (docs/guarantees.md "No pool is deleted under a job").
 */
export class JobsJudge {
  private readonly deletes: SentDelete[] = [];
  private readonly inFlight = new Map<number, SentDelete>();
  /** When a lease first saw jobs. */
  private readonly drainingSince = new Map<string, number>();
  private readonly problems: string[] = [];

  constructor(
    private readonly permissions: Permissions,
    /** False when a process may stop between its look at the clock and its call. */
    private readonly isPunctual: boolean,
  ) {}

  recorder(now: () => number): ActivityInterceptorsFactory {
    return ({ info }) => ({
      inbound: {
        execute: async (input, next) => {
          const workflowId = info.workflowExecution?.workflowId ?? '';
          const [argument] = input.args;
          if (info.activityType === 'readPoolUse' && workflowId.startsWith('lease/')) {
            const use = (await next(input)) as PoolUse;
            if (stateOfUse(use) === 'busy' && !this.drainingSince.has(workflowId))
              this.drainingSince.set(workflowId, now());
            return use;
          }
          if (info.activityType !== 'deletePool') return await next(input);
          const { jobs: mode } = argument as PoolDeletion;
          const attempt = { workflowId, mode, startedAt: now(), reads: [], shownAt: null, askedAt: now() };
          return await attempts.run(attempt, () => next(input));
        },
      },
    });
  }

  /** Notes a call that is about to leave. */
  sent({ number, method, path }: HttpCall, now: number): void {
    const attempt = attempts.getStore();
    if (attempt !== undefined) attempt.askedAt = now;
    const poolId = /\/pools\/([^/?]+)$/.exec(path)?.[1];
    if (method !== 'DELETE' || poolId === undefined) return;
    const { workflowId = 'nobody', mode, shownAt = null, reads = [] } = attempt ?? {};
    const readAt = reads.at(-1) ?? null;
    const one = { poolId, sentAt: now, attempt: { workflowId, mode, shownAt, readAt }, answeredAt: Infinity };
    this.deletes.push(one);
    this.inFlight.set(number, one);
    if (mode === 'ignore') this.problems.push(...this.judgePermission(workflowId, now));
    const age = readAt === null ? 0 : now - readAt;
    const holdsMs = reads.length < 3 ? usualHoldsMs : longestHoldsMs;
    if (this.isPunctual && age > holdsMs + latencyMs)
      this.problems.push(`${workflowId} deleted pool ${poolId} ${age} ms after its jobs were read`);
  }

  /** Notes the response to a call. */
  answered({ number, path, method }: HttpCall, simulator: Simulator): void {
    const now = simulator.clock.now();
    const one = this.inFlight.get(number);
    if (one !== undefined) one.answeredAt = now;
    const attempt = attempts.getStore();
    if (attempt === undefined || method !== 'GET' || !path.includes('/pools/')) return;
    const answer = simulator.requests().findLast((request) => request.path === path);
    if (answer?.status !== 200) return;
    if (/\/workloads(\?|$)/.test(path)) attempt.reads.push(attempt.askedAt);
    else attempt.shownAt = attempt.askedAt;
  }

  /** Judges the jobs that a DELETE has hit, and returns all problems. */
  judge(incidents: readonly WorkloadIncident[]): string[] {
    const hit = incidents
      .filter(({ cause }) => cause === 'delete')
      .flatMap((incident) => {
        const sent = this.deletes.filter(
          ({ poolId, sentAt, answeredAt }) =>
            poolId === incident.poolId && sentAt <= incident.at && incident.at <= answeredAt,
        );
        const wrong = sent.map((one) => this.judgeIncident(incident, one));
        return wrong.some((problem) => problem === null) ? [] : wrong.slice(0, 1).filter((one) => one !== null);
      });
    return [...this.problems, ...hit];
  }

  private judgeIncident({ at, workload }: WorkloadIncident, { poolId, attempt }: SentDelete): string | null {
    const { workflowId, mode, shownAt } = attempt;
    if (mode === 'ignore') return null;
    const readAt = attempt.readAt ?? (mode === 'neverUsable' ? shownAt : null);
    if (readAt !== null && workload.visibleAt > readAt) return null;
    const { name, status, visibleAt } = workload;
    const seen = readAt === null ? 'without a reading' : `read at ${time(readAt)}`;
    return `${workflowId} deleted pool ${poolId} under job ${name} (${status}), visible from ${time(visibleAt)}, ${seen}, at ${time(at)}`;
  }

  /** Only `withJobs` and a finished drain allow a DELETE without a look at the jobs. */
  private judgePermission(workflowId: string, now: number): string[] {
    const { document, jobs } = this.permissions;
    if (workflowId.startsWith('teardown/') && jobs.teardown.withJobs === true) return [];
    const { drain } = (document.lease ?? {}) as { readonly drain?: string };
    const drainMs = drain === 'forever' ? Infinity : (parseDuration(drain) ?? 60 * 60_000);
    const since = this.drainingSince.get(workflowId) ?? Infinity;
    if (workflowId.startsWith('lease/') && now >= since + drainMs) return [];
    return [`${workflowId} deleted a pool at ${time(now)} whatever runs on it`];
  }
}

function time(ms: number): string {
  return new Date(ms).toISOString().slice(11, 23);
}
