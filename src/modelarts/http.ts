import axios, { type AxiosAdapter, type AxiosInstance, type AxiosResponse } from 'axios';
import type { Connections } from './connections.js';
import type { Sleep } from './request-options.js';
import { abortReason, linkSignals, orAborted } from './timing.js';

/** One request, ready to go: these bytes and these headers. */
export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** An answer, unread. */
export interface WireAnswer {
  readonly status: number;
  readonly text: string;
  header(name: string): string | null;
}

/** No answer came; `connected` is false when it is certain that nothing was sent. Never holds the HTTP library's error. */
export class WireFailure extends Error {
  readonly reason: 'timeout' | 'lost' | 'notConnected';
  readonly code: string;

  constructor(reason: 'timeout' | 'lost' | 'notConnected', code: string) {
    super(`${reason}: ${code}`);
    this.reason = reason;
    this.code = code;
  }
}

const longestAnswer = 64 * 1024 * 1024;
/** The limit of signed bodies (docs/api/notebooks-and-auth.md "4. Authentication"). */
const longestBody = 12 * 1024 * 1024;

/** Failures of which these codes are certain proof that no connection came about. */
const neverConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ERR_CONNECT_TIMEOUT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

function member(value: unknown, key: string): unknown {
  // Errors are no plain records, but their members are read in the same way.
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function failureOf(error: unknown): WireFailure {
  const cause = member(error, 'cause');
  const attempts = member(cause, 'errors') ?? member(error, 'errors');
  const sources = Array.isArray(attempts) && attempts.length > 0 ? attempts : [error, cause];
  const code = [error, cause, ...sources]
    .map((source) => member(source, 'code'))
    .find((found) => typeof found === 'string');
  const unsent = (source: unknown) =>
    neverConnected.has(String(member(source, 'code'))) || member(source, 'syscall') === 'connect';
  const notConnected = sources === attempts ? sources.every(unsent) : sources.some(unsent);
  return new WireFailure(notConnected ? 'notConnected' : 'lost', typeof code === 'string' ? code : 'no code');
}

/** Read anew each time: the compiler takes the first look for the last. */
function isAborted(signal: AbortSignal | undefined): signal is AbortSignal {
  return signal?.aborted === true;
}

function answerOf(response: AxiosResponse<unknown>): WireAnswer {
  const { data, headers, status } = response;
  const text =
    typeof data === 'string'
      ? data
      : data === undefined || data === null
        ? ''
        : data instanceof Uint8Array
          ? Buffer.from(data).toString('utf8')
          : JSON.stringify(data);
  const lower = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return {
    status,
    text,
    header: (name) => {
      const value = lower.get(name.toLowerCase());
      return value === undefined || value === null ? null : String(Array.isArray(value) ? value[0] : value);
    },
  };
}

/** The HTTP layer: one request, one answer, no opinion about either. */
export class Wire {
  readonly #axios: AxiosInstance;
  readonly #connections: Connections;
  readonly #sleep: Sleep;

  constructor(options: { adapter?: AxiosAdapter | undefined; connections: Connections; sleep: Sleep }) {
    this.#connections = options.connections;
    this.#sleep = options.sleep;
    this.#axios = axios.create({
      ...(options.adapter === undefined ? {} : { adapter: options.adapter }),
      // Bytes out and text in: what is signed must be what is sent, and a body that is no JSON must be seen as it is.
      transformRequest: [(data: unknown) => data],
      transformResponse: [(data: unknown) => data],
      responseType: 'text',
      validateStatus: () => true,
      // A redirect would carry credentials elsewhere, and proxies of the environment are not configuration of ours.
      maxRedirects: 0,
      proxy: false,
      maxContentLength: longestAnswer,
      maxBodyLength: longestBody,
    });
  }

  /** Throws `WireFailure` when no answer came, and the signal's reason when the caller gave up. */
  async exchange({ method, url, headers, body, timeoutMs, signal }: WireRequest): Promise<WireAnswer> {
    if (signal?.aborted === true) throw abortReason(signal);
    const timedOut = new AbortController();
    const finished = new AbortController();
    this.#sleep(timeoutMs, finished.signal).then(
      () => timedOut.abort(new WireFailure('timeout', `no answer within ${timeoutMs} ms`)),
      () => undefined,
    );
    const { signal: ending, unlink } = linkSignals([signal, timedOut.signal]);
    try {
      const request = this.#axios.request<unknown>({
        method,
        url: url.href,
        headers: { ...headers },
        ...(body === null ? {} : { data: body }),
        signal: ending,
        ...this.#connections.agents(method),
      });
      return answerOf(await orAborted(request, ending));
    } catch (error) {
      if (isAborted(signal)) throw abortReason(signal);
      if (timedOut.signal.aborted) throw abortReason(timedOut.signal);
      const response = axios.isAxiosError(error) ? error.response : undefined;
      if (response !== undefined && typeof response.data === 'string') return answerOf(response);
      throw failureOf(error);
    } finally {
      finished.abort();
      unlink();
    }
  }
}
