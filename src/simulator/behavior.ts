import type { SoldOutResponse } from './faults/fault.js';

/** Behaviour that the documentation contradicts or leaves open (docs/api/pools-and-flavors.md "2.8 Contradictions, and what to do", "5.4 Idempotency", "7. Known unknowns"). */
export interface Behavior {
  /** The DELETE response has the previous phase instead of `Deleting`. */
  readonly deleteEchoesOldPhase: boolean;
  /** The DELETE response omits `deletionTimestamp`. */
  readonly omitDeletionTimestamp: boolean;
  /** `status.resources.*` is a single object, as in the documented tables, instead of an array. */
  readonly statusResourcesAsObject: boolean;
  /** `os.modelarts/billing.mode` is a number. */
  readonly billingModeAsNumber: boolean;
  /** The create response already has phase `Creating`. */
  readonly phaseOnCreate: boolean;
  /** How a pool create for a sold-out flavor ends. @defaultValue 'fail': accepted, then CreationFailed */
  readonly poolSoldOut: SoldOutResponse;
  /** How a notebook create for a sold-out flavor ends. @defaultValue 'refuse': 400 ModelArts.6329 */
  readonly notebookSoldOut: SoldOutResponse;
  /** A logical pool stays in `Waiting` until an administrator approves it. */
  readonly logicalNeedsApproval: boolean;
  /** A pool takes notebooks only with the `Notebook` scope. */
  readonly notebookNeedsScope: boolean;
  /** The maximum numbers of resources; null means no limit. */
  readonly poolQuota: number | null;
  readonly networkQuota: number | null;
  readonly notebookQuota: number | null;
  /** Whether the historical and the current notebook API exist in this region. */
  readonly oldNotebookApi: boolean;
  readonly newNotebookApi: boolean;
  /** A limit of calls per time window (`retryAfter` in seconds); null means no limit. */
  readonly rateLimit: { readonly limit: number; readonly windowMs: number; readonly retryAfter?: number } | null;
}

/** The most likely behaviour of the real service. */
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
