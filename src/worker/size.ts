import type { Machine } from './machine.js';

const megabyte = 1024 * 1024;
/** Memory of one cached workflow, rounded up (`npm run bench -- leases`). */
const workflowMegabytes = 0.3;
/** The other half is for activities, responses and garbage collection. */
const cacheShare = 0.5;
/** The rest is for stacks, buffers and the SDK's native part. */
const heapShareOfLimit = 0.75;
const smallestCache = 50;
const largestCache = 5_000;
/** Workflow tasks that one thread may have at a time. All of them must end within the task time-out of 10 s. */
const slotsPerThread = 6;
/**
 * The main thread parses responses, encodes payloads and calls Temporal, so it needs as many cores as the workflows.
 */
const coresPerThread = 2;
const mostThreads = 8;
const stickyTimeoutMs = 3_000;

/** How much work a worker process takes at a time (docs/performance.md). */
export interface WorkerSize {
  readonly workflowThreads: number;
  /** Concurrent workflow tasks. */
  readonly workflowSlots: number;
  /** Concurrent polls for workflow tasks. A fifth of them asks for new runs. */
  readonly workflowPollers: number;
  readonly cachedWorkflows: number;
  /** How long a workflow task waits for the worker that has the workflow in its cache, before any worker gets it. */
  readonly stickyTimeoutMs: number;
}

/** What the configuration sets; null follows the machine. */
export type SizeSettings = {
  readonly [Key in Exclude<keyof WorkerSize, 'workflowPollers'>]: number | null;
};

/** The size of a worker for a machine. */
export function workerSize(machine: Machine, settings: SizeSettings): WorkerSize {
  const workflowThreads = settings.workflowThreads ?? threadsFor(machine.cores);
  const cachedWorkflows = settings.cachedWorkflows ?? cachedFor(machine);
  // The SDK gives a cached workflow to each task in progress.
  const workflowSlots = Math.min(settings.workflowSlots ?? slotsPerThread * workflowThreads, cachedWorkflows);
  return {
    workflowThreads,
    workflowSlots,
    workflowPollers: Math.max(2, Math.ceil(workflowSlots / 2)),
    cachedWorkflows,
    stickyTimeoutMs: settings.stickyTimeoutMs ?? stickyTimeoutMs,
  };
}

function threadsFor(cores: number): number {
  return Math.min(mostThreads, Math.max(1, Math.floor(cores / coresPerThread)));
}

/** The SDK's own formula ignores the container's limit, which kills workers in small containers. */
function cachedFor({ heap, container }: Machine): number {
  const budget = container ? Math.min(heap, container * heapShareOfLimit) : heap;
  const fitting = Math.floor((budget / megabyte / workflowMegabytes) * cacheShare);
  return Math.min(largestCache, Math.max(smallestCache, fitting));
}
