const megabyte = 1024 * 1024;
/** Memory of one cached workflow, rounded up (`npm run bench -- leases`). */
const workflowMegabytes = 0.3;
/** The other half is for activities, responses and garbage collection. */
const cacheShare = 0.5;
/** The rest is for stacks, buffers and the SDK's native part. */
const heapShareOfLimit = 0.75;
const fewest = 50;
const most = 5_000;

export interface MemoryLimits {
  /** Limit of V8's heap, in bytes. */
  readonly heap: number;
  /** Limit of the container, in bytes; 0 or absent when there is none. */
  readonly container?: number | undefined;
}

/** How many workflows to cache. The SDK's own formula ignores the container's limit, which kills workers in small containers. */
export function cachedWorkflows({ heap, container }: MemoryLimits): number {
  const budget = container ? Math.min(heap, container * heapShareOfLimit) : heap;
  const fitting = Math.floor((budget / megabyte / workflowMegabytes) * cacheShare);
  return Math.min(most, Math.max(fewest, fitting));
}
