import type { Json, JsonObject } from './json.js';

/** A label or annotation map as the service stores it. */
export type TextMap = Record<string, string>;

/** A change to the usual lifecycle of one resource, left there by a fault; plain JSON like everything in the state. */
export interface TransitionOverride {
  readonly track: string;
  /** Only this node or scope; every one when absent. */
  readonly key?: string;
  readonly from: string;
  /** Absent means that the stage is never left. */
  readonly to?: string;
  /** Absent means the usual time. */
  readonly afterMs?: number;
  /** Part of the usual time. */
  readonly share?: number;
  readonly message?: string;
  readonly code?: string;
  /** How often it still applies; absent means always. */
  left?: number;
}

/** What every resource with a life has. */
export interface LivingRecord {
  /** Ours alone: a remade pool has the same id but another uid. */
  readonly uid: string;
  readonly createdAt: number;
  overrides: TransitionOverride[];
  /** Until when the object is invisible, by the kind of read. */
  hidden: { list?: number; show?: number };
}

/** One node of a pool. */
export interface NodeRecord {
  readonly name: string;
  readonly flavor: string;
  readonly az: string;
  phase: string;
  /** Set when the node came by scaling, which takes another time than creating. */
  readonly scaled?: true;
}

/** One job type of a pool. */
export interface ScopeRecord {
  readonly scopeType: string;
  state: string;
  message?: string;
}

/** A pool's spec as accepted, numbers as numbers. */
export interface PoolSpec {
  type: string;
  scope: string[];
  resources: PoolResource[];
  network?: Json;
  jobFlavors?: string[];
  driver?: { gpuVersion?: string; npuVersion?: string; updateStrategy?: string };
  controlMode: number;
  /** What the API pages do not list is kept as sent. */
  more: JsonObject;
}

/** One flavor line of a pool's spec. */
export interface PoolResource {
  readonly flavor: string;
  readonly count: number;
  readonly maxCount?: number;
  readonly azs?: readonly { readonly az: string; readonly count: number }[];
  readonly more: JsonObject;
}

/** A resource pool. */
export interface PoolRecord extends LivingRecord {
  /** `metadata.name`. */
  readonly id: string;
  readonly name: string;
  labels: TextMap;
  annotations: TextMap;
  spec: PoolSpec;
  /** Empty until the service has looked at the request. */
  phase: string;
  message: string;
  nodes: NodeRecord[];
  scopes: ScopeRecord[];
  driver: Record<string, { version: string; state: string }>;
  readonly parent: string;
  deletedAt?: number;
  phaseBeforeDelete?: string;
}

/** A development environment of the old API. */
export interface NotebookRecord extends LivingRecord {
  readonly id: string;
  readonly name: string;
  description: string;
  status: string;
  updatedAt: number;
  readonly profileId: string;
  readonly flavor: string;
  readonly storage: Json;
  readonly extendStorage: Json;
  annotations: TextMap;
  autoStop: { enable?: boolean; duration?: number; prompt?: boolean };
  /** When auto-stop will act; only while RUNNING. */
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

/** A network. */
export interface NetworkRecord extends LivingRecord {
  readonly id: string;
  readonly name: string;
  labels: TextMap;
  annotations: TextMap;
  readonly cidr: string;
  readonly ipv6enable?: boolean;
  phase: string;
  deletedAt?: number;
}

/** A token that IAM has issued; times in client time. */
export interface TokenRecord {
  readonly token: string;
  readonly userId: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly projectScoped: boolean;
  revoked?: true;
}

/** One thing that will happen at a moment unless the resource has moved on by then. */
export interface ScheduledTransition {
  readonly at: number;
  readonly seq: number;
  readonly kind: 'pool' | 'notebook' | 'network' | 'flavor';
  readonly uid: string;
  readonly track: string;
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly message?: string;
  readonly code?: string;
}

/** All that the simulator knows, as plain JSON. */
export interface SimState {
  sequence: number;
  pools: PoolRecord[];
  notebooks: NotebookRecord[];
  networks: NetworkRecord[];
  tokens: TokenRecord[];
  workspaces: string[];
  /** Flavor -> AZ -> `normal` or `soldout`. */
  sale: Record<string, Record<string, string>>;
  /** Notebook flavor -> `onSale` or `soldOut`. */
  notebookSale: Record<string, string>;
  /** Access key -> failures in a row, and until when it is locked, in client time. */
  keyFailures: Record<string, { count: number; lockedUntil?: number }>;
  agenda: ScheduledTransition[];
}
