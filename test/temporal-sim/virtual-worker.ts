import { setMaxListeners } from 'node:events';
import type { Client } from '@temporalio/client';
import { ActivityCancellationDetails, CancelledFailure, type Logger } from '@temporalio/common';
import { defaultActivityInfo, MockActivityEnvironment } from '@temporalio/testing';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { ActivityAttempt } from './activity-attempt.js';
import type { Report } from './activity-task.js';
import type { ServerInternals } from './internals.js';
import { failureOf, payload, valuesOf } from './protocol.js';

/** Activities by name. */
export type ActivityTable = Readonly<Record<string, (...args: never[]) => Promise<unknown>>>;

/** What the code of a worker process may use. All of it stops when the worker dies. */
export interface WorkerRuntime {
  readonly now: () => number;
  /** Sleeps in virtual time. Never resolves once the worker is dead. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly client: Client;
  /** Aborted when the worker starts to shut down. */
  readonly shutdown: AbortSignal;
  readonly worker: VirtualWorker;
}

/** Creates the activities of one worker process. Called for every worker, because caches and watchers die with it. */
export type WorkerFactory = (runtime: WorkerRuntime) => ActivityTable;

/** How many activities of each task queue a worker runs at once. */
export interface Slots {
  readonly calls: number;
  readonly waits: number;
}

const endlessSlots: Slots = { calls: Number.POSITIVE_INFINITY, waits: Number.POSITIVE_INFINITY };

/** How long a worker tries to report a result. */
const reportPatienceMs = 10_000;
const silent = () => undefined;
const noLogger: Logger = { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent };

/** One worker process: runs activities and caches instances of runs until it dies. */
export class VirtualWorker {
  alive = true;
  /** Disconnected from the server until this moment. */
  private cutUntil = 0;
  /** Suspended until this moment, like a process on a paused virtual machine. */
  private frozenUntil = 0;
  private stopping = false;
  readonly running = new Set<ActivityAttempt>();
  private readonly stop = new AbortController();
  private readonly activities: ActivityTable;
  private readonly client: Client;

  constructor(
    private readonly server: ServerInternals,
    readonly number: number,
    factory: WorkerFactory,
    client: (worker: VirtualWorker) => Client,
    random: () => number,
    private readonly interceptors: readonly ActivityInterceptorsFactory[],
    private readonly slots: Slots = endlessSlots,
  ) {
    // Every wait listens to this signal, as in the real worker process.
    setMaxListeners(0, this.stop.signal);
    this.client = client(this);
    this.activities = factory({
      now: () => server.clock.now,
      sleep: (ms, signal) => this.guard(server.clock.sleep(ms, signal)),
      random,
      client: this.client,
      shutdown: this.stop.signal,
      worker: this,
    });
  }

  get isCut(): boolean {
    return this.server.clock.now < this.cutUntil;
  }

  get isFrozen(): boolean {
    return this.alive && this.server.clock.now < this.frozenUntil;
  }

  /** Whether it takes tasks: it is alive, connected and not shutting down. */
  get accepting(): boolean {
    return this.alive && !this.stopping && !this.isCut;
  }

  /** A promise as this worker sees it: it never settles after the worker's death, and later if the worker is frozen. */
  guard<T>(outside: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const hear = (act: () => void) => {
        const { clock } = this.server;
        if (!this.alive) return;
        if (this.isFrozen) clock.schedule(this.frozenUntil, () => hear(act));
        else act();
      };
      outside.then(
        (value) => hear(() => resolve(value)),
        (error: unknown) => hear(() => reject(error)),
      );
    });
  }

  /** Resolves when the worker is not frozen. */
  async moving(): Promise<void> {
    const { clock } = this.server;
    if (this.isFrozen) await this.guard(clock.sleep(this.frozenUntil - clock.now));
  }

  /**
   * Disconnects the worker for a while. Its code continues: heartbeats are missed, results arrive late
   * or never, and the server may retry the work elsewhere. A `frozen` worker does not run meanwhile.
   */
  cutOff(ms: number, frozen = false): void {
    if (!this.alive) return;
    const { clock } = this.server;
    this.server.trace(() => `worker ${this.number} is ${frozen ? 'frozen' : 'cut off'} for ${ms} ms`);
    this.cutUntil = Math.max(this.cutUntil, clock.now + ms);
    if (frozen) this.frozenUntil = Math.max(this.frozenUntil, clock.now + ms);
    for (const attempt of this.running) attempt.lost();
    clock.schedule(this.cutUntil, () => {
      if (!this.alive || this.isCut) return;
      for (const attempt of this.running) attempt.found();
    });
  }

  /** Whether it has a free slot for an activity of this task queue. */
  hasSlot(taskQueue: string): boolean {
    const { calls, waits } = this.slots;
    const limit = taskQueue === this.server.taskQueue ? calls : waits;
    if (limit === Number.POSITIVE_INFINITY) return true;
    return [...this.running].filter(({ task }) => task.taskQueue === taskQueue).length < limit;
  }

  execute(attempt: ActivityAttempt): void {
    const { task } = attempt;
    const activity = this.activities[task.type] as ((...args: unknown[]) => Promise<unknown>) | undefined;
    if (task.taskQueue !== this.server.taskQueue && !this.server.settings.waitActivities.includes(task.type)) {
      this.server.fail(new Error(`${task.type} is not registered on ${task.taskQueue}`));
      return;
    }
    if (activity === undefined) {
      this.server.fail(
        new Error(`No activity ${task.type} is registered; the worker has ${Object.keys(this.activities).join(', ')}`),
      );
      return;
    }
    this.server.trace(
      () => `${task.owner.workflowId} ${task.type} starts (attempt ${attempt.number}, worker ${this.number})`,
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
      this.server.clock.activityCount += 1;
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
      this.server.slotFreed(task.taskQueue);
      const { clock } = this.server;
      const delay = this.isCut ? this.cutUntil - clock.now : this.server.settings.reportDelay(task.type);
      if (delay > 0) attempt.lost();
      if (delay > reportPatienceMs) {
        this.server.trace(() => `${task.owner.workflowId} ${task.type} ends, and its result is lost`);
        return;
      }
      clock.schedule(clock.now + delay, () => {
        this.server.trace(() => `${task.owner.workflowId} ${task.type} ends: ${describe(answer)}`);
        task.report(attempt, answer);
      });
    };
    context.run(activity, ...valuesOf(task.command.arguments)).then(
      (value) => report({ completed: payload(value) }),
      (error: unknown) => report(called && isCancel(error) ? { cancelled: true } : { failed: failureOf(error) }),
    );
  }

  /** A SIGTERM: takes no more tasks, and ends its waits early. */
  drain(): void {
    this.stopping = true;
    this.stop.abort(new Error('the worker is stopping'));
  }

  /** A SIGKILL: nothing that runs in it reports again. */
  die(): void {
    if (!this.alive) return;
    this.alive = false;
    for (const attempt of this.running) attempt.lost();
    this.running.clear();
  }

  private infoOf(attempt: ActivityAttempt): NonNullable<ConstructorParameters<typeof MockActivityEnvironment>[0]> {
    const { task } = attempt;
    const { owner, command } = task;
    const [heartbeatDetails] = valuesOf(task.heartbeatDetails);
    const heartbeat = task.heartbeatMs === null ? {} : { heartbeatTimeoutMs: task.heartbeatMs };
    return {
      ...defaultActivityInfo,
      attempt: attempt.number,
      activityId: command.activityId ?? String(command.seq),
      activityType: task.type,
      taskQueue: task.taskQueue,
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
