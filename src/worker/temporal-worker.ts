import {
  type ActivityInterceptorsFactory,
  type DataConverter,
  type NativeConnection,
  Worker,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import { waitQueueOf } from '../contract/ids.js';
import type { Logger } from './logging.js';

/** After SIGTERM the process has 30 s: activities are cancelled after the grace, and abandoned before the end. */
const shutdownGraceTime = 15_000;
/** When a worker that has not stopped is given up; the SDK's own limit comes just before. */
const forceMs = 25_000;
const shutdownForceTime = forceMs - 1_000;
/** How long an idle workflow of a killed worker stays unanswered: the default of 10 s is too long for people. */
const stickyQueueScheduleToStartTimeout = '1 s';

/** How many activities of each queue run at once. */
export interface Slots {
  readonly calls: number;
  readonly waits: number;
}

export interface StartOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Queue of workflows and calls; waits have one of their own beside it. */
  readonly taskQueue: string;
  readonly slots: Slots;
  readonly activities: object;
  /** Names of the activities that run on the queue of waits. */
  readonly waitActivities: readonly string[];
  readonly activityInterceptors?: readonly ActivityInterceptorsFactory[];
  readonly workflowBundle: WorkflowBundleOption;
  readonly maxCachedWorkflows: number;
  /** With one, runs are pinned to this version; without, every worker takes every run. */
  readonly buildId?: string | null;
  readonly dataConverter?: DataConverter;
  readonly logger: Logger;
  /** Called first when the worker is told to stop: waits hand over while the worker still answers for them. */
  readonly onStop?: () => void;
}

export interface RunningWorker {
  /** Ends the worker gracefully, or gives it up when it does not end in time; the second call waits for the same end. */
  readonly stop: () => Promise<void>;
  /** Settles when the worker has ended or was given up; rejects when it ended by itself. */
  readonly ended: Promise<void>;
}

/** All versions of the worker are one deployment; `temporal worker deployment set-current-version` says which takes new runs. */
const deploymentName = 'modelarts-ops';

function versioning(buildId: string | null): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (buildId === null) return {};
  const version = { deploymentName, buildId };
  return { workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' } };
}

/**
 * Starts a Temporal worker that knows nothing of ModelArts: one for workflows and calls, and one for waits, so that no wait
 * holds a slot that a create needs. Both are of the same version, because a pinned run's activities go only to pollers of
 * its own version on every queue. The connection stays the caller's.
 */
export async function startWorker(options: StartOptions): Promise<RunningWorker> {
  const { activityInterceptors = [], dataConverter, logger, onStop, slots, taskQueue } = options;
  const shared = {
    connection: options.connection,
    namespace: options.namespace,
    ...versioning(options.buildId ?? null),
    interceptors: { activity: [...activityInterceptors] },
    ...(dataConverter === undefined ? {} : { dataConverter }),
    shutdownGraceTime,
    shutdownForceTime,
  };
  // The queue of calls takes waits too: a run that an earlier version scheduled there goes on.
  const calls = await Worker.create({
    ...shared,
    taskQueue,
    activities: options.activities,
    maxConcurrentActivityTaskExecutions: slots.calls,
    workflowBundle: options.workflowBundle,
    maxCachedWorkflows: options.maxCachedWorkflows,
    stickyQueueScheduleToStartTimeout,
  });
  const isWait = ([name]: [string, unknown]) => options.waitActivities.includes(name);
  const waits = await Worker.create({
    ...shared,
    taskQueue: waitQueueOf(taskQueue),
    activities: Object.fromEntries(Object.entries(options.activities).filter(isWait)),
    maxConcurrentActivityTaskExecutions: slots.waits,
  });
  return runTogether([calls, waits], logger, onStop);
}

type Runnable = Pick<Worker, 'run' | 'shutdown' | 'getState'>;

/** Runs workers as one: they stop together, also when one of them ends by itself, and are given up when they do not. */
export function runTogether(
  workers: readonly Runnable[],
  logger: Pick<Logger, 'debug' | 'warn'>,
  onStop: (() => void) | undefined,
  limitMs = forceMs,
): RunningWorker {
  let isStopping = false;
  let giveUp: () => void = () => {};
  const givenUp = new Promise<void>((resolve) => {
    giveUp = resolve;
  });
  const shutDown = () => {
    if (isStopping) return;
    isStopping = true;
    onStop?.();
    // It keeps the process alive: whoever waits for the end must hear of it.
    const timer = setTimeout(giveUp, limitMs);
    void Promise.allSettled(running).then(() => clearTimeout(timer));
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  let cause: { readonly error: unknown } | null = null;
  const running = workers.map((worker) =>
    worker.run().catch((error: unknown) => {
      // What goes wrong in a stop that takes too long is a consequence of the stop: another worker takes the work over.
      if (!isStopping) cause ??= { error };
      else logger.debug({ reason: String(error) }, 'a worker did not stop by itself');
      shutDown();
      return 'failed' as const;
    }),
  );
  const end = async () => {
    const outcomes = await Promise.race([Promise.all(running), givenUp]);
    if (cause !== null) throw cause.error;
    if (outcomes === undefined || outcomes.includes('failed')) {
      logger.warn('some work did not end within the time for stopping; another worker takes it over');
    }
  };
  const ended = end();
  // A caller that only stops the worker must not be hit by an unhandled rejection.
  ended.catch(() => {});
  const stop = async () => {
    shutDown();
    await ended;
  };
  return { stop, ended };
}
