import { type Priority, priorities } from './call.js';
import { type CallContext, describeCall, ModelArtsError } from './errors.js';
import type { Sleep } from './request-options.js';
import { ThrottleBlocks, type ThrottleReport } from './throttle-blocks.js';
import { abortReason } from './timing.js';

/** The key of an endpoint, for example `GET /v2/{project_id}/pools`. */
export function endpointKey({ method, template }: Pick<CallContext, 'method' | 'template'>): string {
  return `${method} ${template}`;
}

/** A request to send one call. */
export interface Admission extends CallContext {
  readonly priority: Priority;
  readonly signal?: AbortSignal | undefined;
  /** @defaultValue no limit */
  readonly maxWaitMs?: number | undefined;
  /** The longest pause of the endpoint that it waits for. A longer one refuses it at once. @defaultValue `maxWaitMs` */
  readonly maxPauseMs?: number | undefined;
  /** Calls with the same question that wait at the same time get one turn, because one response answers all of them. */
  readonly question?: string | undefined;
}

/** The permission to send one request, for one call or for several with the same question. */
export interface Turn {
  /** The number of calls that share it. */
  readonly calls: number;
}

/** Limits the rate of calls, and pauses the endpoints that the service throttles. */
export interface RateGovernor {
  /**
   * Resolves when the call may be sent. Rejects with a `ModelArtsError` of kind `throttled` when that takes more than
   * `maxWaitMs`.
   */
  acquire(admission: Admission): Promise<Turn>;
  /** True while several calls wait: a list that answers many callers is then cheaper than a read for each. */
  readonly isBusy: boolean;
  /** Changes the rate, for example when the number of workers of the account has changed. */
  setRate(maxRps: number): void;
  /** Takes a response into account: a throttled endpoint is paused for all callers. */
  report(report: ThrottleReport): void;
  /** Epoch milliseconds until which the endpoint is blocked; null when it is not. */
  blockedUntil(key: string): number | null;
  /** Whether the service stated the length of the block; otherwise this process chose it. */
  isRequestedByService(key: string): boolean;
}

/** The settings of a governor. */
export interface GovernorOptions {
  /** Requests per second. A burst may use one second's worth at once. */
  readonly maxRps: number;
  readonly now: () => number;
  readonly sleep: Sleep;
  readonly random: () => number;
}

/** `isBusy` from this many waiting calls on. */
const busyWaiters = 3;

interface Waiter {
  readonly admission: Admission;
  readonly rank: number;
  readonly deadline: number;
  readonly admit: (turn: Turn) => void;
  readonly refuse: (error: Error) => void;
}

/**
 * A token bucket for the process. It admits waiting calls by priority, then by age. Calls to a blocked endpoint keep
 * waiting without delaying the others. One timer is set for the next time at which a call can be admitted or refused.
 */
class TokenBucketGovernor implements RateGovernor {
  readonly #options: GovernorOptions;
  #maxRps: number;
  readonly #blocks: ThrottleBlocks;
  #tokens: number;
  #refilledAt: number;
  #waiters: Waiter[] = [];
  #timer: AbortController | null = null;

  constructor(options: GovernorOptions) {
    this.#options = options;
    this.#maxRps = validRate(options.maxRps);
    this.#tokens = this.#capacity;
    this.#refilledAt = options.now();
    this.#blocks = new ThrottleBlocks(options.random);
  }

  async acquire(admission: Admission): Promise<Turn> {
    const { signal, maxWaitMs = Number.POSITIVE_INFINITY, maxPauseMs = maxWaitMs } = admission;
    if (signal?.aborted === true) throw abortReason(signal);
    const now = this.#options.now();
    const blocked = this.#blocks.until(endpointKey(admission), now);
    // The wait would end in this error anyway. Throw it now, so that the caller can use the time.
    if (blocked !== null && blocked - now > Math.min(maxWaitMs, maxPauseMs))
      throw this.#refusal(admission, blocked, now);

    return await new Promise<Turn>((resolve, reject) => {
      const leave = () => signal?.removeEventListener('abort', onAbort);
      const waiter: Waiter = {
        admission,
        rank: priorities.indexOf(admission.priority),
        deadline: now + maxWaitMs,
        admit: (turn) => {
          leave();
          resolve(turn);
        },
        refuse: (error) => {
          leave();
          reject(error);
        },
      };
      const onAbort = () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        if (signal !== undefined) waiter.refuse(abortReason(signal));
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      const next = this.#waiters.findIndex((other) => other.rank > waiter.rank);
      this.#waiters.splice(next < 0 ? this.#waiters.length : next, 0, waiter);
      this.#admitWaiting();
    });
  }

