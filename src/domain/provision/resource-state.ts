import { type ResourceRef, sameResource } from '../resource/identity.js';
import { freshWatch, type ResourceFacts, type Watch } from '../resource/observation.js';
import { type Stopwatch, startStopwatch } from '../stopwatch.js';

/**
 * What is known of the last create call. `unknown`: sent at `sentAt`, lost at `since`, and it may have taken effect.
 * `unseen`: the resource exists since `since`, and may not be visible yet.
 */
export type LastCreate = { readonly outcome: 'none' } | UnknownCreate | UnseenResource;

export interface UnseenResource {
  readonly outcome: 'unseen';
  /** `run`: a create of this run succeeded. `lease`: an earlier run created it, and this run has sent nothing. */
  readonly owner: 'run' | 'lease';
  /** When the create was sent; for a lease, when it took over. */
  readonly sentAt: number;
  readonly since: number;
}

/** What support needs to find a response; null where there was none. */
export interface ResponseIds {
  readonly errorCode: string | null;
  readonly requestId: string | null;
}

/** Ids of the latest response. */
export interface UnknownCreate extends Partial<ResponseIds> {
  readonly outcome: 'unknown';
  /** When the first call was sent that may have taken effect. */
  readonly sentAt: number;
  readonly since: number;
  readonly why: string;
  /** The latest of several calls. */
  readonly again?: { readonly sentAt: number; readonly why: string };
  /** The latest call was refused because the name exists, possibly as a resource of this operation. */
  readonly isTaken?: boolean;
  /** Every call was refused for that reason: nothing of that name is ours. */
  readonly isRefused?: boolean;
}

/** Whether a resource of an earlier create may exist or become visible later. */
export function mayAppear(last: LastCreate): boolean {
  return last.outcome === 'unseen' || (last.outcome === 'unknown' && last.isRefused !== true);
}

/** A create that was refused for lack of capacity, in the service's words. */
export interface CapacityRefusal extends ResponseIds {
  readonly why: string;
}

/** What an operation knows about one resource that it creates. Plain data, carried over continue-as-new. */
export interface ResourceState {
  /** The resource that the step uses; null until one is created or adopted. */
  readonly ref: ResourceRef | null;
  /** The last resource that was created or adopted, until it is gone: ours even when its marker is lost. */
  readonly known: ResourceRef | null;
  readonly lastCreate: LastCreate;
  /** When this run sent the create that made `ref`, epoch milliseconds; null or absent when it was adopted. */
  readonly sentAt?: number | null;
  /** Index of the flavor choice that is being tried. */
  readonly choice: number;
  /** Creates in a row that found no capacity: refused, or accepted and then failed. */
  readonly refusals: number;
  /** The last of them; null when the last create was not refused for lack of capacity. */
  readonly refusal: CapacityRefusal | null;
  /** True when a rollback must remove the resource. Set before the resource can exist. */
  readonly undo: boolean;
  /**
   * True for a resource that this run created and that was never observed in service: nobody can use it. Absent or
   * false, its rollback asks for jobs.
   */
  readonly neverUsable?: boolean;
  /** True while everything that an earlier attempt left is being removed. */
  readonly cleaning: boolean;
  /** Why the present choice is being left, while the clean-up runs. */
  readonly leaving: CapacityRefusal | null;
  /**
   * True when a create was sent after one without a response, which may still take effect. Absent in earlier states.
   */
  readonly mayRepeat?: boolean;
  /** Single resources that are being removed, such as duplicates. */
  readonly clearing: readonly ResourceRef[];
  /** What a lease owned when this run began. It exists whether or not lists show it. */
  readonly leased: readonly ResourceRef[];
  readonly watch: Watch<ResourceFacts>;
  /** Time that counts against the deadline of the step. */
  readonly clock: Stopwatch;
  /** Time that counts against `deadlines.capacity`. */
  readonly capacityClock: Stopwatch;
}

/** A resource that nothing was sent for. */
export const notCreated = {
  ref: null,
  known: null,
  lastCreate: { outcome: 'none' },
  choice: 0,
  refusals: 0,
  refusal: null,
  undo: false,
  cleaning: false,
  leaving: null,
} as const satisfies Partial<ResourceState>;

export const newResource: ResourceState = {
  ...notCreated,
  clearing: [],
  leased: [],
  watch: freshWatch,
  clock: startStopwatch(0),
  capacityClock: startStopwatch(0),
};

/** Changes the state. `known` follows `ref` unless the change sets it. */
export function withChange(state: ResourceState, change: Partial<ResourceState>): ResourceState {
  const changed = { ...state, ...change };
  return { ...changed, known: changed.ref ?? changed.known };
}

/** The part of the state that a removal ends: nothing is left, and nothing can appear any more. */
export const removed = { known: null, lastCreate: { outcome: 'none' } } as const satisfies Partial<ResourceState>;

/** Adds a resource that is being removed to those before it, of which the last 99 are kept. */
export function withCleared(cleared: readonly ResourceRef[], { id, createdAt }: ResourceRef): readonly ResourceRef[] {
  const ref = { id, createdAt };
  return [...cleared.filter((one) => sameResource(one, ref) !== 'same').slice(-99), ref];
}

/** The ids of a response; none for a resource that is not visible yet. */
export function idsOf({
  errorCode = null,
  requestId = null,
}: Partial<ResponseIds> & { readonly outcome?: unknown }): ResponseIds {
  return { errorCode, requestId };
}
