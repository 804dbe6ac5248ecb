import { setMaxListeners } from 'node:events';
import type { Client } from '@temporalio/client';
import { ActivityCancellationDetails, CancelledFailure, type Logger } from '@temporalio/common';
import { defaultActivityInfo, MockActivityEnvironment } from '@temporalio/testing';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Report } from './activity-task.js';
import type { Attempt } from './attempt.js';
import type { Kernel } from './kernel.js';
import { failureOf, payload, valuesOf } from './protocol.js';

/** Activities by name, as `createActivities(deps)` makes them. */
export type ActivityTable = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

/** What a worker process has of the world; everything in it dies with the worker. */
export interface WorkerRuntime {
  readonly now: () => number;
  /** Virtual time; never resolves again once the worker is dead. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly client: Client;
  /** Aborted when the worker is told to stop. */
  readonly shutdown: AbortSignal;
  readonly worker: VirtualWorker;
}

/** Builds what one worker process runs; called anew for every worker, as its caches and watchers die with it. */
export type WorkerFactory = (runtime: WorkerRuntime) => ActivityTable;

const silent = () => undefined;
const noLogger: Logger = { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent };

/** One worker process: runs activities, and holds the cached instances of runs until it dies. */
export class VirtualWorker {
  alive = true;
  /** False from the moment it is told to stop. */
  accepting = true;
  readonly running = new Set<Attempt>();
  private readonly stop = new AbortController();
  private readonly activities: ActivityTable;
  private readonly client: Client;

  constructor(
    private readonly kernel: Kernel,
    readonly number: number,
    factory: WorkerFactory,
    client: (worker: VirtualWorker) => Client,
    random: () => number,
    private readonly interceptors: readonly ActivityInterceptorsFactory[],
  ) {
    // As the worker process does: every wait listens to it.
    setMaxListeners(0, this.stop.signal);
    this.client = client(this);
    this.activities = factory({
      now: () => kernel.agenda.now,
      sleep: (ms, signal) => this.guard(kernel.agenda.sleep(ms, signal)),
      random,
      client: this.client,
      shutdown: this.stop.signal,
      worker: this,
    });
  }

  /** A promise of the outside world as this worker sees it: after its death it never settles. */
  guard<T>(outside: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      outside.then(
        (value) => (this.alive ? resolve(value) : undefined),
        (error: unknown) => (this.alive ? reject(error) : undefined),
      );
    });
  }

  execute(attempt: Attempt): void {
    const { task } = attempt;
    const activity = this.activities[task.type] as ((...args: unknown[]) => Promise<unknown>) | undefined;
    if (activity === undefined) {
      this.kernel.fail(
        new Error(`No activity ${task.type} is registered; the worker has ${Object.keys(this.activities).join(', ')}`),
      );
      return;
    }
    this.kernel.trace(
      () => `${task.owner.workflowId} ${task.type} starts (try ${attempt.number}, worker ${this.number})`,
    );
    const context = new MockActivityEnvironment(this.infoOf(attempt), {
      client: this.client,
      logger: noLogger,
      interceptors: [...this.interceptors],
    });
    let called: boolean = false;
    context.on('heartbeat', (details: unknown) => attempt.beat(details));
    attempt.interrupt = (reason) => {
      called = true;
      this.kernel.agenda.stirs += 1;
      const details = {
        CANCELLED: { cancelRequested: true },
        NOT_FOUND: { notFound: true },
        TIMED_OUT: { timedOut: true },
        WORKER_SHUTDOWN: { workerShutdown: true },
      };
      context.cancel(reason, new ActivityCancellationDetails(details[reason]));
    };
    this.running.add(attempt);
    const report = (answer: Report) => {
      if (!this.alive) return;
      this.running.delete(attempt);
      attempt.ended();
      this.kernel.agenda.schedule(this.kernel.agenda.now, () => {
        this.kernel.trace(() => `${task.owner.workflowId} ${task.type} ends: ${describe(answer)}`);
        task.report(attempt, answer);
      });
    };
    context.run(activity, ...valuesOf(task.command.arguments)).then(
      (value) => report({ completed: payload(value) }),
      (error: unknown) => report(called && isCancel(error) ? { cancelled: true } : { failed: failureOf(error) }),
    );
  }

  /** A SIGTERM: takes nothing more, and tells its waits to hand over. */
  drain(): void {
    this.accepting = false;
    this.stop.abort(new Error('the worker is stopping'));
  }

  /** A SIGKILL: nothing that runs in it is heard of again. */
  die(): void {
    if (!this.alive) return;
    this.alive = false;
    this.accepting = false;
    for (const attempt of this.running) attempt.lost();
    this.running.clear();
  }

  private infoOf(attempt: Attempt): NonNullable<ConstructorParameters<typeof MockActivityEnvironment>[0]> {
    const { task } = attempt;
    const { owner, command } = task;
    const [heartbeatDetails] = valuesOf(task.heartbeatDetails);
    const heartbeat = task.heartbeatMs === null ? {} : { heartbeatTimeoutMs: task.heartbeatMs };
    return {
      ...defaultActivityInfo,
      attempt: attempt.number,
      activityId: command.activityId ?? String(command.seq),
      activityType: task.type,
      taskQueue: this.kernel.taskQueue,
      workflowType: owner.workflowType,
      workflowExecution: { workflowId: owner.workflowId, runId: owner.runId },
      heartbeatDetails,
      ...heartbeat,
      startToCloseTimeoutMs: task.startToCloseMs ?? 0,
      scheduleToCloseTimeoutMs: task.scheduleToCloseMs ?? 0,
      scheduledTimestampMs: task.scheduledAt,
      currentAttemptScheduledTimestampMs: attempt.startedAt,
    };
  }
}

function isCancel(error: unknown): boolean {
  return error instanceof CancelledFailure || (error instanceof Error && error.name === 'AbortError');
}

function describe(report: Report): string {
  if ('completed' in report) return 'completed';
  if ('cancelled' in report) return 'cancelled';
  return `failed: ${report.failed.applicationFailureInfo?.type ?? ''} ${report.failed.message}`;
}
