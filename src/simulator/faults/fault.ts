import type { Json } from '../json.js';
import type { OperationPattern } from '../operations.js';

/** The body of a planned answer: JSON, a proxy's HTML page, plain text, nothing, or JSON cut in half on the wire. */
export type FaultBody =
  | { readonly json: Json }
  | { readonly html: string }
  | { readonly text: string }
  | { readonly empty: true }
  | { readonly half: Json };

/** Faults that decide the answer of one call; at most one of them acts on a call. */
export type ResponseFault =
  /** Any status; with `commit` the work is done all the same, so the outcome is unknown to the caller. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: FaultBody;
      readonly commit?: boolean;
    }
  /** No answer until the caller gives up; with `commit` the work is done first. */
  | { readonly kind: 'hang'; readonly commit?: boolean }
  /** The connection breaks before the work, or after it was committed. */
  | { readonly kind: 'lost'; readonly at: 'before' | 'after' }
  /** The work is done, the answer is cut in the middle of its body. */
  | { readonly kind: 'halfBody' }
  /** 429; `retryAfter` in seconds; APIGW.0308 from the gateway (default), or ModelArts.6101 from the service. */
  | {
      readonly kind: 'throttle';
      readonly retryAfter?: number;
      readonly code?: 'APIGW.0308' | 'APIG.0308' | 'ModelArts.6101';
    }
  /** 401; an issued token is revoked with it (`revoke`, default true), a configured ready token is refused this once. */
  | {
      readonly kind: 'unauthorized';
      readonly reason?: 'expired' | 'garbage' | 'mustUpdate' | 'service';
      readonly revoke?: boolean;
    }
  /** 403 from the service (ModelArts.0108, default) or the gateway (APIGW.0302). */
  | { readonly kind: 'forbidden'; readonly code?: 'ModelArts.0108' | 'APIGW.0302' }
  | DeleteFailsFault;

/** DELETE is refused with a 500 (default), or, pools only, accepted and later found not to have worked. */
export interface DeleteFailsFault {
  readonly kind: 'deleteFails';
  readonly how?: 'refused' | 'reverts';
}

/** Lets transport time pass before the work (default) or after it; goes together with any other fault. */
export interface DelayFault {
  readonly kind: 'delay';
  readonly ms: number;
  readonly at?: 'before' | 'after';
}

/** Faults that decide what becomes of the resource that the call makes or changes. */
export type OutcomeFault =
  | DeleteFailsFault
  /** The new object stays invisible in lists and/or by id for a while. @defaultValue in: list and show */
  | { readonly kind: 'listLag'; readonly ms: number; readonly in?: readonly ('list' | 'show')[] }
  /** Deletion takes this long. */
  | { readonly kind: 'slowDelete'; readonly ms: number }
  /** The flavor is sold out when the POST arrives, or runs out while the resource is being made. */
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
   * The resource never leaves this phase or status (`Creating`, `Deleting`, `CREATING`, …); with `forMs` it does
   * after that time, as when someone in the service has noticed: what was being made has failed then.
   */
  | { readonly kind: 'stuck'; readonly phase: string; readonly forMs?: number }
  /** Creation ends in CreationFailed. */
  | { readonly kind: 'creationFailed'; readonly message?: string }
  /** Scaling ends in ScalingFailed. */
  | { readonly kind: 'scalingFailed'; readonly message?: string }
  /** Running turns Abnormal (or Error) after `afterMs`, and recovers when `recoverAfterMs` is given. */
  | {
      readonly kind: 'abnormal';
      readonly phase?: 'Abnormal' | 'Error';
      readonly afterMs?: number;
      readonly recoverAfterMs?: number;
    }
  /** A scope ends in EnableFailed; every scope when none is named. */
  | { readonly kind: 'scopeFailed'; readonly scope?: string; readonly message?: string }
  /** The driver goes Running -> Upgrading -> Running, so many times. */
  | { readonly kind: 'driverFlap'; readonly rounds?: number; readonly everyMs?: number }
  /** A notebook ends in CREATE_FAILED or START_FAILED. */
  | { readonly kind: 'notebookFailed'; readonly code?: string; readonly message?: string }
  /** A RUNNING notebook turns UNAVAILABLE, and recovers when `recoverAfterMs` is given. */
  | { readonly kind: 'notebookUnavailable'; readonly afterMs?: number; readonly recoverAfterMs?: number };

/** Faults that change how a good answer looks. */
export type ShapeFault =
  /** The status word becomes one that no page lists. */
  | { readonly kind: 'unknownStatus'; readonly word: string }
  /** Fields are left out; a path is `status.phase`, or an array of literal keys. */
  | { readonly kind: 'missingFields'; readonly paths: readonly FieldPath[] }
  /** Fields are null. */
  | { readonly kind: 'nullFields'; readonly paths: readonly FieldPath[] };

/** A field by dots, or by literal keys where a key itself contains dots. */
export type FieldPath = string | readonly string[];

/** What a sold-out flavor answers: a refused POST, or an accepted one that ends in failure. */
export type SoldOutResponse = 'refuse' | 'fail';

/** What happens. */
export type FaultEffect = ResponseFault | DelayFault | OutcomeFault | ShapeFault;

/** When it happens. */
export interface FaultTrigger {
  readonly operation: OperationPattern;
  /** The first matching call that is hit, counted from the planning, 1-based. @defaultValue 1 */
  readonly nth?: number;
  /** How many matching calls are hit. Chances have no limit unless told. @defaultValue 1 */
  readonly times?: number | 'always';
  /** Each matching call is hit with this chance, drawn from the seed. @defaultValue 1 */
  readonly probability?: number;
  /** Only calls about such a resource: display name or id, and its phase or status. */
  readonly match?: { readonly name?: string; readonly state?: string };
  /** Left out of `expectAllHit`, for background noise. @defaultValue false */
  readonly optional?: boolean;
}

/** One planned fault, plain JSON. */
export type Fault = FaultTrigger & FaultEffect;

/** The name of an effect. */
export type FaultKind = FaultEffect['kind'];

/** A planned fault with its accounting; `planned` is null for `always`. */
export interface FaultReport {
  readonly id: string;
  readonly fault: Fault;
  readonly planned: number | null;
  readonly seen: number;
  readonly hit: number;
}

/** The queue of planned faults. */
export interface Faults {
  /** Plans one fault or several, and answers their ids. */
  plan(...faults: readonly Fault[]): string[];
  /** All planned faults with their counts. */
  report(): FaultReport[];
  /** Forgets all planned faults and their counts. */
  clear(): void;
  /** Throws, naming each fault that was not hit as often as planned; `always` and chances must be hit once. */
  expectAllHit(): void;
}
