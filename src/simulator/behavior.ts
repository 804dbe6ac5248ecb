import type { SoldOutResponse } from './faults/fault.js';
import type { OperationPattern } from './operations.js';

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
  /** Answers name the node pool of every row, `<flavor>-default` without one of its own. */
  readonly nodePoolNames: boolean;
  /** PATCH of a pool accepts only `application/merge-patch+json`. The vendor's SDK sends `application/json`. */
  readonly patchNeedsMergeType: boolean;
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
  /** DELETE of a pool with live jobs takes effect and fails them, or is refused (docs/api/workloads-and-operations.md "2.5 What DELETE of a pool does to them"). */
  readonly deletePoolInUse: 'kill' | 'refuse';
  /** Workloads include notebooks. */
  readonly workloadsListNotebooks: boolean;
  /** The list of workloads has `total`. */
  readonly workloadsTotal: boolean;
  /** The runtime metrics have the `workload` block. */
  readonly runtimeWorkloads: boolean;
  /** How long a new job is missing from workloads, statistics, metrics, searches and services. */
  readonly workloadsLagMs: number;
  /** How long a new order or event is missing from the lists. */
  readonly ordersLagMs: number;
  readonly eventsLagMs: number;
  /** The PATCH response still names the previous order. */
  readonly orderLabelStale: boolean;
  /** A search for training jobs finds only the caller's own. */
  readonly trainingSearchOwnOnly: boolean;
  /** Operations that the account may not call (403) or that this region does not have (404 of the gateway). */
  readonly unavailable: Readonly<Partial<Record<OperationPattern, 'forbidden' | 'missing'>>>;
  /** A limit of calls per time window (`retryAfter` in seconds); null means no limit. */
  readonly rateLimit: { readonly limit: number; readonly windowMs: number; readonly retryAfter?: number } | null;
}

/** The most likely behaviour of the real service. */
export const DEFAULT_BEHAVIOR: Behavior = {
  deleteEchoesOldPhase: false,
  omitDeletionTimestamp: false,
  statusResourcesAsObject: false,
  billingModeAsNumber: false,
  nodePoolNames: true,
  patchNeedsMergeType: true,
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
  deletePoolInUse: 'kill',
  workloadsListNotebooks: false,
  workloadsTotal: true,
  runtimeWorkloads: true,
  workloadsLagMs: 0,
  ordersLagMs: 0,
  eventsLagMs: 0,
  orderLabelStale: false,
  trainingSearchOwnOnly: true,
  unavailable: {},
  rateLimit: null,
};
