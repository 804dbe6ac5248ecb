import type { NotebookApi } from '../../src/domain/resource/notebook.js';
import type { Behavior } from '../../src/simulator/behavior.js';
import type { Fault } from '../../src/simulator/faults/fault.js';
import type { SimulatorOptions } from '../../src/simulator/options.js';
import type { TimeForms } from '../../src/simulator/time-forms.js';
import type { Slots } from '../temporal-sim/virtual-worker.js';

/**
 * A job of another user, as `POST /_sim/workloads` takes it, without its pool. It starts only on a pool with a node.
 */
export interface DrawnJob {
  readonly type: string;
  readonly status: string;
  readonly runsForMs?: number;
  readonly visibleAfterMs?: number;
}

/** A job that starts right before the call of this kind with this number. */
export interface JobBeforeCall {
  readonly before: keyof typeof callsOfKind;
  readonly nth: number;
  readonly job: DrawnJob;
}

/** Calls before which a job may start. */
export const callsOfKind = {
  any: /./,
  workloads: /^GET .*\/workloads(\?|$)/,
  removal: /^(DELETE|POST .*\/(action|stop)(\?|$))/,
  poolDelete: /^DELETE .*\/pools\//,
};

/** The jobs on the pool of a scenario, and what may be done about them. */
export interface JobsSeed {
  readonly beforeCalls: readonly JobBeforeCall[];
  readonly behavior: Partial<Behavior>;
  /** What every teardown is started with. */
  readonly teardown: {
    readonly drain?: string;
    readonly withJobs?: boolean;
    readonly by?: string;
    readonly reason?: string;
  };
  /** How long `wait` lasts after an operation. */
  readonly waitMs: number;
}

export const noJobs: JobsSeed = { beforeCalls: [], behavior: {}, teardown: {}, waitMs: 0 };

/** Something that happens to a run while it works, in milliseconds from its start. */
export interface Action {
  readonly at: number;
  readonly what:
    | 'cancel'
    | 'teardown'
    | 'startAgain'
    | 'startOther'
    | 'pause'
    /** At any moment: mostly nothing waits for its next try, and it is refused. */
    | 'tryNow'
    | 'killWorker'
    | 'drainWorker'
    | 'addWorker'
    /** A foreign pool or notebook under our own name, if the name is free at the moment. */
    | 'squatPool'
    | 'squatNotebook'
    /** Another user's notebook on our pool. */
    | 'guest'
    | 'foreign'
    /** The one-part operations of the same name, which may be refused or come first. */
    | 'startPool'
    | 'startNotebook'
    /** Another environment on the same account. */
    | 'neighbour'
    /** Temporal is unreachable for all workers or for one, or one worker is frozen. */
    | 'outage'
    | 'cutWorker'
    | 'freezeWorker'
    /** Another user's job on our pool. */
    | 'job'
    /** From now on everything can be read. */
    | 'readable';
  readonly job?: DrawnJob;
  /** How long a pause or an outage lasts. */
  readonly forMs?: number;
}

/** A cancel, a pause or a `tryNow` at an activation of a workflow, counted from 1 over all its runs. */
export interface Crossing {
  readonly what: 'cancel' | 'pause' | 'tryNow';
  readonly of: 'operation' | 'lease' | 'teardown';
  readonly atActivation: number;
  /** How long a pause lasts. */
  readonly forMs?: number;
}

/** What is done with a name once its operation has ended, one after the other. */
export type After = 'teardown' | 'release' | 'cancelLease' | 'startAgain' | 'stopNotebook' | 'startNotebook' | 'wait';

/** Everything in one chaos run; determined by the seed. */
export interface ChaosSeed {
  readonly seed: number;
  readonly workflowType: 'provisionPoolThenLaunchNotebook' | 'provisionPool' | 'launchNotebook';
  readonly workflowId: string;
  readonly notebookApi: NotebookApi;
  /** Whether the service deletes a running notebook of the current API, which the documentation leaves open. */
  readonly deletesRunning: boolean;
  readonly document: Readonly<Record<string, unknown>>;
  readonly keepsFailed: boolean;
  readonly keepsCancelled: boolean;
  readonly faults: readonly Fault[];
  readonly placed: NonNullable<SimulatorOptions['placed']>;
  /** How responses write times. Calls that read one resource use different forms. */
  readonly timeForms: TimeForms;
  readonly actions: readonly Action[];
  readonly crossings: readonly Crossing[];
  /** Chance that a failed call is retried by `tryNow` in the pause before its next try. */
  readonly retriedNow: number;
  readonly afters: readonly After[];
  readonly jobs: JobsSeed;
  /** Chances that a worker dies, by activation and by API call before and after it, and how often at most. */
  readonly deaths: { readonly activation: number; readonly call: number; readonly most: number };
  /** Chance that the result of an activity is lost, or comes late, on its way to the server. */
  readonly lostReports: number;
  readonly restartMs: number;
  readonly latencyMs: number;
  readonly suggestContinueAsNewAfter: number;
  /** Null: as many as are wanted. */
  readonly slots: Slots | null;
  /** The decision for a failed step that asks. After three retries it is rolled back. */
  readonly operator: 'retry' | 'rollback' | 'abandon' | 'skip' | 'silent';
  readonly approver: 'approve' | 'reject' | 'silent';
}
