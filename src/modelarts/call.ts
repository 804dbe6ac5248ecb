import type { z } from 'zod';
import type { RequestOptions } from './request-options.js';

/** Deletes end costs, creates are decisions already taken, reads can wait: the order in which calls are let out. */
export const priorities = ['delete', 'create', 'read'] as const;
export type Priority = (typeof priorities)[number];

/** One kind of call: what is fixed about an endpoint. */
export interface Endpoint<Answer> {
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** For example `/v2/{project_id}/pools/{pool_name}`. */
  readonly template: string;
  readonly priority: Priority;
  readonly answer: z.ZodType<Answer>;
  /** What a path segment names, for messages, for example `pool` for `{pool_name}`. */
  readonly noun: string;
  /** @defaultValue `application/json` */
  readonly contentType?: string;
  /** What an answer without a body stands for; absent: such an answer is malformed. */
  readonly emptyAnswer?: Answer;
  /** The answer is an instance, which may carry an `error_code` of its own without the call having failed (docs/api/notebooks-and-auth.md "1.3 HTTP success-code facts"). */
  readonly answerMayCarryErrorCode?: boolean;
}

/** One call of an endpoint. */
export interface Call {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  /** Already checked; serialised once, and those bytes are what is signed and sent. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the call is about, when the path does not say it: the name in a create. */
  readonly subject?: string;
  readonly options?: RequestOptions | undefined;
}

/** Sends calls; the only thing that resources need. */
export interface Transport {
  send<Answer>(endpoint: Endpoint<Answer>, call: Call): Promise<Answer>;
  /** Parses a request strictly, or throws `InvalidRequestError` with every problem. */
  check<Schema extends z.ZodType>(
    endpoint: Endpoint<unknown>,
    schema: Schema,
    value: unknown,
    subject?: string,
  ): z.output<Schema>;
}

/** What is known about a finished call, for logs and metrics. */
export interface CallRecord {
  readonly operation: string;
  readonly method: string;
  readonly template: string;
  readonly status: number | null;
  readonly errorCode: string | null;
  readonly requestId: string | null;
  readonly durationMs: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
}