  get isBusy(): boolean {
    return this.#waiters.length >= busyWaiters;
  }

  setRate(maxRps: number): void {
    this.#refill(this.#options.now());
    this.#maxRps = validRate(maxRps);
    this.#tokens = Math.min(this.#capacity, this.#tokens);
    this.#admitWaiting();
  }

  /** A burst. */
  get #capacity(): number {
    return Math.max(1, this.#maxRps);
  }

  report(report: ThrottleReport): void {
    this.#blocks.report(report, this.#options.now());
    this.#admitWaiting();
  }

  blockedUntil(key: string): number | null {
    return this.#blocks.until(key, this.#options.now());
  }

  isRequestedByService(key: string): boolean {
    return this.#blocks.isRequestedByService(key);
  }

  #refusal(admission: Admission, blockedUntil: number | null, now: number, ahead = 0): ModelArtsError {
    const waitMs = blockedUntil === null ? this.#waitFor(ahead + 1) : blockedUntil - now;
    const isOwnPause = blockedUntil === null || !this.#blocks.isRequestedByService(endpointKey(admission));
    const reason =
      blockedUntil === null
        ? 'the rate limit of this process is used up'
        : isOwnPause
          ? 'the service throttles this call'
          : 'the service asked to wait';
    const { operation, method, template, subject = null } = admission;
    const message = `${describeCall(admission)} was not sent: ${reason}. Retry in ${(waitMs / 1000).toFixed(1)} s.`;
    return new ModelArtsError(message, {
      kind: 'throttled',
      operation,
      method,
      template,
      subject,
      retryAfterMs: Math.ceil(waitMs),
      throttledUntil: now + Math.ceil(waitMs),
      isOwnPause,
      notSent: true,
    });
  }

  #refill(now: number): void {
    const earned = (Math.max(0, now - this.#refilledAt) / 1000) * this.#maxRps;
    this.#tokens = Math.min(this.#capacity, this.#tokens + earned);
    this.#refilledAt = now;
  }

  #admitWaiting(): void {
    const now = this.#options.now();
    this.#refill(now);
    const staying: Waiter[] = [];
    const turns = new Map<string, { calls: number }>();
    let next = Number.POSITIVE_INFINITY;
    for (const waiter of this.#waiters) {
      const { question } = waiter.admission;
      const same = question === undefined ? undefined : turns.get(question);
      const blocked = this.#blocks.until(endpointKey(waiter.admission), now);
      if (same !== undefined) {
        same.calls += 1;
        waiter.admit(same);
      } else if (blocked === null && this.#tokens >= 1 - 1e-9) {
        this.#tokens -= 1;
        const turn = { calls: 1 };
        if (question !== undefined) turns.set(question, turn);
        waiter.admit(turn);
      } else if (waiter.deadline <= now) {
        waiter.refuse(this.#refusal(waiter.admission, blocked, now, staying.length));
      } else {
        staying.push(waiter);
        next = Math.min(next, waiter.deadline, blocked ?? now + this.#waitFor(1));
      }
    }
    this.#waiters = staying;
    this.#wakeAt(next, now);
  }

  /** Milliseconds until this many tokens are available. */
  #waitFor(tokens: number): number {
    return Math.max(1, Math.ceil(((tokens - this.#tokens) / this.#maxRps) * 1000));
  }

  #wakeAt(time: number, now: number): void {
    this.#timer?.abort();
    this.#timer = null;
    if (time === Number.POSITIVE_INFINITY) return;
    const timer = new AbortController();
    this.#timer = timer;
    this.#options.sleep(Math.max(1, time - now), timer.signal).then(
      () => {
        if (!timer.signal.aborted) this.#admitWaiting();
      },
      () => undefined,
    );
  }
}

function validRate(maxRps: number): number {
  if (maxRps > 0) return maxRps;
  throw new RangeError(`maxRps must be greater than 0, not ${maxRps}`);
}

/** Creates the governor of a process. */
export function createRateGovernor(options: GovernorOptions): RateGovernor {
  return new TokenBucketGovernor(options);
}
