/** Text such as `90m` or `1h30m`. In a normalised spec it has the largest unit that divides it. */
export type DurationText = string;

export interface PoolResource {
  readonly flavor: string;
  readonly count: number;
  readonly azs?: readonly { readonly az: string; readonly count: number }[];
  /**
   * The further documented fields of `spec.resources[]` (docs/api/pools-and-flavors.md "2.2 Create"), passed on as they
   * are.
   */
  readonly [field: string]: unknown;
}

export interface Billing {
  readonly mode?: '0' | '1';
  readonly periodNum?: string;
  readonly periodType?: '2' | '3' | '4';
  readonly autoRenew?: '0' | '1';
  readonly autoPay?: string;
  readonly promotionInfo?: string;
  readonly orderId?: string;
  readonly serviceConsoleUrl?: string;
  readonly productId?: string;
}

export interface Driver {
  readonly gpuVersion?: string;
  readonly npuVersion?: string;
  readonly updateStrategy?: 'force' | 'idle';
}

/** The pool part of a normalised spec: either `flavors` (first choice first) with `count`, or `resources`. */
export interface PoolSpec {
  readonly flavors?: readonly string[];
  readonly count?: number;
  readonly resources?: readonly PoolResource[];
  readonly type: 'Dedicate' | 'Logical';
  readonly scope: readonly ('Train' | 'Infer' | 'Notebook')[];
  readonly network?: string;
  readonly driver?: Driver;
  readonly description?: string;
  readonly workspaceId?: string;
  readonly sharing?: 'unshared' | 'shared';
  readonly nodePrefix?: string;
  readonly parent?: string;
  readonly jobFlavors?: readonly string[];
  readonly masters?: readonly { readonly az: string }[];
  readonly schedulerExtension?: string;
  readonly requestType?: 'console';
  readonly userId?: string;
  readonly billing?: Billing;
}

export interface NotebookStorage {
  readonly type: 'obs' | 'obsfs' | 'evs';
  readonly path?: string;
  readonly volumeSize?: number;
  readonly mountPath?: string;
  readonly accessModes?: 'ReadOnlyMany' | 'ReadWriteMany';
}

export interface AutoStop {
  readonly enable: boolean;
  readonly duration?: DurationText;
  readonly prompt?: boolean;
}

export interface NotebookPool {
  readonly id: string;
  readonly type?: string;
  readonly name?: string;
  readonly owner?: { readonly projectId: string };
}

/** A notebook of the historical API, which `profileId` selects (docs/api/notebooks-and-auth.md "2.1 O1 create"). */
export interface HistoricalNotebookSpec {
  readonly name: string;
  readonly profileId: string;
  readonly flavor: string;
  readonly storage: NotebookStorage;
  readonly extendStorage?: readonly NotebookStorage[];
  readonly autoStop?: AutoStop;
  readonly description?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly workspaceId?: string;
  readonly aiProject?: string;
  /** Only for `launchNotebook`. The main job uses the pool that it created. */
  readonly pool?: NotebookPool;
}

/** A volume of a notebook of the current API (docs/api/notebooks-current.md "2.2 `volume` and `data_volumes[]`"). */
export interface NotebookVolume {
  readonly type: 'evs' | 'efs' | 'obs' | 'obsfs';
  /** A managed volume is deleted with the notebook. */
  readonly ownership: 'managed' | 'dedicated';
  /** GB. */
  readonly volumeSize?: number;
  readonly uri?: string;
  /** The SFS Turbo of a dedicated `efs`. */
  readonly id?: string;
  readonly mountPath?: string;
  readonly readOnly?: boolean;
  /** The name of a stored credential for `obs`. */
  readonly secretName?: string;
}

/** Hardware on a dedicated pool, instead of a flavor. */
export interface CustomSpec {
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
  readonly gpu?: number;
  readonly gpuType?: string;
  readonly arch?: 'X86_64' | 'AARCH64';
  /** The flavor of the pool's nodes to run on. */
  readonly nodeFlavor?: string;
}

/** A script at a path, or a command, which is sent in base64. */
export interface NotebookHook {
  readonly script?: string;
  readonly command?: string;
  readonly mode?: 'async' | 'block';
}

/** A notebook of the current API, which `image` selects (docs/api/notebooks-current.md "2. Create"). */
export interface CurrentNotebookSpec {
  readonly name: string;
  /** Name or id of an image. */
  readonly image: string;
  /** Absent when `customSpec` is given. */
  readonly flavor?: string;
  readonly customSpec?: CustomSpec;
  readonly storage: NotebookVolume;
  readonly dataVolumes?: readonly NotebookVolume[];
  /** 1h to 72h, or `never`, which is refused with a lease that ends. */
  readonly autoStop?: DurationText;
  readonly ssh?: { readonly keyPairs: readonly string[]; readonly allowedIps?: readonly string[] };
  readonly hooks?: { readonly preStart?: NotebookHook; readonly postStart?: NotebookHook };
  /** Set once the notebook runs, because a create takes none. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly workspaceId?: string;
  /** Only for `launchNotebook`. The main job uses the pool that it created. */
  readonly pool?: { readonly id: string };
}

/** The notebook part of a normalised spec. `api` is left out, because `image` and `profileId` select the API. */
export type NotebookSpec = HistoricalNotebookSpec | CurrentNotebookSpec;

/** Whether a notebook belongs to the current API. */
export function isCurrentNotebook(notebook: NotebookSpec): notebook is CurrentNotebookSpec {
  return 'image' in notebook;
}

export interface LeaseSpec {
  readonly ttl: DurationText;
  readonly max: DurationText;
  readonly warnings: readonly DurationText[];
  readonly webhook?: string;
  /** How long jobs on the pool are waited for at the end, or `forever`. @defaultValue 1h */
  readonly drain?: DurationText;
}

export interface Deadlines {
  readonly pool: DurationText;
  readonly notebook: DurationText;
  readonly capacity: DurationText;
  readonly ask: DurationText;
  readonly undo: DurationText;
}

/**
 * A spec after checking: defaults filled in, durations canonical, `flavor` folded into `flavors`. Normalising it again
 * changes nothing.
 */
export interface Spec {
  readonly name: string;
  /** Absent in the spec of `launchNotebook`. */
  readonly pool?: PoolSpec;
  /** Absent in the spec of `provisionPool`. */
  readonly notebook?: NotebookSpec;
  readonly lease?: LeaseSpec;
  readonly approval?: { readonly required: boolean; readonly timeout: DurationText };
  readonly deadlines: Deadlines;
  readonly onFailure: 'rollback' | 'ask' | 'keep';
  readonly onCancel: 'rollback' | 'keep';
}

/** The workflow types whose argument is a spec, each with its own parts of it. */
export const specKinds = ['provisionPoolThenLaunchNotebook', 'provisionPool', 'launchNotebook'] as const;
export type SpecKind = (typeof specKinds)[number];

/** The workflow type for each first part of a workflow id. */
export const specKindOf = {
  env: 'provisionPoolThenLaunchNotebook',
  pool: 'provisionPool',
  notebook: 'launchNotebook',
} as const satisfies Readonly<Record<string, SpecKind>>;

/** Whether the pool is a subscription (billing mode 1), which the API cannot end. */
export function isPrepaid({ pool }: Pick<Spec, 'pool'>): boolean {
  return pool?.billing?.mode === '1';
}
