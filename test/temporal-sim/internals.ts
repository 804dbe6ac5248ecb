import type { Payload } from '@temporalio/common';
import type { Command } from './protocol.js';
import type { VirtualClock } from './virtual-clock.js';
import type { VirtualWorker } from './virtual-worker.js';
import type { WorkflowRun } from './workflow-run.js';
import type { InstanceOptions, WorkflowInstance } from './workflow-sandbox.js';

/** Whether the worker that handled an activation reports it, or crashes before or after the report. */
export type ActivationOutcome = 'reported' | 'crashBeforeReport' | 'crashAfterReport';

/** Server settings. The defaults are those of a tuned real server, without latency. */
export interface ServerSettings {
  /** The number of history events from which on continue-as-new is suggested. @defaultValue 4096 */
  readonly suggestContinueAsNewAfter: number;
  /** How long a workflow task waits for the worker that has the run in its cache. @defaultValue 1 s */
  readonly stickyTimeoutMs: number;
  readonly taskTimeoutMs: number;
  /** The activities that a worker registers on other task queues than its own. @defaultValue none */
  readonly waitActivities: readonly string[];
  /**
   * The first automatic heartbeat, as the worker's interceptor sends it. Null: activities heartbeat only on their own.
   */
  readonly autoHeartbeatMs: number | null;
  /** How long the result of an activity takes to reach the server. After 10 s it is lost. @defaultValue none */
  readonly reportDelay: (activityType: string) => number;
  /** Changes the arguments of continue-as-new, to test the tests. @defaultValue the same */
  readonly carryOver: (args: Payload[]) => Payload[];
  /** How long a task takes to reach a worker. @defaultValue none */
  readonly latency: (task: 'workflow' | 'activity') => number;
}

/** What the parts of the server share. */
export interface ServerInternals {
  readonly clock: VirtualClock;
  readonly settings: ServerSettings;
  readonly taskQueue: string;
  /** Gives the task to a worker as soon as one accepts tasks, preferably to `preferred`. */
  withWorker(preferred: VirtualWorker | null, task: (worker: VirtualWorker) => Promise<void>): Promise<void>;
  /** Gives an activity to a worker as soon as one has a free slot for its task queue. */
  withSlot(taskQueue: string, task: (worker: VirtualWorker) => void): void;
  /** The code of an activity has returned: its slot is free for the next one. */
  slotFreed(taskQueue: string): void;
  createInstance(options: InstanceOptions): Promise<WorkflowInstance>;
  /** Counts a live activation and returns whether its worker crashes. */
  activated(run: WorkflowRun, commands: readonly Command[]): ActivationOutcome;
  kill(worker: VirtualWorker): void;
  continueAsNew(run: WorkflowRun, next: NextRun): WorkflowRun;
  /** Fails the test with this error. */
  fail(error: Error): void;
  trace(line: () => string): void;
}

export interface NextRun {
  readonly workflowType: string;
  readonly args: readonly Payload[];
  readonly searchAttributes: Readonly<Record<string, Payload>>;
  readonly memo: Readonly<Record<string, Payload>>;
}

/** A promise that is resolved or rejected from outside. */
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
