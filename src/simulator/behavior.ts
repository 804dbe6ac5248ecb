import type { SoldOutResponse } from './faults/fault.js';
import type { OperationPattern } from './operations.js';

/**
 * Behaviour that the documentation contradicts or leaves open (docs/api/pools-and-flavors.md "2.8 Contradictions, and
 * what to do", "5.4 Idempotency", "7. Known unknowns", docs/api/notebooks-current.md "17. Contradictions, and what to
 * do").
 */
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
  /**
   * DELETE of a pool with live jobs takes effect and fails them, or is refused (docs/api/workloads-and-operations.md
   * "2.5 What DELETE of a pool does to them").
   */
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
  /** A pool whose creation failed has the reason as `status.message`. Otherwise only its work order has it. */
  readonly failedPoolMessage: boolean;
  /** A search for training jobs finds only the caller's own. */
  readonly trainingSearchOwnOnly: boolean;
  /** Operations that the account may not call (403) or that this region does not have (404 of the gateway). */
  readonly unavailable: Readonly<Partial<Record<OperationPattern, 'forbidden' | 'missing'>>>;
  /** Whether the historical and the current notebook API exist for this account. */
  readonly historicalNotebookApi: boolean;
  readonly currentNotebookApi: boolean;
  /** A caller sees only its own current notebooks: 403 for the list of all, and ModelArts.6407 for those of others. */
  readonly tenantIsolation: boolean;
  /** What DELETE of a RUNNING current notebook does. `refuse` is 400 ModelArts.6304. */
  readonly deleteRunningNotebook: 'accept' | 'refuse';
  /** The status of current notebooks after the deletion of their pool. Stopped ones keep theirs. */
  readonly notebookStatusWithoutPool: string;
  /** Whether a stop keeps the storage that was mounted while a current notebook was RUNNING. */
  readonly stopKeepsMounts: boolean;
  /** Whether the list of current notebooks filters by description. Without it, the parameter has no effect. */
  readonly descriptionFilter: boolean;
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
  deletePoolInUse: 'kill',
  workloadsListNotebooks: false,
  workloadsTotal: true,
  runtimeWorkloads: true,
  workloadsLagMs: 0,
  ordersLagMs: 0,
  eventsLagMs: 0,
  orderLabelStale: false,
  failedPoolMessage: true,
  trainingSearchOwnOnly: true,
  unavailable: {},
  historicalNotebookApi: true,
  currentNotebookApi: true,
  tenantIsolation: false,
  deleteRunningNotebook: 'accept',
  notebookStatusWithoutPool: 'ERROR',
  stopKeepsMounts: false,
  descriptionFilter: true,
  rateLimit: null,
};
