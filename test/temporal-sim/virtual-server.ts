import type { Client } from '@temporalio/client';
import { ActivityQueue } from './activity-queue.js';
import { codes, GrpcError } from './grpc-errors.js';
import type { ActivationOutcome, ServerInternals } from './internals.js';
import { Namespace } from './namespace.js';
import type { RunUntil, SimOptions } from './options.js';
import type { Command } from './protocol.js';
import { seededRandom } from './random.js';
import { VirtualClock } from './virtual-clock.js';
import { VirtualWorker } from './virtual-worker.js';
import type { WorkflowRun } from './workflow-run.js';
import type { WorkflowSandbox } from './workflow-sandbox.js';
import { type ServiceBackend, virtualClient } from './workflow-service.js';

/** More activations of a run within one virtual second are a loop that fills its history. */
const hotLoop = 60;
const day = 24 * 60 * 60 * 1000;

/**
 * The server and its workers: distributes tasks, breaks workers and connections, and moves the virtual clock. Time
 * jumps to the next scheduled event once all code that runs has become idle.
 */
export class VirtualServer {
  readonly clock: VirtualClock;
  readonly random: () => number;
  readonly namespace: Namespace;
  /** The test's own client. */
  readonly client: Client;
  readonly workers: VirtualWorker[] = [];
  activations = 0;
  protected readonly server: ServerInternals;
  private readonly backend: ServiceBackend;
  private readonly waiting: ((worker: VirtualWorker) => Promise<void>)[] = [];
  private readonly queue: ActivityQueue;
  private outageUntil = 0;
  private error: Error | null = null;
  private running = false;

  constructor(
    sandbox: WorkflowSandbox,
    private readonly options: SimOptions,
  ) {
    const seed = options.seed ?? 1;
    this.clock = new VirtualClock(options.startAt ?? Date.UTC(2026, 0, 1));
    this.random = seededRandom(seed);
    this.queue = new ActivityQueue(this.clock, this.workers, this.random);
    this.server = {
      clock: this.clock,
      taskQueue: options.taskQueue ?? 'modelarts-ops',
      settings: {
        suggestContinueAsNewAfter: options.suggestContinueAsNewAfter ?? 4096,
        stickyTimeoutMs: options.stickyTimeoutMs ?? 1000,
        taskTimeoutMs: options.taskTimeoutMs ?? 10_000,
        waitActivities: options.waitActivities ?? [],
        autoHeartbeatMs: options.autoHeartbeatMs === undefined ? 2000 : options.autoHeartbeatMs,
        latency: options.latency ?? (() => 0),
        reportDelay: options.reportDelay ?? (() => 0),
        carryOver: options.carryOver ?? ((args) => args),
      },
      withWorker: (preferred, task) => this.withWorker(preferred, task),
      withSlot: (taskQueue, task) => this.queue.add(taskQueue, task),
      slotFreed: (taskQueue) => this.queue.freed(taskQueue),
      createInstance: (instance) => sandbox.create(instance),
      activated: (run, commands) => this.activated(run, commands),
      kill: (worker) => this.killWorker(worker),
      continueAsNew: (run, next) => this.namespace.follow(run, next),
      fail: (error) => {
        this.error ??= error;
      },
      trace: (line) => options.trace?.(`${new Date(this.clock.now).toISOString().slice(5, 23)} ${line()}`),
    };
    this.namespace = new Namespace(this.server, seed);
    this.backend = {
      namespace: this.namespace,
      taskQueue: this.server.taskQueue,
      call: (worker, method, action) => this.call(worker, method, action),
      queryWorker: () => this.queryWorker(),
    };
    this.client = this.clientFor(null);
    this.startWorker();
  }

  now(): number {
    return this.clock.now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.clock.sleep(ms, signal);
  }

  private clientFor(worker: VirtualWorker | null): Client {
    return virtualClient(
      this.backend,
      worker,
      (ms) => this.clock.sleep(ms),
      () => this.clock.now,
    );
  }

  /** Starts one more worker process. */
  startWorker(): VirtualWorker {
    const { workers, interceptors = [], slots } = this.options;
    const random = seededRandom(Math.floor(this.random() * 0xffffffff));
    const worker = new VirtualWorker(
      this.server,
      this.workers.length + 1,
      workers,
      (own) => this.clientFor(own),
      random,
      interceptors,
      slots,
    );
    this.workers.push(worker);
    if (this.outageUntil > this.clock.now) worker.cutOff(this.outageUntil - this.clock.now);
    this.handOut();
    return worker;
  }

