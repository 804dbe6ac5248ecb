import { type Priority, priorities } from './call.js';
import { ModelArtsError } from './errors.js';
import type { Sleep } from './request-options.js';
import { Blocks, type ThrottleReport } from './throttle-blocks.js';
import { abortReason } from './timing.js';

/** A wish to send one call. */
interface Admission {
  /** The endpoint: method and path template, as in `GET /v2/{project_id}/pools`. */
  readonly key: string;
  readonly priority: Priority;
  /** Which call it is, for the message when it is refused. */
  readonly operation: string;
  readonly subject?: string | null;
  readonly signal?: AbortSignal | undefined;
  /** @defaultValue without a limit */
  readonly maxWaitMs?: number | undefined;
}

/** Lets calls out at the configured rate and keeps away from what the service has asked us to leave alone. */
export interface RateGovernor {
  /** Resolves when the call may go; rejects with `throttled`, not sent, when that is not within `maxWaitMs`. */
  acquire(admission: Admission): Promise<void>;
  /** Tells what the service answered, so that everyone keeps away when it asks for that. */
  report(report: ThrottleReport): void;
  /** Epoch milliseconds until which the endpoint is blocked; null when it is not. */
  blockedUntil(key: string): number | null;
  /** Whether the service has asked for the block of an endpoint; else it is this process's own guess. */
  isAskedFor(key: string): boolean;
}

/** What a governor is made from. */
export interface GovernorOptions {
  /** Requests per second; a burst may hold one second's worth. */
  readonly maxRps: number;
  readonly now: () => number;
  readonly sleep: Sleep;
  readonly random: () => number;
}

interface Waiter {
  readonly admission: Admission;
  readonly rank: number;
  readonly deadline: number;
  readonly admit: () => void;
  readonly refuse: (error: Error) => void;
}

/**
 * One bucket of tokens for the process. Waiters are let out by priority, then by age; a blocked endpoint's waiters stay
 * without holding up the others. One timer is set for the next moment at which something can change.
 */
class TokenBucketGovernor implements RateGovernor {
  readonly #options: GovernorOptions;
  readonly #capacity: number;
  readonly #blocks: Blocks;
  #tokens: number;
  #refilledAt: number;
  #waiters: Waiter[] = [];
  #alarm: AbortController | null = null;

  constructor(options: GovernorOptions) {
    if (!(options.maxRps > 0)) throw new RangeError(`maxRps must be above 0, not ${options.maxRps}`);
    this.#options = options;
    this.#capacity = Math.max(1, options.maxRps);
    this.#tokens = this.#capacity;
    this.#refilledAt = options.now();
    this.#blocks = new Blocks(options.random);
  }

  async acquire(admission: Admission): Promise<void> {
    const { signal, maxWaitMs = Number.POSITIVE_INFINITY } = admission;
    if (signal?.aborted === true) throw abortReason(signal);
    const now = this.#options.now();
    const blocked = this.#blocks.until(admission.key, now);
    // Waiting would end in a refusal anyway: say so now, while the caller can still do something else.
    if (blocked !== null && blocked - now > maxWaitMs) throw this.#refusal(admission, blocked, now);

    await new Promise<void>((resolve, reject) => {
      const leave = () => signal?.removeEventListener('abort', onAbort);
      const waiter: Waiter = {
        admission,
        rank: priorities.indexOf(admission.priority),
        deadline: now + maxWaitMs,
        admit: () => {
          leave();
          resolve();
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
      const behind = this.#waiters.findIndex((other) => other.rank > waiter.rank);
      this.#waiters.splice(behind < 0 ? this.#waiters.length : behind, 0, waiter);
      this.#letOut();
    });
  }

  report(report: ThrottleReport): void {
    this.#blocks.report(report, this.#options.now());
    this.#letOut();
  }

  blockedUntil(key: string): number | null {
    return this.#blocks.until(key, this.#options.now());
  }

  isAskedFor(key: string): boolean {
    return this.#blocks.isAskedFor(key);
  }

  #refusal(admission: Admission, blockedUntil: number | null, now: number, behind = 0): ModelArtsError {
    if (blockedUntil === null) {
      const why = 'the rate limit of this process is used up';
      return refusal(admission, this.#waitFor(behind + 1), now, why, true);
    }
    const isOwnPause = !this.#blocks.isAskedFor(admission.key);
    const why = isOwnPause ? 'the service is throttling' : 'the service has asked to wait';
    return refusal(admission, blockedUntil - now, now, why, isOwnPause);
  }

  #refill(now: number): void {
    const earned = (Math.max(0, now - this.#refilledAt) / 1000) * this.#options.maxRps;
    this.#tokens = Math.min(this.#capacity, this.#tokens + earned);
    this.#refilledAt = now;
  }

  #letOut(): void {
    const now = this.#options.now();
    this.#refill(now);
    const staying: Waiter[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const waiter of this.#waiters) {
      const blocked = this.#blocks.until(waiter.admission.key, now);
      if (blocked === null && this.#tokens >= 1 - 1e-9) {
        this.#tokens -= 1;
        waiter.admit();
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

  /** Milliseconds until this many tokens are there. */
  #waitFor(tokens: number): number {
    return Math.max(1, Math.ceil(((tokens - this.#tokens) / this.#options.maxRps) * 1000));
  }

  #wakeAt(time: number, now: number): void {
    this.#alarm?.abort();
    this.#alarm = null;
    if (time === Number.POSITIVE_INFINITY) return;
    const alarm = new AbortController();
    this.#alarm = alarm;
    this.#options.sleep(Math.max(1, time - now), alarm.signal).then(
      () => {
        if (!alarm.signal.aborted) this.#letOut();
      },
      () => undefined,
    );
  }
}

function refusal(
  { operation, subject, key }: Admission,
  waitMs: number,
  now: number,
  why: string,
  isOwnPause: boolean,
): ModelArtsError {
  const [method = '', template = ''] = key.split(' ', 2);
  const what = subject === undefined || subject === null ? operation : `${operation} (${subject})`;
  return new ModelArtsError(`${what} was not sent: ${why}; possible again in ${(waitMs / 1000).toFixed(1)} s`, {
    kind: 'throttled',
    operation,
    method,
    template,
    subject: subject ?? null,
    retryAfterMs: Math.ceil(waitMs),
    throttledUntil: now + Math.ceil(waitMs),
    isOwnPause,
    notSent: true,
  });
}

/** Makes the governor of a process. */
export function createRateGovernor(options: GovernorOptions): RateGovernor {
  return new TokenBucketGovernor(options);
}
