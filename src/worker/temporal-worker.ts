import {
  type ActivityInterceptorsFactory,
  type DataConverter,
  GracefulShutdownPeriodExpiredError,
  type NativeConnection,
  Worker,
  type WorkerOptions,
  type WorkflowBundleOption,
} from '@temporalio/worker';
import type { Logger } from './logging.js';

/** After SIGTERM the process has 30 s: activities are cancelled after the grace, and abandoned before the end. */
const shutdownGraceTime = '15 s';
const shutdownForceTime = '25 s';
/** How long an idle workflow of a killed worker stays unanswered: the default of 10 s is too long for people. */
const stickyQueueScheduleToStartTimeout = '1 s';

export interface StartOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly taskQueue: string;
  readonly activities: object;
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
  /** Ends the worker gracefully; the second call waits for the same end. */
  readonly stop: () => Promise<void>;
  /** Settles when the worker has ended; rejects when it ended by itself. */
  readonly ended: Promise<void>;
}

/** All versions of the worker are one deployment; `temporal worker deployment set-current-version` says which takes new runs. */
const deploymentName = 'modelarts-ops';

function versioning(buildId: string | null): Pick<WorkerOptions, 'workerDeploymentOptions'> {
  if (buildId === null) return {};
  const version = { deploymentName, buildId };
  return { workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' } };
}

/** Starts a Temporal worker that knows nothing of ModelArts; the connection stays the caller's. */
export async function startWorker(options: StartOptions): Promise<RunningWorker> {
  const { activityInterceptors = [], dataConverter, logger, onStop } = options;
  const worker = await Worker.create({
    connection: options.connection,
    namespace: options.namespace,
    taskQueue: options.taskQueue,
    activities: options.activities,
    workflowBundle: options.workflowBundle,
    maxCachedWorkflows: options.maxCachedWorkflows,
    ...versioning(options.buildId ?? null),
    interceptors: { activity: [...activityInterceptors] },
    ...(dataConverter === undefined ? {} : { dataConverter }),
    stickyQueueScheduleToStartTimeout,
    shutdownGraceTime,
    shutdownForceTime,
  });
  const ended = worker.run().catch((error: unknown) => {
    if (!(error instanceof GracefulShutdownPeriodExpiredError)) throw error;
    logger.warn('some work did not end within the grace period; another worker takes it over');
  });
  // A caller that only stops the worker must not be hit by an unhandled rejection.
  ended.catch(() => {});
  const stop = async () => {
    if (worker.getState() === 'RUNNING') {
      onStop?.();
      worker.shutdown();
    }
    await ended;
  };
  return { stop, ended };
}
