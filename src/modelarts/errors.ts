import { inspect } from 'node:util';

/** What went wrong, as far as a caller must tell cases apart; found from (HTTP status, error_code), never from text. */
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

/** Everything an error knows; no field can hold a header, a key or the HTTP library's own error. */
export interface ModelArtsErrorFacts {
  readonly kind: ModelArtsErrorKind;
  /** Which call, for example `pools.create`. */
  readonly operation: string;
  readonly method: string;
  /** The path template, for example `/v2/{project_id}/pools/{pool_name}`. */
  readonly template: string;
  /** What the call was about, for example `pool team-a-…`; null for lists. */
  readonly subject?: string | null;
  readonly status?: number | null;
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
}

/** A call that did not give what was asked for: what failed, on what, why, and what may have happened meanwhile. */
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
  }

  toJSON(): Record<string, unknown> {
    return {
      name: this.name,
      message: this.message,
      kind: this.kind,
      operation: this.operation,
      method: this.method,
      template: this.template,
      subject: this.subject,
      status: this.status,
      errorCode: this.errorCode,
      requestId: this.requestId,
      retryAfterMs: this.retryAfterMs,
      throttledUntil: this.throttledUntil,
      isOwnPause: this.isOwnPause,
      outcomeUnknown: this.outcomeUnknown,
      notSent: this.notSent,
    };
  }

  [inspect.custom](): string {
    return `${this.stack ?? `${this.name}: ${this.message}`}\n${inspect(this.toJSON())}`;
  }
}

/** One thing that is wrong with a request, and where, for example `spec.resources[0].count`. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** A request that the API's own pages forbid; refused here, with every problem, before anything is sent. */
export class InvalidRequestError extends ModelArtsError {
  override readonly name = 'InvalidRequestError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], facts: Omit<ModelArtsErrorFacts, 'kind' | 'notSent' | 'outcomeUnknown'>) {
    const listed = problems.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('; ');
    super(`${facts.operation}: the request is not valid and was not sent: ${listed}`, {
      ...facts,
      kind: 'rejected',
      notSent: true,
    });
    this.problems = problems;
  }

  override toJSON(): Record<string, unknown> {
    return { ...super.toJSON(), problems: this.problems };
  }
}

/** No such workspace, or none any more: nothing is in it (docs/api/notebooks-and-auth.md "5.2 Table", docs/api/pools-and-flavors.md "1.2 Error envelope"). */
export function isUnknownWorkspace(error: unknown): boolean {
  return error instanceof ModelArtsError && ['ModelArts.0102', 'ModelArts.7005'].includes(error.errorCode ?? '');
}

/** The gateway's answer for an API that this region does not have (docs/api/notebooks-and-auth.md "7. Known unknowns"). */
export function isUnpublished(error: unknown): boolean {
  return error instanceof ModelArtsError && error.status === 404 && error.errorCode === 'APIGW.0101';
}
