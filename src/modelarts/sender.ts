import type { AxiosInstance } from 'axios';
import type { CallRecord } from './call.js';
import type { Connections } from './connections.js';
import { noResponse, type Rejection, rejectionOf, requestIdOf, tooLate } from './error-builders.js';
import type { CallContext } from './errors.js';
import { HttpFailure, type HttpRequest, type HttpResponse, responseOf, responseOrFailure } from './http.js';
import { type Admission, endpointKey, type RateGovernor, type Turn } from './rate-governor.js';
import type { Sleep } from './request-options.js';
import { errorCodeIn, isInstance, parseJson, readErrorBody } from './response-body.js';
import { parseRetryAfter, parseThrottleWindow } from './retry-after.js';
import { abortReason, linkSignals, orAborted } from './timing.js';

/** One request, and what is needed to interpret its response. */
export interface OutgoingRequest {
  readonly context: CallContext;
  readonly request: HttpRequest;
  /** Values that must not appear in an error. */
  readonly secrets: readonly string[];
  /** Epoch milliseconds. */
  readonly sendBefore?: number | undefined;
  readonly onSent?: ((at: number) => void) | undefined;
  readonly returnsInstance?: boolean | undefined;
}

/** An interpreted response; `rejection` is null when the call succeeded. */
export interface InterpretedResponse {
  readonly response: HttpResponse;
  /** The body as JSON; undefined when it is not JSON. */
  readonly parsed: unknown;
  readonly requestId: string | null;
  readonly rejection: Rejection | null;
}

/** Sends single requests within the rate limit, interprets the responses and reports them to the governor. */
export class Sender {
  readonly #http: AxiosInstance;
  readonly #connections: Connections;
  readonly #sleep: Sleep;
  readonly #governor: RateGovernor;
  readonly #now: () => number;
  readonly #onCall: ((record: CallRecord) => void) | undefined;

  constructor(options: {
    /** From `createHttp`. */
    http: AxiosInstance;
    connections: Connections;
    sleep: Sleep;
    governor: RateGovernor;
    now: () => number;
    onCall?: ((record: CallRecord) => void) | undefined;
  }) {
    this.#http = options.http;
    this.#connections = options.connections;
    this.#sleep = options.sleep;
    this.#governor = options.governor;
    this.#now = options.now;
    this.#onCall = options.onCall;
  }

  /** Waits until the governor admits the call. */
  async admit(context: CallContext, admission: Omit<Admission, keyof CallContext>): Promise<Turn> {
    return await this.#governor.acquire({ ...context, ...admission });
  }

  /** Throws only when there was no response or the caller's signal was aborted. */
  async send(outgoing: OutgoingRequest): Promise<InterpretedResponse> {
    const { context, request, sendBefore } = outgoing;
    const startedAt = this.#now();
    if (sendBefore !== undefined && startedAt > sendBefore) throw tooLate(context);
    outgoing.onSent?.(startedAt);
    try {
      const interpreted = this.#interpret(outgoing, await this.#request(request), startedAt);
      this.#record(context, startedAt, interpreted);
      return interpreted;
    } catch (error) {
      this.#record(context, startedAt, null);
      if (error instanceof HttpFailure) throw noResponse(context, request.url.host, error);
      throw error;
    }
  }

  /**
   * Sends one request. Throws `HttpFailure` when there was no response, and the signal's reason when the caller
   * aborted.
   */
  async #request({ method, url, headers, body, timeoutMs, signal }: HttpRequest): Promise<HttpResponse> {
    if (signal?.aborted === true) throw abortReason(signal);
    const timedOut = new AbortController();
    const finished = new AbortController();
    this.#sleep(timeoutMs, finished.signal).then(
      () => timedOut.abort(new HttpFailure('timeout', `no response within ${timeoutMs} ms`)),
      () => undefined,
    );
    const { signal: aborted, unlink } = linkSignals([signal, timedOut.signal]);
    try {
      const sent = this.#http.request<unknown>({
        method,
        url: url.href,
        headers: { ...headers },
        ...(body === null ? {} : { data: body }),
        signal: aborted,
        ...this.#connections.agents(method),
      });
      return responseOf(await orAborted(sent, aborted));
    } catch (error) {
      if (isAborted(signal)) throw abortReason(signal);
      if (timedOut.signal.aborted) throw abortReason(timedOut.signal);
      const received = responseOrFailure(error);
      if (received instanceof HttpFailure) throw received;
      return received;
    } finally {
      finished.abort();
      unlink();
    }
  }

  #interpret(
    { context, secrets, returnsInstance }: OutgoingRequest,
    response: HttpResponse,
    startedAt: number,
  ): InterpretedResponse {
    const { status, text } = response;
    const parsed = parseJson(text);
    const requestId = requestIdOf(response, parsed);
    const hasErrorCode = errorCodeIn(parsed) !== null && !(returnsInstance === true && isInstance(parsed));
    const failed = status < 200 || status >= 300 || hasErrorCode;
    const { code, message } = failed ? readErrorBody(text, parsed) : { code: null, message: null };
    const key = endpointKey(context);
    const now = this.#now();
    const stated = parseRetryAfter(response.header('retry-after'), now);
    const retryAfterMs = stated ?? (status === 429 ? parseThrottleWindow(message) : null);
    this.#governor.report({ key, startedAt, status, errorCode: code, retryAfterMs });
    if (!failed) return { response, parsed, requestId, rejection: null };

    const blocked = this.#governor.blockedUntil(key);
    const rejection = rejectionOf(context, response, parsed, {
      retryAfterMs: retryAfterMs ?? (blocked === null ? null : blocked - now),
      isOwnPause: retryAfterMs === null && blocked !== null && !this.#governor.isRequestedByService(key),
      secrets,
      now,
    });
    return { response, parsed, requestId, rejection };
  }

  #record(
    { operation, method, template }: CallContext,
    startedAt: number,
    interpreted: InterpretedResponse | null,
  ): void {
    try {
      this.#onCall?.({
        operation,
        method,
        template,
        status: interpreted?.response.status ?? null,
        errorCode: interpreted?.rejection?.error.errorCode ?? null,
        requestId: interpreted?.requestId ?? null,
        durationMs: this.#now() - startedAt,
        startedAt,
      });
    } catch {
      // A broken metric must not fail a call that succeeded.
    }
  }
}

/** A function, because the compiler would otherwise assume that the value cannot change between two checks. */
function isAborted(signal: AbortSignal | undefined): signal is AbortSignal {
  return signal?.aborted === true;
}
