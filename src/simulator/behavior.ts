import type { SoldOutResponse } from './faults/fault.js';

/** Behaviour on which the pages contradict themselves or say nothing (docs/api/pools-and-flavors.md "2.8 Contradictions, and what to do", "5.4 Idempotency", "7. Known unknowns"). */
export interface Behavior {
  /** DELETE echoes the phase the pool had, instead of `Deleting`. */
  readonly deleteEchoesOldPhase: boolean;
  /** The DELETE answer leaves `deletionTimestamp` out. */
  readonly omitDeletionTimestamp: boolean;
  /** `status.resources.*` is a single object, as the tables say, instead of an array. */
  readonly statusResourcesAsObject: boolean;
  /** `os.modelarts/billing.mode` is answered as a number. */
  readonly billingModeAsNumber: boolean;
  /** The create answer already has phase `Creating`. */
  readonly phaseOnCreate: boolean;
  /** What a pool create for a sold-out flavor answers. @defaultValue 'fail': accepted, then CreationFailed */
  readonly poolSoldOut: SoldOutResponse;
  /** What a notebook create for a sold-out flavor answers. @defaultValue 'refuse': 400 ModelArts.6329 */
  readonly notebookSoldOut: SoldOutResponse;
  /** A logical pool waits for the administrator in `Waiting`. */
  readonly logicalNeedsApproval: boolean;
  /** A notebook on a pool needs the `Notebook` scope among the pool's scopes. */
  readonly notebookNeedsScope: boolean;
  /** Largest numbers of live resources; null means no limit. */
  readonly poolQuota: number | null;
  readonly networkQuota: number | null;
  readonly notebookQuota: number | null;
  /** Whether the old and the new notebook API exist in this region. */
  readonly oldNotebookApi: boolean;
  readonly newNotebookApi: boolean;
  /** A limit of calls per client-time window, answered with 429; null means none. */
  readonly rateLimit: { readonly limit: number; readonly pollWindowMs: number; readonly retryAfter?: number } | null;
}

/** The recommended reading of the pages. */
export const DEFAULT_BEHAVIOR: Behavior = {
  deleteEchoesOldPhase: false,
  omitDeletionTimestamp: false,
  statusResourcesAsObject: false,
  billingModeAsNumber: false,
  phaseOnCreate: false,
  poolSoldOut: 'fail',
  notebookSoldOut: 'refuse',
  logicalNeedsApproval: false,
  notebookNeedsScope: false,
  poolQuota: null,
  networkQuota: 15,
  notebookQuota: null,
  oldNotebookApi: true,
  newNotebookApi: true,
  rateLimit: null,
};
