import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { ActivationOutcome, ServerSettings } from './internals.js';
import type { Command } from './protocol.js';
import type { Slots, VirtualWorker, WorkerFactory } from './virtual-worker.js';
import type { BundleSource } from './workflow-bundle.js';
import type { WorkflowRun } from './workflow-run.js';

/** How to create a `TemporalSim`. */
export interface SimOptions extends Partial<ServerSettings> {
  readonly workers: WorkerFactory;
  /** @defaultValue 1 */
  readonly seed?: number;
  /** Virtual start, epoch milliseconds. @defaultValue 2026-01-01T00:00:00Z */
  readonly startAt?: number;
  readonly taskQueue?: string;
  /** The workflows. */
  readonly bundle: BundleSource;
  readonly interceptors?: readonly ActivityInterceptorsFactory[];
  /** How many activities each worker runs at once. @defaultValue without a limit */
  readonly slots?: Slots;
  /** Called after the k-th activation (from 1) of any run. Decides whether the worker crashes. */
  readonly onActivation?: (activation: number, run: WorkflowRun, commands: readonly Command[]) => ActivationOutcome;
  /** How long after a death a new worker starts. Null: none starts by itself. @defaultValue 1 s */
  readonly restartMs?: number | null;
  /** Called before each call to the server. If it throws, the call fails with that error. */
  readonly onServerCall?: (method: string, worker: VirtualWorker | null) => void;
  /** Receives a line per step. */
  readonly trace?: (line: string) => void;
}

/** How long `run` continues. */
export interface RunUntil {
  /** Checked after every event. @defaultValue none: runs until no event is scheduled */
  readonly until?: () => boolean;
  /** The maximum of virtual time. If given, time passes to its end even without events. @defaultValue 30 days */
  readonly maxTime?: number;
  /** Guards against endless loops. @defaultValue 200,000 */
  readonly maxEvents?: number;
}

/** One activation as `history` returns it. */
export interface HistoryLine {
  readonly at: number;
  readonly runId: string;
  readonly jobs: readonly string[];
  readonly commands: readonly string[];
}