  /** A SIGKILL: its activities report nothing more, and its cached runs are replayed on other workers. */
  killWorker(worker = this.workers.findLast(({ alive }) => alive)): void {
    if (worker === undefined || !worker.alive) return;
    this.server.trace(() => `worker ${worker.number} dies`);
    worker.die();
    this.replace();
  }

  /** A SIGTERM: its waits end early, and what still runs after `graceMs` is killed. */
  stopWorker(worker = this.workers.findLast(({ accepting }) => accepting), graceMs = 15_000): void {
    if (worker === undefined || !worker.accepting) return;
    worker.drain();
    this.clock.schedule(this.clock.now + graceMs, () => worker.die());
    this.replace();
  }

  /** Disconnects every worker, or one, from the server for a while. `frozen` workers also stop running. */
  cutOff(ms: number, { frozen = false, worker }: { frozen?: boolean; worker?: VirtualWorker } = {}): void {
    if (worker === undefined) this.outageUntil = Math.max(this.outageUntil, this.clock.now + ms);
    for (const one of worker === undefined ? this.workers : [worker]) one.cutOff(ms, frozen);
    this.clock.schedule(this.clock.now + ms, () => this.handOut());
  }

  /** Distributes the waiting tasks again. */
  private handOut(): void {
    for (const task of this.waiting.splice(0)) this.clock.schedule(this.clock.now, () => this.withWorker(null, task));
    this.queue.handOutAll();
  }

  private replace(): void {
    const { restartMs = 1000 } = this.options;
    if (restartMs !== null) this.clock.schedule(this.clock.now + restartMs, () => void this.startWorker());
  }

  private async withWorker(
    preferred: VirtualWorker | null,
    task: (worker: VirtualWorker) => Promise<void>,
  ): Promise<void> {
    if (preferred?.accepting === true) return await task(preferred);
    const free = this.workers.filter(({ accepting }) => accepting);
    const worker = free.length < 2 ? free[0] : free[Math.floor(this.random() * free.length)];
    if (worker !== undefined) return await task(worker);
    this.waiting.push(task);
  }

  private queryWorker(): VirtualWorker {
    return this.workers.findLast(({ accepting }) => accepting) ?? this.startWorker();
  }

  private activated(run: WorkflowRun, commands: readonly Command[]): ActivationOutcome {
    this.activations += 1;
    const recent = run.cached.history.at(-hotLoop);
    if (recent !== undefined && this.clock.now - recent.at < 1000) {
      this.server.fail(
        new Error(`${run.workflowId} was activated ${hotLoop} times within a virtual second: a hot loop`),
      );
    }
    return this.options.onActivation?.(this.activations, run, commands) ?? 'reported';
  }

  private call<T>(worker: VirtualWorker | null, method: string, action: () => T | Promise<T>): Promise<T> {
    const answer = new Promise<T>((resolve, reject) => {
      const act = async () => {
        try {
          this.options.onServerCall?.(method, worker);
          if (worker?.isCut === true) throw new GrpcError(codes.unavailable, 'the server cannot be reached');
          resolve(await action());
        } catch (error) {
          reject(error);
        }
      };
      if (this.running) this.clock.schedule(this.clock.now, act);
      else void act();
    });
    return worker === null ? answer : worker.guard(answer);
  }

  /** Runs events until `until` holds, none is left, or the time is over. */
  async run({ until = () => false, maxTime, maxEvents = 200_000 }: RunUntil = {}): Promise<void> {
    const end = this.clock.now + (maxTime ?? 30 * day);
    this.running = true;
    try {
      for (let events = 0; ; events += 1) {
        await this.clock.waitUntilIdle();
        if (this.error !== null) throw this.error;
        if (until()) return;
        const entry = this.clock.peek();
        if (entry === undefined && maxTime === undefined) return;
        if (entry === undefined || entry.at > end) break;
        if (events > maxEvents) throw new Error(`More than ${maxEvents} events: no end in sight.`);
        this.clock.take();
        this.clock.now = entry.at;
        await entry.act();
      }
      this.clock.now = end;
    } finally {
      this.running = false;
    }
  }

  /** Runs until a promise of the test, such as a client call, is settled. */
  async during<T>(promise: Promise<T>, limits: Omit<RunUntil, 'until'> = {}): Promise<T> {
    let settled = false;
    const done = () => {
      settled = true;
    };
    promise.then(done, done);
    await this.run({ ...limits, until: () => settled });
    if (!settled) throw new Error('The promise did not settle in time.');
    return await promise;
  }
}
