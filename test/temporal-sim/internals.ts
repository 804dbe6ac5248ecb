import type { Payload } from '@temporalio/common';
import type { Command } from './protocol.js';
import type { VirtualClock } from './virtual-clock.js';
import type { VirtualWorker } from './virtual-worker.js';
import type { WorkflowRun } from './workflow-run.js';
import type { InstanceOptions, WorkflowInstance } from './workflow-sandbox.js';

/** What becomes of the worker that has just handled an activation. */
export type Fate = 'lives' | 'diesBeforeReport' | 'diesAfterReport';

/** Settings of the world's server; the defaults are those of a tuned real one, without latency. */
export interface ServerSettings {
  /** From how many history events on a run is told to continue as new. @defaultValue 4096 */
  readonly suggestContinueAsNewAfter: number;
  /** How long a task waits for the worker that had the run in its cache. @defaultValue 1 s */
  readonly stickyTimeoutMs: number;
  readonly taskTimeoutMs: number;
  /** Activities heartbeat by themselves this often, as the worker's interceptor makes them; null when they do not. */
  readonly autoHeartbeatMs: number | null;
  /** Time that a result spends on its way to the server; beyond the worker's patience it is lost. @defaultValue none */
  readonly reportDelay: (activityType: string) => number;
  /** A planted mistake: changes what a run hands to the one that continues it. @defaultValue the same */
  readonly carryOver: (args: Payload[]) => Payload[];
  /** Time that a task spends on its way to a worker. @defaultValue none */
  readonly latency: (task: 'workflow' | 'activity') => number;
}

/** What the parts of the world share. */
export interface ServerInternals {
  readonly clock: VirtualClock;
  readonly settings: ServerSettings;
  readonly taskQueue: string;
  /** Hands the task to a worker as soon as there is one; `preferred` is taken while it takes tasks. */
  withWorker(preferred: VirtualWorker | null, task: (worker: VirtualWorker) => Promise<void>): Promise<void>;
  /** Hands an activity to a worker as soon as one has a free slot for its task queue. */
  withSlot(taskQueue: string, task: (worker: VirtualWorker) => void): void;
  /** The code of an activity has returned: its slot takes the next one of the queue. */
  slotFreed(taskQueue: string): void;
  createInstance(options: InstanceOptions): Promise<WorkflowInstance>;
  /** Counts a live activation and asks what becomes of its worker. */
  activated(run: WorkflowRun, commands: readonly Command[]): Fate;
  kill(worker: VirtualWorker): void;
  continueAsNew(run: WorkflowRun, next: NextRun): WorkflowRun;
  /** Ends the world's run with this error: the test must fail. */
  fail(error: Error): void;
  trace(line: () => string): void;
}

export interface NextRun {
  readonly workflowType: string;
  readonly args: readonly Payload[];
  readonly searchAttributes: Readonly<Record<string, Payload>>;
  readonly memo: Readonly<Record<string, Payload>>;
}

/** A promise that is settled from outside. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

export function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}
