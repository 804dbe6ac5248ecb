import type { Json, JsonObject } from './json.js';

/** A label or annotation map as the service stores it. */
export type TextMap = Record<string, string>;

/** A change to the lifecycle of one resource, stored by a fault. */
export interface TransitionOverride {
  readonly track: string;
  /** Only this node or scope. @defaultValue all of them */
  readonly key?: string;
  readonly from: string;
  /** When absent, the state is never left. */
  readonly to?: string;
  /** When absent, the default duration. */
  readonly afterMs?: number;
  /** Fraction of the default duration. */
  readonly share?: number;
  readonly message?: string;
  readonly code?: string;
  /** How often it still applies. When absent, always. */
  left?: number;
}

/** The common part of every resource. */
export interface LivingRecord {
  /** `metadata.name` of a pool or network. */
  readonly id: string;
  readonly name: string;
  /** Internal id. A pool that is created again has the same `id`, but another `uid`. */
  readonly uid: string;
  createdAt: number;
  overrides: TransitionOverride[];
  /** The time until which the resource is invisible, by the kind of read. */
  hidden: { list?: number; show?: number };
}

/** One node of a pool. */
export interface NodeRecord {
  readonly name: string;
  readonly flavor: string;
  readonly az: string;
  readonly ip: string;
  readonly nodePool: string;
  /** The row of `spec.resources` that it belongs to. */
  readonly row: string;
  phase: string;
  /** Set for a node added by scaling, which has another duration. */
  readonly scaled?: true;
}

/** One job type of a pool. */
export interface ScopeRecord {
  readonly scopeType: string;
  state: string;
  message?: string;
}

/** The accepted spec of a pool, with normalised numbers. */
export interface PoolSpec {
  type: string;
  scope: string[];
  resources: PoolResource[];
  network?: Json;
  jobFlavors?: string[];
  driver?: { gpuVersion?: string; npuVersion?: string; updateStrategy?: string };
  controlMode: number;
  /** Other fields, as sent. */
  more: JsonObject;
}

/** One flavor in the spec of a pool. */
export interface PoolResource {
  readonly flavor: string;
  readonly count: number;
  readonly maxCount?: number;
  readonly azs?: readonly { readonly az: string; readonly count: number }[];
  readonly more: JsonObject;
}

/** A resource pool. */
export interface PoolRecord extends LivingRecord {
  labels: TextMap;
  annotations: TextMap;
  spec: PoolSpec;
  /** Empty right after the create. */
  phase: string;
  message: string;
  nodes: NodeRecord[];
  scopes: ScopeRecord[];
  driver: Record<string, { version: string; state: string }>;
  readonly parent: string;
  deletedAt?: number;
  phaseBeforeDelete?: string;
}

/** A notebook of the historical API. */
export interface NotebookRecord extends LivingRecord {
  description: string;
  status: string;
  updatedAt: number;
  readonly profileId: string;
  readonly flavor: string;
  readonly storage: Json;
  readonly extendStorage: Json;
  annotations: TextMap;
  autoStop: { enable?: boolean; duration?: number; prompt?: boolean };
  /** The time of the automatic stop, only while RUNNING. */
  stopTimestamp?: number;
  failedReasons?: { code: string; message: string; detail: Record<string, string> };
  queue?: { status: string; begin: number; end: number; places: number };
  readonly workspaceId: string;
  readonly aiProject: string;
  readonly pool?: { id: string; name?: string; type?: string; owner?: { project_id: string } };
  readonly userId: string;
  readonly userName: string;
  readonly token: string;
}

/**
 * A job on a pool: a training job, a service or a notebook job (docs/api/workloads-and-operations.md "2. Workloads").
 */
export interface WorkloadRecord extends LivingRecord {
  readonly poolId: string;
  /** The internal id of the pool. A pool that is created again has no jobs. */
  readonly poolUid: string;
  /** `train`, `infer`, `x-infer` or `notebook`. */
  readonly type: string;
  /** Empty until it starts. */
  status: string;
  readonly userId: string;
  readonly userName: string;
  readonly workspaceId: string;
  readonly flavor: string;
  readonly nodeCount: number;
  /** Names of the nodes it runs on. */
  nodeNames: string[];
  /** The time from which the API lists it. */
  readonly visibleAt: number;
  startedAt?: number;
  endedAt?: number;
}

/** A call that hit a live job, for tests that count them. */
export interface WorkloadIncident {
  readonly at: number;
  readonly cause: 'delete' | 'shrink' | 'scope';
  readonly outcome: 'killed' | 'refused';
  /** The user who sent the call. */
  readonly by: string;
  readonly poolId: string;
  readonly workload: Pick<WorkloadRecord, 'id' | 'name' | 'type' | 'status' | 'userName' | 'createdAt' | 'visibleAt'>;
}

/** The result of an order for the pool or one node. */
export interface OrderItem {
  readonly resourceName: string;
  readonly action: 'createPool' | 'deletePool' | 'createNode' | 'deleteNode';
  status: 'processing' | 'succeed' | 'failed';
  updatedAt: number;
  message?: string;
}

/**
 * A work order: the creation, a scaling, a move or the deletion of a pool (docs/api/workloads-and-operations.md "3.
 * Work orders").
 */
export interface OrderRecord {
  readonly name: string;
  readonly poolId: string;
  readonly poolUid: string;
  readonly poolName: string;
  readonly workspaceId: string;
  readonly operation: 'apply' | 'modify' | 'delete';
  readonly createdAt: number;
  /** The time at which it ends, complete or not. */
  deadline?: number;
  endedAt?: number;
  result: 'open' | 'successed' | 'partialSuccessed' | 'failed';
  failReason?: string;
  readonly initCount: readonly { readonly flavor: string; readonly count: number }[];
  readonly specCount: readonly { readonly flavor: string; readonly count: number }[];
  resultCount: readonly { readonly flavor: string; readonly count: number }[];
  readonly items: OrderItem[];
}

/** An event of a pool. */
export interface PoolEvent {
  readonly at: number;
  readonly type: 'Normal' | 'Warning';
  readonly reason: 'PoolStatusChange' | 'PoolResourcesStatusChange';
  readonly message: string;
}

/** The events of a pool, and the phase and node counts after the last one. */
export interface PoolLog {
  phase: string;
  /** Available, abnormal, creating and deleting nodes, such as `2/0/0/0`. */
  counts: string;
  readonly events: PoolEvent[];
}

/** A network. */
export interface NetworkRecord extends LivingRecord {
  labels: TextMap;
  annotations: TextMap;
  readonly cidr: string;
  readonly ipv6enable?: boolean;
  phase: string;
  deletedAt?: number;
}

/** A token issued by IAM. Times are in the clients' time. */
export interface TokenRecord {
  readonly token: string;
  readonly userId: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly projectScoped: boolean;
  revoked?: true;
}

/** A state change at a given time. It is dropped when the resource has left the state `from` by then. */
export interface ScheduledTransition {
  readonly at: number;
  readonly seq: number;
  readonly kind: 'pool' | 'notebook' | 'currentNotebook' | 'image' | 'workload' | 'network' | 'flavor';
  readonly uid: string;
  readonly track: string;
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly message?: string;
  readonly code?: string;
}
