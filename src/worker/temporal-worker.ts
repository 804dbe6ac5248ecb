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
import type { WorkerSize } from './size.js';

/** A process has 30 s after SIGTERM. Activities are cancelled after this time. */
const shutdownGraceTime = 15_000;
/** When to abandon a worker that has not stopped. The SDK's own limit is a second earlier. */
const forceMs = 25_000;
const shutdownForceTime = forceMs - 1_000;

/** Concurrent activities on each task queue. */
export interface Slots {
  readonly calls: number;
  readonly waits: number;
}

export interface StartOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Task queue of workflows and calls. Waits have a second one. */
  readonly taskQueue: string;
  readonly slots: Slots;
  readonly activities: object;
  /** Names of the activities on the waits queue. */
  readonly waitActivities: readonly string[];
  readonly activityInterceptors?: readonly ActivityInterceptorsFactory[];
  readonly workflowBundle: WorkflowBundleOption;
  readonly size: WorkerSize;
  /** Pins runs to this version. Without it, every worker takes every run. */
  readonly buildId?: string | null;
  readonly dataConverter?: DataConverter;
  readonly logger: Logger;
  /** Called before the worker shuts down, so that waits hand over while it can still report them. */
  readonly onStop?: () => void;
}

export interface RunningWorker {
  /** The name by which Temporal lists the pollers of this process. */
  readonly identity: string;
  /** Stops the worker gracefully, and abandons it if it does not stop in time. */
  readonly stop: () => Promise<void>;
  /** Resolves when the worker has stopped or is abandoned. Rejects when it ends by itself. */
  readonly ended: Promise<void>;
}

/**
 * The deployment of all versions. `temporal worker deployment set-current-version` selects the version for new runs.
 */
const deploymentName = 'modelarts-ops';

function versioning(buildId: string | null): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (buildId === null) return {};
  const version = { deploymentName, buildId };
  return { workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' } };
}

/**
 * Starts two Temporal workers: one for workflows and calls, and one for waits, so that no wait takes a slot that a
 * create needs. Both have the same version, because the activities of a pinned run only go to pollers of its version on
 * every queue. The caller closes the connection.
 */
export async function startWorker(options: StartOptions): Promise<RunningWorker> {
  const { activityInterceptors = [], dataConverter, logger, onStop, size, slots, taskQueue } = options;
  const shared = {
    connection: options.connection,
    namespace: options.namespace,
    ...versioning(options.buildId ?? null),
    interceptors: { activity: [...activityInterceptors] },
    ...(dataConverter === undefined ? {} : { dataConverter }),
    shutdownGraceTime,
    shutdownForceTime,
  };
  // The calls queue takes waits too, because earlier versions scheduled them there.
  const calls = await Worker.create({
    ...shared,
    taskQueue,
    activities: options.activities,
    maxConcurrentActivityTaskExecutions: slots.calls,
    workflowBundle: options.workflowBundle,
    workflowThreadPoolSize: size.workflowThreads,
    maxConcurrentWorkflowTaskExecutions: size.workflowSlots,
    maxConcurrentWorkflowTaskPolls: size.workflowPollers,
    maxCachedWorkflows: size.cachedWorkflows,
    stickyQueueScheduleToStartTimeout: size.stickyTimeoutMs,
  });
  const isWait = ([name]: [string, unknown]) => options.waitActivities.includes(name);
  const waits = await Worker.create({
    ...shared,
    taskQueue: waitQueueOf(taskQueue),
    activities: Object.fromEntries(Object.entries(options.activities).filter(isWait)),
    maxConcurrentActivityTaskExecutions: slots.waits,
  });
  return { ...runTogether([calls, waits], logger, onStop), identity: calls.options.identity };
}

type Runnable = Pick<Worker, 'run' | 'shutdown' | 'getState'>;
type Running = Omit<RunningWorker, 'identity'>;

/**
 * Runs workers as one. They stop together, even when one ends by itself, and are abandoned if they do not stop in time.
 */
export function runTogether(
  workers: readonly Runnable[],
  logger: Pick<Logger, 'debug' | 'warn'>,
  onStop: (() => void) | undefined,
  limitMs = forceMs,
): Running {
  let isStopping = false;
  let abandon: () => void = () => {};
  const abandoned = new Promise<void>((resolve) => {
    abandon = resolve;
  });
  const shutDown = () => {
    if (isStopping) return;
    isStopping = true;
    onStop?.();
    // The timer keeps the process alive until the end is reported.
    const timer = setTimeout(abandon, limitMs);
    void Promise.allSettled(running).then(() => clearTimeout(timer));
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  let cause: { readonly error: unknown } | null = null;
  const running = workers.map((worker) =>
    worker.run().catch((error: unknown) => {
      // An error during a stop is a consequence of the stop. Another worker takes over the work.
      if (!isStopping) cause ??= { error };
      else logger.debug({ reason: String(error) }, 'the worker did not stop cleanly');
      shutDown();
      return 'failed' as const;
    }),
  );
  const end = async () => {
    const outcomes = await Promise.race([Promise.all(running), abandoned]);
    if (cause !== null) throw cause.error;
    if (outcomes === undefined || outcomes.includes('failed')) {
      logger.warn('some work did not end in time and is abandoned. Another worker takes it over.');
    }
  };
  const ended = end();
  // Prevents an unhandled rejection for a caller that only calls `stop`.
  ended.catch(() => {});
  const stop = async () => {
    shutDown();
    await ended;
  };
  return { stop, ended };
}
