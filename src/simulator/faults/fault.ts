import type { Json } from '../json.js';
import type { OperationPattern } from '../operations.js';

/** The body of a planned response: JSON, an HTML page of a proxy, plain text, nothing, or truncated JSON. */
export type FaultBody =
  | { readonly json: Json }
  | { readonly html: string }
  | { readonly text: string }
  | { readonly empty: true }
  | { readonly half: Json };

/** Faults that decide the response of a call. At most one of them applies to a call. */
export type ResponseFault =
  /** Any status. With `commit` the call takes effect, so the caller does not know the outcome. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: FaultBody;
      readonly commit?: boolean;
    }
  /** No response until the caller aborts. With `commit` the call takes effect first. */
  | { readonly kind: 'hang'; readonly commit?: boolean }
  /** The connection is lost before or after the call takes effect. */
  | { readonly kind: 'lost'; readonly at: 'before' | 'after' }
  /** The call takes effect, and the body of the response is truncated. */
  | { readonly kind: 'halfBody' }
  /** 429, from the gateway (APIGW.0308, default) or the service (ModelArts.6101). `retryAfter` is in seconds. */
  | {
      readonly kind: 'throttle';
      readonly retryAfter?: number;
      readonly code?: 'APIGW.0308' | 'APIG.0308' | 'ModelArts.6101';
    }
  /** 401. An issued token is also revoked (`revoke`, default true). A ready-made token is rejected once. */
  | {
      readonly kind: 'unauthorized';
      readonly reason?: 'expired' | 'garbage' | 'mustUpdate' | 'service';
      readonly revoke?: boolean;
    }
  /** 403 from the service (ModelArts.0108, default) or the gateway (APIGW.0302). */
  | { readonly kind: 'forbidden'; readonly code?: 'ModelArts.0108' | 'APIGW.0302' }
  | DeleteFailsFault;

/** DELETE is rejected with a 500 (default), or accepted and later undone. A current notebook becomes DELETE_FAILED. */
export interface DeleteFailsFault {
  readonly kind: 'deleteFails';
  readonly how?: 'refused' | 'reverts';
}

/** A delay before (default) or after the call takes effect. Can be combined with any other fault. */
export interface DelayFault {
  readonly kind: 'delay';
  readonly ms: number;
  readonly at?: 'before' | 'after';
}

/** Faults that decide the outcome for the resource that the call creates or changes. */
export type OutcomeFault =
  | DeleteFailsFault
  /** The new resource is missing from lists, or not found by id, for a time. @defaultValue in: list and show */
  | { readonly kind: 'listLag'; readonly ms: number; readonly in?: readonly ('list' | 'show')[] }
  /** Deletion takes this long. */
  | { readonly kind: 'slowDelete'; readonly ms: number }
  /** The flavor is sold out before the POST, or during the creation. */
  | {
      readonly kind: 'soldOut';
      readonly flavor?: string;
      readonly az?: string;
      readonly when?: 'before' | 'midway';
      readonly answer?: SoldOutResponse;
      readonly forMs?: number;
    }
  /** This many nodes, or half of them, never become available. */
  | { readonly kind: 'partialNodes'; readonly missing: number | 'half' }
  /**
   * The resource stays in this phase or status (`Creating`, `Deleting`, `CREATING`, …). With `forMs`, it leaves it
   * after that time: a deletion completes, and anything else fails.
   */
  | { readonly kind: 'stuck'; readonly phase: string; readonly forMs?: number }
  /** Creation ends in CreationFailed. */
  | { readonly kind: 'creationFailed'; readonly message?: string }
  /** Scaling ends in ScalingFailed. */
  | { readonly kind: 'scalingFailed'; readonly message?: string }
  /** A Running pool becomes Abnormal (or Error) after `afterMs`. With `recoverAfterMs`, it recovers. */
  | {
      readonly kind: 'abnormal';
      readonly phase?: 'Abnormal' | 'Error';
      readonly afterMs?: number;
      readonly recoverAfterMs?: number;
    }
  /** A scope, or every scope, ends in EnableFailed. */
  | { readonly kind: 'scopeFailed'; readonly scope?: string; readonly message?: string }
  /** The driver goes Running -> Upgrading -> Running, `rounds` times. */
  | { readonly kind: 'driverFlap'; readonly rounds?: number; readonly everyMs?: number }
  /** A notebook ends in CREATE_FAILED or START_FAILED. */
  | { readonly kind: 'notebookFailed'; readonly code?: string; readonly message?: string }
  /**
   * A RUNNING notebook becomes UNAVAILABLE (historical API) or ERROR (current API). With `recoverAfterMs`, it recovers.
   */
  | { readonly kind: 'notebookUnavailable'; readonly afterMs?: number; readonly recoverAfterMs?: number };

/** Faults that change a successful response. */
export type ShapeFault =
  /** The status becomes an undocumented word. */
  | { readonly kind: 'unknownStatus'; readonly word: string }
  /** Fields are omitted. */
  | { readonly kind: 'missingFields'; readonly paths: readonly FieldPath[] }
  /** Fields are null. */
  | { readonly kind: 'nullFields'; readonly paths: readonly FieldPath[] };

/** A path such as `status.phase`, or an array of keys where a key contains dots. */
export type FieldPath = string | readonly string[];

/** How a create for a sold-out flavor ends: with an error response, or accepted and then failed. */
export type SoldOutResponse = 'refuse' | 'fail';

/** The effect of a fault. */
export type FaultEffect = ResponseFault | DelayFault | OutcomeFault | ShapeFault;

/** The calls that a fault applies to. */
export interface FaultTrigger {
  readonly operation: OperationPattern;
  /** The first matching call that the fault applies to, counted from 1. @defaultValue 1 */
  readonly nth?: number;
  /** How many matching calls the fault applies to. @defaultValue 1; no limit with `probability` */
  readonly times?: number | 'always';
  /** The probability for each matching call, derived from the seed. @defaultValue 1 */
  readonly probability?: number;
  /** Only calls about this resource: its display name or id, and its phase or status. */
  readonly match?: { readonly name?: string; readonly state?: string };
  /** `expectAllHit` ignores the fault. @defaultValue false */
  readonly optional?: boolean;
}

/** One planned fault, as plain JSON. */
export type Fault = FaultTrigger & FaultEffect;

/** The name of an effect. */
export type FaultKind = FaultEffect['kind'];

/** A planned fault with its counts. `planned` is null for `always`. */
export interface FaultReport {
  readonly id: string;
  readonly fault: Fault;
  readonly planned: number | null;
  readonly seen: number;
  readonly hit: number;
}

/** The planned faults. */
export interface Faults {
  /** Plans faults and returns their ids. */
  plan(...faults: readonly Fault[]): string[];
  /** All planned faults with their counts. */
  report(): FaultReport[];
  /** Removes all planned faults and their counts. */
  clear(): void;
  /** Throws when a fault was applied less often than planned. With `always` or `probability`, once is enough. */
  expectAllHit(): void;
}
