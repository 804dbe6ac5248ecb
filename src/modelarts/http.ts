import axios, { type AxiosAdapter, type AxiosInstance, type AxiosResponse } from 'axios';

/** One request, complete: exactly these headers and bytes are sent. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** A response whose body has not been interpreted. */
export interface HttpResponse {
  readonly status: number;
  readonly text: string;
  header(name: string): string | null;
}

/** There was no response. `notConnected` is proof that nothing was sent. Never holds the error of the HTTP library. */
export class HttpFailure extends Error {
  readonly reason: 'timeout' | 'lost' | 'notConnected';
  readonly code: string;

  constructor(reason: 'timeout' | 'lost' | 'notConnected', code: string) {
    super(`${reason}: ${code}`);
    this.reason = reason;
    this.code = code;
  }
}

const maxResponseBytes = 64 * 1024 * 1024;
/** The limit of signed bodies (docs/api/notebooks-and-auth.md "4. Authentication"). */
const maxBodyBytes = 12 * 1024 * 1024;

/** Error codes which prove that no connection was established. */
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
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** Why there was no response. */
function failureOf(error: unknown): HttpFailure {
  const cause = member(error, 'cause');
  const attempts = member(cause, 'errors') ?? member(error, 'errors');
  const sources = Array.isArray(attempts) && attempts.length > 0 ? attempts : [error, cause];
  const code = [error, cause, ...sources]
    .map((source) => member(source, 'code'))
    .find((found) => typeof found === 'string');
  const unsent = (source: unknown) =>
    neverConnected.has(String(member(source, 'code'))) || member(source, 'syscall') === 'connect';
  const notConnected = sources === attempts ? sources.every(unsent) : sources.some(unsent);
  return new HttpFailure(notConnected ? 'notConnected' : 'lost', typeof code === 'string' ? code : 'no code');
}

/** The response in our terms. */
export function responseOf(response: AxiosResponse<unknown>): HttpResponse {
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

/** The response that an error of the HTTP library holds, such as one that was too long, or why there was none. */
export function responseOrFailure(error: unknown): HttpResponse | HttpFailure {
  const response = axios.isAxiosError(error) ? error.response : undefined;
  return response !== undefined && typeof response.data === 'string' ? responseOf(response) : failureOf(error);
}

/** The HTTP library, set up to send exactly the given bytes and to return every response unchanged. */
export function createHttp(adapter: AxiosAdapter | undefined): AxiosInstance {
  return axios.create({
    ...(adapter === undefined ? {} : { adapter }),
    // No transformation: the signed bytes must be sent, and a body that is not JSON must arrive unchanged.
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
    responseType: 'text',
    validateStatus: () => true,
    // A redirect would send credentials elsewhere. Proxy variables of the environment are not part of our
    // configuration.
    maxRedirects: 0,
    proxy: false,
    maxContentLength: maxResponseBytes,
    maxBodyLength: maxBodyBytes,
  });
}
