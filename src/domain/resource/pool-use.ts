import { DAY, describeDuration } from '../duration.js';
import { cut, textLimits } from '../text.js';

/** A job that keeps a pool (docs/api/workloads-and-operations.md "2.4 What"). */
export interface Job {
  /** Id of the pool that it runs on. */
  readonly resource: string;
  readonly id: string;
  readonly name: string;
  /** As the service calls it, such as `train`, `infer` or `notebook`. */
  readonly kind: string;
  /** The user; null when the service does not say. */
  readonly owner: string | null;
  /** Null when the response has none, which counts as in use. */
  readonly status: string | null;
  /** Time of its creation, RFC 3339; null when it is unknown. */
  readonly since: string | null;
}

/** Who uses a pool, as far as it could be read. */
export interface PoolUse {
  /** The jobs in use, oldest first, at most `jobsListed`. */
  readonly jobs: readonly Job[];
  /** Number of further jobs in use. */
  readonly more: number;
  /** What could not be read, one line each. With such a line, an empty list of jobs proves nothing. */
  readonly unknown: readonly string[];
  /** When the last finished job ended (epoch ms), as far as the service lists it; absent without one. */
  readonly lastEndedAt?: number;
}

/** `busy`: there are jobs in use. `unknown`: none was seen, and something could not be read. */
export type UseState = 'busy' | 'unknown' | 'idle';

/** Number of jobs that a history holds for one pool. */
export const jobsListed = 20;
/** Number of jobs in a plan. */
export const plannedJobs = 100;

/** Statuses after which a job uses nothing. Any other word, and a missing one, counts as in use. */
const finished: readonly string[] = ['Completed', 'Terminated', 'Failed'];

/** Whether a job with this status uses the pool. */
export function isInUse(status: string | null | undefined): boolean {
  return status == null || !finished.includes(status);
}

export function stateOfUse({ jobs, unknown }: PoolUse): UseState {
  if (jobs.length > 0) return 'busy';
  return unknown.length > 0 ? 'unknown' : 'idle';
}

/** The use of a pool from its jobs, the finished ones left out. A job that several lists report counts once. */
export function useOf(jobs: Iterable<Job>, unknown: readonly string[] = [], lastEndedAt = 0): PoolUse {
  const inUse = new Map<string, Job>();
  for (const job of jobs) if (isInUse(job.status) && !inUse.has(job.id)) inUse.set(job.id, bounded(job));
  // A job without a time may be the oldest.
  const sorted = [...inUse.values()].sort((a, b) => order(a.since ?? '', b.since ?? '') || order(a.id, b.id));
  return {
    jobs: sorted.slice(0, jobsListed),
    more: Math.max(0, sorted.length - jobsListed),
    unknown: unknown.slice(0, jobsListed).map((line) => cut(line, textLimits.name)),
    ...(lastEndedAt > 0 ? { lastEndedAt } : {}),
  };
}

/** The use of several pools together. */
export function mergeUses(uses: readonly PoolUse[]): PoolUse {
  return {
    jobs: uses.flatMap(({ jobs }) => jobs),
    more: uses.reduce((sum, { more }) => sum + more, 0),
    unknown: uses.flatMap(({ unknown }) => unknown),
  };
}

export const noUse: PoolUse = { jobs: [], more: 0, unknown: [] };

function bounded(job: Job): Job {
  const { id, name, kind, owner, status } = job;
  const short = (text: string) => cut(text, textLimits.name);
  return {
    ...job,
    id: short(id),
    name: short(name),
    kind: short(kind),
    owner: owner === null ? null : short(owner),
    status: status === null ? null : short(status),
  };
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Number of jobs that a message names. */
const named = 5;

/** The jobs for people, or what could not be read. Empty for an idle pool. */
export function describeUse({ jobs, more, unknown }: PoolUse, now: number): string {
  const count = jobs.length + more;
  if (count === 0) return unknown.length === 0 ? '' : `it is not known whether jobs run on it: ${unknown.join('; ')}`;
  const shown = jobs.slice(0, named).map((job) => describeJob(job, now));
  const others = count > named ? ` and ${count - named} more` : '';
  return `${count} ${count === 1 ? 'job' : 'jobs'} on it: ${shown.join(', ')}${others}`;
}

/** A queued job may be a forgotten one, so a person needs its age and owner. */
function describeJob({ name, kind, owner, status, since }: Job, now: number): string {
  const started = since === null ? Number.NaN : Date.parse(since);
  const age = Number.isNaN(started) ? 'of unknown age' : `for ${describeDuration(Math.max(0, now - started))}`;
  return `${kind} ${name} of ${owner ?? 'an unknown user'} (${status ?? 'without a status'} ${age})`;
}

/** What a teardown does about the use of its pool. */
export type TeardownDecision =
  | { readonly decision: 'delete' }
  | { readonly decision: 'wait'; readonly until: number }
  | { readonly decision: 'refuse' };

/**
 * Decides before a teardown deletes anything. `drainUntil` (epoch ms) is null without a drain. Waiting does not make an
 * unreadable pool readable, so only `withJobs` continues there.
 */
export function decideTeardown(
  use: PoolUse,
  { withJobs, drainUntil }: { readonly withJobs: boolean; readonly drainUntil: number | null },
  now: number,
): TeardownDecision {
  const state = stateOfUse(use);
  if (state === 'idle') return { decision: 'delete' };
  const canWait = state === 'busy' || withJobs;
  if (canWait && drainUntil !== null && now < drainUntil) return { decision: 'wait', until: drainUntil };
  return withJobs ? { decision: 'delete' } : { decision: 'refuse' };
}

/** How long the jobs on a leased pool are waited for, in milliseconds. Null: until the pool is idle. */
export type LeaseDrain = number | null;

/** What a lease does at its end about the use of its pool. */
export type LeaseEndDecision =
  | { readonly decision: 'delete' }
  /** The drain is over: the pool is deleted under its jobs. */
  | { readonly decision: 'deleteUnderJobs' }
  /** The pool stays. `until` (epoch ms) is the time of the next decision without a change of its use. */
  | { readonly decision: 'keep'; readonly until: number };

/**
 * Decides at the end of a lease. `since` (epoch ms) is when the drain began. A pool whose use is unknown is kept also
 * after its drain.
 */
export function decideLeaseEnd(
  use: PoolUse,
  { since, drainMs }: { readonly since: number; readonly drainMs: LeaseDrain },
  now: number,
): LeaseEndDecision {
  const state = stateOfUse(use);
  if (state === 'idle') return { decision: 'delete' };
  const drainUntil = drainMs === null ? Number.POSITIVE_INFINITY : since + drainMs;
  if (now >= drainUntil && state === 'busy') return { decision: 'deleteUnderJobs' };
  const until = now >= drainUntil ? Number.POSITIVE_INFINITY : drainUntil;
  const nextDay = since + (Math.floor((now - since) / DAY) + 1) * DAY;
  return { decision: 'keep', until: Math.min(until, nextDay) };
}
