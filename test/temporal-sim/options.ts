import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Fate, ServerSettings } from './internals.js';
import type { Command } from './protocol.js';
import type { Slots, VirtualWorker, WorkerFactory } from './virtual-worker.js';
import type { BundleSource } from './workflow-bundle.js';
import type { WorkflowRun } from './workflow-run.js';

/** How a world is made. */
export interface SimOptions extends Partial<ServerSettings> {
  readonly workers: WorkerFactory;
  /** @defaultValue 1 */
  readonly seed?: number;
  /** Virtual start, epoch milliseconds. @defaultValue 2026-01-01T00:00:00Z */
  readonly startAt?: number;
  readonly taskQueue?: string;
  /** @defaultValue the product's workflows */
  readonly bundle?: BundleSource;
  readonly interceptors?: readonly ActivityInterceptorsFactory[];
  /** How many activities each worker runs at once. @defaultValue without a limit */
  readonly slots?: Slots;
  /** What becomes of the worker that has handled the k-th activation (from 1), of any run. */
  readonly fate?: (activation: number, run: WorkflowRun, commands: readonly Command[]) => Fate;
  /** How long it takes until a new worker stands in for one that died; null: none comes by itself. @defaultValue 1 s */
  readonly restartMs?: number | null;
  /** Called before each call to the server; what it throws is what the caller gets. */
  readonly onServerCall?: (method: string, worker: VirtualWorker | null) => void;
  /** Told every step of the world. */
  readonly trace?: (line: string) => void;
}

/** How long `run` goes on. */
export interface RunUntil {
  /** Asked after every event. @defaultValue never: runs until nothing is left to happen */
  readonly until?: () => boolean;
  /** Virtual time that passes at most, and all of it when nothing is left to happen. @defaultValue 30 days, and no waiting for nothing */
  readonly maxTime?: number;
  /** Guards against endless loops. @defaultValue 200,000 */
  readonly maxEvents?: number;
}

/** One activation as `history` shows it. */
export interface HistoryLine {
  readonly at: number;
  readonly runId: string;
  readonly jobs: readonly string[];
  readonly commands: readonly string[];
}
