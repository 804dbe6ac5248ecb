/** What the product does about something that it does not know. */
export const effects = {
  ignored: 'ignored',
  absent: 'counts as absent',
  waits: 'counts as neither ready nor failed: a wait continues until its deadline',
  inUse: 'counts as in use: the pool is not deleted',
  soldOut: 'counts as sold out',
  notFeasible: 'a spec that needs it is refused before anything is created',
  retried: 'the read fails and is repeated; nothing is decided from it',
  paused: 'calls pause as long as the service asks',
  refused: 'the operation ends with the reason',
  gone: 'counts as not found',
  jobsUnknown: 'jobs on a pool are unknown: sweeps keep it, a teardown asks for --with-jobs',
  otherApi: 'the other notebook API is used',
} as const;
export type Effect = keyof typeof effects;

/** The words that a field may have. The empty text is always one of them. */
export interface WordRule {
  /** Path below a row, such as `status.phase`. `*` stands for the keys of a map. */
  readonly at: string;
  readonly words: readonly string[];
  readonly effect: Effect;
  /** The keys of the map at this path are the words. */
  readonly keys?: true;
}

function field(at: string, effect: Effect, words: string): WordRule {
  return { at, effect, words: words.split(' ') };
}

const workloadStatuses = 'Queue Pending Creating Running Abnormal Terminating Completed Terminated Failed';

/** docs/api/pools-and-flavors.md "3. State machines". */
export const poolWords: readonly WordRule[] = [
  field('status.phase', 'waits', 'Creating Running Abnormal Deleting Error CreationFailed ScalingFailed Waiting'),
  field('status.scope[].state', 'waits', 'Enabling Enabled Disabling Disabled EnableFailed'),
  field('status.scope[].scopeType', 'ignored', 'Train Infer Notebook'),
  field('status.driver.gpu.state', 'waits', 'Creating Upgrading Running Abnormal'),
  field('status.driver.npu.state', 'waits', 'Creating Upgrading Running Abnormal'),
  field('status.scope[].plugins[].phase', 'ignored', 'Pending Running Updating Abnormal Deleting'),
  field('spec.type', 'ignored', 'Dedicate Logical'),
  field('spec.scope[]', 'ignored', 'Train Infer Notebook'),
];

/** docs/api/pools-and-flavors.md "2.5 retry-scope, statistics, monitor, nodes". */
export const nodeWords = [
  field('status.phase', 'ignored', 'Available Creating Deleting Abnormal Checking'),
  field('status.driver.phase', 'ignored', 'Running Abnormal Pending Updating'),
];

/** docs/api/pools-and-flavors.md "3.4 Flavor sale status". */
export const flavorWords = [
  field('status.phase.*', 'soldOut', 'normal soldout'),
  field('spec.type', 'ignored', 'Dedicate Logical'),
  field('spec.cpuArch', 'ignored', 'x86 arm64'),
];

/** docs/api/pools-and-flavors.md "3.6 Network". */
export const networkWords = [field('status.phase', 'notFeasible', 'Creating Active Abnormal')];

/** docs/api/workloads-and-operations.md "2. Workloads (W1, W2, W3)". */
export const workloadWords = [
  field('status', 'inUse', workloadStatuses),
  field('type', 'inUse', 'train infer notebook x-infer'),
];
export const statisticsWords: readonly WordRule[] = [
  { ...field('status', 'inUse', workloadStatuses), keys: true },
  field('type', 'inUse', 'train infer notebook x-infer'),
];
export const trainingWords = [
  field('status.phase', 'inUse', 'Creating Pending Running Terminating Abnormal Completed Terminated Failed'),
];
export const serviceWords = [
  field(
    'status',
    'inUse',
    'RUNNING DEPLOYING UPGRADING STOPPING CONCERNING ERROR INTERRUPTING STOPPED FAILED DELETING',
  ),
];

/** docs/api/workloads-and-operations.md "3. Work orders". */
export const orderWords = [
  field('phase', 'ignored', 'pending running processing successed partialSuccessed failed completed'),
  field('result', 'ignored', 'pending running processing successed partialSuccessed failed completed'),
  field('operation', 'ignored', 'apply modify delete'),
];
export const eventWords = [
  field('type', 'ignored', 'Normal Warning'),
  field('reason', 'ignored', 'PoolStatusChange PoolResourcesStatusChange'),
];

/** docs/api/notebooks-current.md "8. Status words and life". */
export const currentNotebookWords = [
  field(
    'status',
    'waits',
    'INIT CREATING STARTING STOPPING DELETING RUNNING STOPPED SNAPSHOTTING CREATE_FAILED START_FAILED DELETE_FAILED ERROR DELETED FROZEN',
  ),
  field('volume.status', 'ignored', 'INITIALIZING RESIZING DELETING'),
  field('volume.category', 'ignored', 'EVS OBS OBSFS EFS SFS'),
  field('volume.ownership', 'ignored', 'MANAGED DEDICATED'),
  field('lease.type', 'ignored', 'TIMING IDLE'),
  field('endpoints[].service', 'ignored', 'NOTEBOOK SSH'),
  field('action_progress[].status', 'ignored', 'WAITING PROCESSING FAILED COMPLETED'),
  field('billing_items[]', 'ignored', 'STORAGE COMPUTE ALL'),
  field('feature', 'ignored', 'NOTEBOOK DEFAULT'),
];
/** docs/api/notebooks-current.md "9. Other calls". */
export const imageWords = [
  field('status', 'notFeasible', 'INIT CREATING ACTIVE CREATE_FAILED ERROR DELETED'),
  field('type', 'ignored', 'BUILD_IN DEDICATED'),
  field('dev_services[]', 'ignored', 'NOTEBOOK SSH'),
  field('resource_categories[]', 'ignored', 'CPU GPU ASCEND'),
  field('arch', 'ignored', 'x86_64 aarch64 X86_64 AARCH64'),
];
export const notebookFlavorWords = [field('category', 'ignored', 'CPU GPU ASCEND')];
export const clusterWords = [
  field(
    'status',
    'notFeasible',
    'PENDING INITIALIZING INITIALIZE_FAILED ACTIVE DELETING DELETED DELETE_FAILED MIGRATING',
  ),
];

/** docs/api/notebooks-and-auth.md "3.1 Old generation". */
export const notebookWords = [
  field(
    'status',
    'waits',
    'CREATE_QUEUING CREATING CREATE_FAILED START_QUEUING READY_TO_START STARTING RESTARTING START_FAILED RUNNING STOPPING STOPPED UNAVAILABLE DELETED RESIZING RESIZE_FAILED DELETING',
  ),
  field('flavor_details.status', 'soldOut', 'onSale soldOut'),
];
