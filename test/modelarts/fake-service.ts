import { readFileSync } from 'node:fs';
import { type AxiosAdapter, AxiosError, AxiosHeaders } from 'axios';
import { createModelArts, type ModelArts, type ModelArtsOptions } from '../../src/modelarts/client.js';
import { Secret } from '../../src/modelarts/secret.js';

export const projectId = '0123456789abcdef0123456789abcdef';
const endpoint = 'https://modelarts.test-1.example.com';
export const token = 'token-that-must-not-be-seen';

/** A request as it would have been sent. */
export interface Seen {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string | null;
}

/** The response to send. A body that is not text is sent as JSON. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** No response: the connection fails with this code. */
export class Broken {
  constructor(
    readonly code: string,
    readonly syscall?: string,
  ) {}
}

export type Respond = (seen: Seen, index: number) => Reply | Broken | Promise<Reply | Broken>;

/** A service in the same process: an axios adapter that records the requests. */
function createFakeService(respond: Respond): { adapter: AxiosAdapter; seen: Seen[] } {
  const seen: Seen[] = [];
  const adapter: AxiosAdapter = async (config) => {
    const headers = Object.fromEntries(
      Object.entries(AxiosHeaders.from(config.headers).toJSON()).map(([name, value]) => [
        name.toLowerCase(),
        String(value),
      ]),
    );
    const request = {
      method: (config.method ?? '').toUpperCase(),
      url: new URL(config.url ?? ''),
      headers,
      text: typeof config.data === 'string' ? config.data : null,
    };
    seen.push(request);
    const reply = await respond(request, seen.length - 1);
    if (reply instanceof Broken) {
      const cause = Object.assign(new Error(reply.code), {
        code: reply.code,
        ...(reply.syscall === undefined ? {} : { syscall: reply.syscall }),
      });
      throw AxiosError.from(cause, reply.code, config);
    }
    const { status = 200, body = {}, headers: responseHeaders = {} } = reply;
    const data = typeof body === 'string' ? body : JSON.stringify(body);
    return { status, statusText: '', headers: responseHeaders, config, data };
  };
  return { adapter, seen };
}

/** A client of a fake service. */
export function connect(
  respond: Respond,
  options: Partial<ModelArtsOptions> = {},
): { modelarts: ModelArts; seen: Seen[] } {
  const { adapter, seen } = createFakeService(respond);
  const modelarts = createModelArts({
    endpoint,
    projectId,
    credentials: { kind: 'token', token: new Secret(token) },
    adapter,
    httpTimeoutMs: 15_000,
    maxRps: 1000,
    ...options,
  });
  return { modelarts, seen };
}

/** A JSON example of the API documentation. */
export function fixture(name: string): ReturnType<typeof JSON.parse> {
  return JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8'));
}

/** The error of a call that is expected to fail. */
export async function failureOf<Failure = unknown>(call: Promise<unknown>): Promise<Failure> {
  return call.then(
    () => Promise.reject(new Error('the call did not fail')),
    (error) => error,
  );
}
