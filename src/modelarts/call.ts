import type { z } from 'zod';
import type { RequestOptions } from './request-options.js';

/**
 * The order in which waiting calls are sent. Deletes come first because they end costs. `guard`: a read that must be
 * fresh at a delete. It waits behind deletes, so that a delete follows its own read at once.
 */
export const priorities = ['delete', 'guard', 'create', 'read'] as const;
export type Priority = (typeof priorities)[number];

/** The fixed part of a call. */
export interface Endpoint<Result> {
  /** For example `pools.create`. */
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** For example `/v2/{project_id}/pools/{pool_name}`. */
  readonly template: string;
  readonly priority: Priority;
  /** How long the rate governor may hold the call back before it counts as not sent, unless the caller says. */
  readonly maxWaitMs: number;
  /**
   * How long a pause of the endpoint may hold it back. A short one lets the caller report the pause.
   * @defaultValue `maxWaitMs`
   */
  readonly maxPauseMs?: number;
  /** The schema of the response. */
  readonly response: z.ZodType<Result>;
  /** The resource kind for messages, for example `pool`. */
  readonly kind: string;
  /** @defaultValue `application/json` */
  readonly contentType?: string;
  /** The result of a response without a body. When absent, such a response is malformed. */
  readonly emptyResult?: Result;
  /** Depth down to which null counts as absent. Rows that are parsed later keep theirs. @defaultValue every depth */
  readonly nullsDownTo?: number;
  /**
   * The response is an instance, which may have an `error_code` although the call succeeded
   * (docs/api/notebooks-and-auth.md "1.3 HTTP success-code facts").
   */
  readonly returnsInstance?: boolean;
}

/** `maxWaitMs` of a create: a caller that has just checked for an existing resource must check again soon. */
export const createMaxWaitMs = 2_000;
/**
 * The same where names are unique: the service refuses a second resource, however old the check is. So a queue of many
 * creates is sent in turn, without new checks.
 */
export const uniqueCreateMaxWaitMs = 30_000;
/** The limits of a create where names are unique. */
export const uniqueCreate = { maxWaitMs: uniqueCreateMaxWaitMs, maxPauseMs: createMaxWaitMs } as const;
export const usualMaxWaitMs = 10_000;

/**
 * Describes an endpoint. Unless given, the resource kind comes from the operation, and the priority from the method.
 */
export function endpoint<Result>(
  operation: `${string}s.${string}`,
  method: Endpoint<Result>['method'],
  template: string,
  response: z.ZodType<Result>,
  more: Partial<Omit<Endpoint<Result>, 'operation' | 'method' | 'template' | 'response'>> = {},
): Endpoint<Result> {
  const kind = operation.slice(0, operation.indexOf('s.'));
  const priority = method === 'GET' ? 'read' : method === 'DELETE' ? 'delete' : 'create';
  return { operation, method, template, priority, maxWaitMs: usualMaxWaitMs, response, kind, ...more };
}

/** `nullsDownTo` of a list in a member of the response: the member and its rows. */
export const rowDepth = 2;

/** The variable part of a call. */
export interface Call {
  /** The values of the path template. */
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Checked already. It is serialised once, and those bytes are signed and sent. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** The name of the resource, for messages. @defaultValue the first value of `path` */
  readonly subject?: string;
  readonly options?: RequestOptions | undefined;
}

/** Sends calls; the only thing that resources need. */
export interface Transport {
  /** Throws `ModelArtsError` when the call fails, and the reason of the caller's signal when it is aborted. */
  send<Result>(endpoint: Endpoint<Result>, call: Call): Promise<Result>;
  /** Parses a request strictly. Throws `InvalidRequestError` with every problem. */
  check<Schema extends z.ZodType>(
    endpoint: Endpoint<unknown>,
    schema: Schema,
    value: unknown,
    subject?: string,
  ): z.output<Schema>;
}

/** A finished call, for logs and metrics. */
export interface CallRecord {
  readonly operation: string;
  readonly method: string;
  readonly template: string;
  /** HTTP status; null when there was no response. */
  readonly status: number | null;
  readonly errorCode: string | null;
  readonly requestId: string | null;
  readonly durationMs: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}
