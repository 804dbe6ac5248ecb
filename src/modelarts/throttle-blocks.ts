import { isGatewayThrottle } from './classification.js';

/** What a response says about throttling. */
export interface ThrottleReport {
  /** The endpoint: method and path template. */
  readonly key: string;
  /** When the call was sent, in epoch milliseconds. A call sent before a block began must not extend it. */
  readonly startedAt: number;
  readonly status: number;
  readonly errorCode: string | null;
  /** From `Retry-After`, or else from the time window in the body. */
  readonly retryAfterMs: number | null;
}

interface Block {
  readonly since: number;
  readonly until: number;
  /** The number of consecutive 429 responses without a stated wait; 0 when the service stated one. */
  readonly streak: number;
}

const everything = '*';
const firstBackoffMs = 2000;
const maxBackoffMs = 60_000;
/** `Retry-After: 0` with a 429 must not become a tight loop. */
const minBlockMs = 500;

/** The throttled endpoints, each with the end of its pause. */
export class ThrottleBlocks {
  readonly #blocks = new Map<string, Block>();
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** Epoch milliseconds until which the endpoint is blocked; null when it is not. */
  until(key: string, now: number): number | null {
    const until = Math.max(this.#blocks.get(key)?.until ?? 0, this.#blocks.get(everything)?.until ?? 0);
    return until > now ? until : null;
  }

  /** Whether the service stated the length of the block. Otherwise this process chose it, and it binds nobody else. */
  isRequestedByService(key: string): boolean {
    const [one, all] = [this.#blocks.get(key), this.#blocks.get(everything)];
    const longest = (one?.until ?? 0) >= (all?.until ?? 0) ? one : all;
    return longest?.streak === 0;
  }

  report(report: ThrottleReport, now: number): void {
    const gatewayWide = isGatewayThrottle(report.errorCode);
    if (report.status === 429 || gatewayWide) {
      this.#block(gatewayWide ? everything : report.key, report, now);
    } else if (report.retryAfterMs !== null && report.status >= 400) {
      // A wait may be stated with any error, such as 503. It does not mean that we called too often.
      this.#extend(report.key, { since: now, until: now + report.retryAfterMs, streak: 0 });
    } else if (report.status < 400) {
      this.#forget(report.key, report.startedAt);
      this.#forget(everything, report.startedAt);
    }
  }

  #block(key: string, report: ThrottleReport, now: number): void {
    const known = this.#blocks.get(key);
    const isOlderCall = known !== undefined && report.startedAt < known.since;
    if (report.retryAfterMs !== null) {
      this.#extend(key, { since: now, until: now + Math.max(minBlockMs, report.retryAfterMs), streak: 0 });
      return;
    }
    if (isOlderCall) return;
    const streak = known?.streak ?? 0;
    const pause = Math.min(maxBackoffMs, firstBackoffMs * 2 ** streak);
    this.#extend(key, { since: now, until: now + pause * (0.75 + this.#random() * 0.5), streak: streak + 1 });
  }

  #extend(key: string, block: Block): void {
    const known = this.#blocks.get(key);
    this.#blocks.set(key, { ...block, until: Math.max(block.until, known?.until ?? 0) });
  }

  /** Ends the streak, if the successful call was sent after the block ended. */
  #forget(key: string, startedAt: number): void {
    const known = this.#blocks.get(key);
    if (known !== undefined && startedAt >= known.until) this.#blocks.delete(key);
  }
}
