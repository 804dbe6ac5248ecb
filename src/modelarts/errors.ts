import { inspect } from 'node:util';

/** What went wrong, derived from (HTTP status, error_code) and never from text. */
export const modelArtsErrorKinds = [
  'auth',
  'permission',
  'throttled',
  'notFound',
  'exists',
  'stateConflict',
  'quota',
  'soldOut',
  'billing',
  'rejected',
  'unavailable',
  'transport',
  'malformed',
] as const;

export type ModelArtsErrorKind = (typeof modelArtsErrorKinds)[number];

/** The call that an error is about. */
export interface CallContext {
  /** For example `pools.create`. */
  readonly operation: string;
  readonly method: string;
  /** The path template, for example `/v2/{project_id}/pools/{pool_name}`. */
  readonly template: string;
  /** The resource, for example `pool team-a-…`; null for lists. */
  readonly subject?: string | null;
}

/** The call for messages, for example `pools.show (pool team-a-…)`. */
export function describeCall({ operation, subject }: CallContext): string {
  return subject === undefined || subject === null ? operation : `${operation} (${subject})`;
}

/** The facts of an error. No field can hold a header, a key or an error of the HTTP library. */
export interface ModelArtsErrorFacts extends CallContext {
  readonly kind: ModelArtsErrorKind;
  /** HTTP status; null when there was no response. */
  readonly status?: number | null;
  /** As the service spells it, for example `ModelArts.6309`. */
  readonly errorCode?: string | null;
  readonly requestId?: string | null;
  /** How long to wait before the next attempt, in milliseconds, counted from when the error was created. */
  readonly retryAfterMs?: number | null;
  /** The same as a time, in epoch milliseconds, and only when `kind` is `throttled`. */
  readonly throttledUntil?: number | null;
  /** True when this process chose the pause and the service did not ask for it. It ends with the process. */
  readonly isOwnPause?: boolean;
  /** The service may have carried out the request although no usable response arrived. Check before repeating it. */
  readonly outcomeUnknown?: boolean;
  /** The request never left this process, so it had no effect. */
  readonly notSent?: boolean;
  /** It was not sent because `sendBefore` had passed. */
  readonly isTooLate?: boolean;
}

/** A failed call: its facts, and a message that says what failed, on what and why. */
export class ModelArtsError extends Error {
  override readonly name: string = 'ModelArtsError';
  readonly kind: ModelArtsErrorKind;
  readonly operation: string;
  readonly method: string;
  readonly template: string;
  readonly subject: string | null;
  readonly status: number | null;
  readonly errorCode: string | null;
  readonly requestId: string | null;
  readonly retryAfterMs: number | null;
  readonly throttledUntil: number | null;
  readonly isOwnPause: boolean;
  readonly outcomeUnknown: boolean;
  readonly notSent: boolean;
  readonly isTooLate: boolean;

  constructor(message: string, facts: ModelArtsErrorFacts) {
    super(message);
    this.kind = facts.kind;
    this.operation = facts.operation;
    this.method = facts.method;
    this.template = facts.template;
    this.subject = facts.subject ?? null;
    this.status = facts.status ?? null;
    this.errorCode = facts.errorCode ?? null;
    this.requestId = facts.requestId ?? null;
    this.retryAfterMs = facts.retryAfterMs ?? null;
    this.throttledUntil = facts.throttledUntil ?? null;
    this.isOwnPause = facts.isOwnPause ?? false;
    this.outcomeUnknown = facts.outcomeUnknown ?? false;
    this.notSent = facts.notSent ?? false;
    this.isTooLate = facts.isTooLate ?? false;
  }

  toJSON(): Record<string, unknown> {
    return { ...Object.fromEntries(Object.entries(this)), message: this.message };
  }

  [inspect.custom](): string {
    return `${this.stack ?? `${this.name}: ${this.message}`}\n${inspect(this.toJSON())}`;
  }
}

/** A mistake in a request. */
export interface Problem {
  /** For example `spec.resources[0].count`. */
  readonly path: string;
  readonly message: string;
}

/** A request that breaks a documented rule of the API. It was not sent; all its mistakes are listed. */
export class InvalidRequestError extends ModelArtsError {
  override readonly name = 'InvalidRequestError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], context: CallContext) {
    const listed = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
    super(`${context.operation} was not sent: the request is invalid: ${listed}`, {
      ...context,
      kind: 'rejected',
      notSent: true,
    });
    this.problems = problems;
  }
}

/**
 * True when the workspace does not exist, so nothing is in it (docs/api/notebooks-and-auth.md "5.2 Table",
 * docs/api/pools-and-flavors.md "1.2 Error envelope").
 */
export function isUnknownWorkspace(error: unknown): boolean {
  return error instanceof ModelArtsError && ['ModelArts.0102', 'ModelArts.7005'].includes(error.errorCode ?? '');
}

/** True when the gateway has no such API in this region (docs/api/notebooks-and-auth.md "7. Known unknowns"). */
export function isUnpublished(error: unknown): boolean {
  return error instanceof ModelArtsError && error.status === 404 && error.errorCode === 'APIGW.0101';
}

/** True when a call was not sent because its `sendBefore` had passed. */
export function isTooLate(error: unknown): boolean {
  return error instanceof ModelArtsError && error.isTooLate;
}
