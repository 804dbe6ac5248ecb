import type { CallRecord, Priority } from './call.js';
import { errorCodeIn, isInstance, readErrorBody } from './error-body.js';
import type { ModelArtsError } from './errors.js';
import { type CallContext, noAnswer, type Refusal, refusalOf, requestIdOf, tooLate } from './failure.js';
import { type Wire, type WireAnswer, WireFailure, type WireRequest } from './http.js';
import { parseJson } from './json.js';
import type { RateGovernor } from './rate-governor.js';
import { parseRetryAfter, parseThrottleWindow } from './retry-after.js';

/** One request with what must be known about it. */
export interface Sending {
  readonly context: CallContext;
  readonly request: WireRequest;
  readonly secrets: readonly string[];
  readonly sendBefore?: number | undefined;
  readonly answerMayCarryErrorCode?: boolean | undefined;
}

/** A read answer; `refusal` is null when the service did what was asked. */
export interface Sent {
  readonly answer: WireAnswer;
  /** The body as JSON; undefined when it is none. */
  readonly parsed: unknown;
  readonly requestId: string | null;
  readonly refusal: Refusal | null;
}

/** The governor's name of an endpoint. */
function endpointKey({ method, template }: CallContext): string {
  return `${method} ${template}`;
}

/** Sends one request under the governor's eye, reads the answer and tells everyone who must know. */
export class Sender {
  readonly #wire: Wire;
  readonly #governor: RateGovernor;
  readonly #now: () => number;
  readonly #onCall: ((record: CallRecord) => void) | undefined;

  constructor(options: {
    wire: Wire;
    governor: RateGovernor;
    now: () => number;
    onCall?: ((record: CallRecord) => void) | undefined;
  }) {
    this.#wire = options.wire;
    this.#governor = options.governor;
    this.#now = options.now;
    this.#onCall = options.onCall;
  }

  /** Waits until the governor lets the call out. */
  async admit(context: CallContext, priority: Priority, maxWaitMs: number, signal?: AbortSignal): Promise<void> {
    const { operation, subject } = context;
    await this.#governor.acquire({ key: endpointKey(context), priority, operation, subject, maxWaitMs, signal });
  }

  /** Throws only when no answer came or the caller gave up. */
  async send(sending: Sending): Promise<Sent> {
    const startedAt = this.#now();
    if (sending.sendBefore !== undefined && startedAt > sending.sendBefore) throw tooLate(sending.context);
    try {
      const sent = this.#read(sending, await this.#wire.exchange(sending.request), startedAt);
      this.#record(sending.context, startedAt, sent.answer.status, sent.refusal?.error ?? null, sent.requestId);
      return sent;
    } catch (error) {
      this.#record(sending.context, startedAt, null, null, null);
      if (error instanceof WireFailure) throw noAnswer(sending.context, sending.request.url.host, error);
      throw error;
    }
  }

  #read({ context, secrets, answerMayCarryErrorCode }: Sending, answer: WireAnswer, startedAt: number): Sent {
    const parsed = parseJson(answer.text);
    const requestId = requestIdOf(answer, parsed);
    const good = answer.status >= 200 && answer.status < 300;
    const excused = answerMayCarryErrorCode === true && isInstance(parsed);
    const refused = !good || (errorCodeIn(parsed) !== null && !excused);
    const { code, message } = refused ? readErrorBody(answer.text, parsed) : { code: null, message: null };
    const key = endpointKey(context);
    const now = this.#now();
    const stated = parseRetryAfter(answer.header('retry-after'), now);
    const retryAfterMs = stated ?? (answer.status === 429 ? parseThrottleWindow(message) : null);
    this.#governor.report({ key, startedAt, status: answer.status, errorCode: code, retryAfterMs });
    if (!refused) return { answer, parsed, requestId, refusal: null };

    const blocked = this.#governor.blockedUntil(key);
    const wait = retryAfterMs ?? (blocked === null ? null : blocked - now);
    const isOwnPause = retryAfterMs === null && blocked !== null && !this.#governor.isAskedFor(key);
    const details = { retryAfterMs: wait, isOwnPause, secrets, now };
    return { answer, parsed, requestId, refusal: refusalOf(context, answer, parsed, details) };
  }

  #record(
    context: CallContext,
    startedAt: number,
    status: number | null,
    error: ModelArtsError | null,
    requestId: string | null,
  ): void {
    const { operation, method, template } = context;
    const durationMs = this.#now() - startedAt;
    try {
      this.#onCall?.({
        operation,
        method,
        template,
        status,
        errorCode: error?.errorCode ?? null,
        requestId,
        durationMs,
        startedAt,
      });
    } catch {
      // A broken metric must not turn a call that was made into one that failed.
    }
  }
}
