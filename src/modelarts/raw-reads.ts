import { z } from 'zod';
import { type Call, type Endpoint, usualMaxWaitMs } from './call.js';
import type { ModelArtsError } from './errors.js';

/** A read whose response is wanted as it is. */
export interface RawRead extends Pick<Call, 'path' | 'query' | 'body' | 'options'> {
  /** For example `pools.list`. */
  readonly operation: string;
  /** For example `/v2/{project_id}/pools`. */
  readonly template: string;
  /** @defaultValue `GET`; a POST only for a search */
  readonly method?: 'GET' | 'POST';
  /** The response is an instance, which may have an `error_code` although the call succeeded. */
  readonly returnsInstance?: boolean;
}

/** A response as it is. It has neither headers of the request nor credentials. */
export interface RawResponse {
  readonly status: number;
  readonly contentType: string | null;
  /** The body as JSON; undefined when it is not JSON. */
  readonly body: unknown;
  /** Characters of the body. */
  readonly length: number;
  /** Null when the call succeeded. */
  readonly error: ModelArtsError | null;
  /** False for an error whose code is not in our table, so that only the HTTP status was used. */
  readonly isKnownError: boolean;
}

/** The part of the transport that returns responses as they are. */
export interface RawTransport {
  read(endpoint: Endpoint<unknown>, call: Call): Promise<RawResponse>;
}

/** Reads for diagnosis: with the credentials, the rate limit and the error classification of all other calls. */
export class RawReads {
  readonly #transport: RawTransport;

  constructor(transport: RawTransport) {
    this.#transport = transport;
  }

  /** Sends one read. Throws `ModelArtsError` only when there is no response. */
  async read({ operation, template, method = 'GET', returnsInstance, ...call }: RawRead): Promise<RawResponse> {
    // The only POST that changes nothing.
    if (method === 'POST' && !template.endsWith('-searches')) throw new TypeError(`${operation} is not a read`);
    const kind = operation.slice(0, operation.indexOf('.')).replace(/s$/, '');
    const endpoint: Endpoint<unknown> = {
      operation,
      method,
      template,
      kind,
      priority: 'read',
      maxWaitMs: usualMaxWaitMs,
      response: z.unknown(),
    };
    return this.#transport.read(returnsInstance === true ? { ...endpoint, returnsInstance } : endpoint, call);
  }
}
