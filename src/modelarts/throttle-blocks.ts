import { isGatewayThrottle } from './classification.js';

/** What an answer says about being throttled. */
export interface ThrottleReport {
  /** The endpoint: method and path template. */
  readonly key: string;
  /** When the call was sent, in epoch milliseconds: one that was under way when a block began says nothing new. */
  readonly startedAt: number;
  readonly status: number;
  readonly errorCode: string | null;
  /** From `Retry-After`, or from the window that the body names. */
  readonly retryAfterMs: number | null;
}

interface Block {
  readonly since: number;
  readonly until: number;
  /** How many refusals without a stated wait came in a row. */
  readonly streak: number;
}

const everything = '*';
const firstBackoffMs = 2000;
const longestBackoffMs = 60_000;
/** `Retry-After: 0` with a 429 must not become a tight loop. */
const shortestBlockMs = 500;

/** Which endpoints are to be left alone, and until when. */
export class Blocks {
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

  /** Whether the service has asked for the block; our own guess of a pause is nothing that others have to keep to. */
  isAskedFor(key: string): boolean {
    const [one, all] = [this.#blocks.get(key), this.#blocks.get(everything)];
    const longest = (one?.until ?? 0) >= (all?.until ?? 0) ? one : all;
    return longest?.streak === 0;
  }

  report(report: ThrottleReport, now: number): void {
    const gatewayWide = isGatewayThrottle(report.errorCode);
    if (report.status === 429 || gatewayWide) {
      this.#block(gatewayWide ? everything : report.key, report, now);
    } else if (report.retryAfterMs !== null && report.status >= 400) {
      // A stated wait binds with any refusal (503 comes with one too), but it is no sign of calling too often.
      this.#extend(report.key, { since: now, until: now + report.retryAfterMs, streak: 0 });
    } else if (report.status < 400) {
      this.#forget(report.key, report.startedAt);
      this.#forget(everything, report.startedAt);
    }
  }

  #block(key: string, report: ThrottleReport, now: number): void {
    const known = this.#blocks.get(key);
    const echo = known !== undefined && report.startedAt < known.since;
    if (report.retryAfterMs !== null) {
      this.#extend(key, { since: now, until: now + Math.max(shortestBlockMs, report.retryAfterMs), streak: 0 });
      return;
    }
    if (echo) return;
    const streak = known?.streak ?? 0;
    const pause = Math.min(longestBackoffMs, firstBackoffMs * 2 ** streak);
    this.#extend(key, { since: now, until: now + pause * (0.75 + this.#random() * 0.5), streak: streak + 1 });
  }

  #extend(key: string, block: Block): void {
    const known = this.#blocks.get(key);
    this.#blocks.set(key, { ...block, until: Math.max(block.until, known?.until ?? 0) });
  }

  /** A good answer to a call sent after the block ended ends the streak; one from before it proves nothing. */
  #forget(key: string, startedAt: number): void {
    const known = this.#blocks.get(key);
    if (known !== undefined && startedAt >= known.until) this.#blocks.delete(key);
  }
}
