import type { VirtualClock } from './virtual-clock.js';
import type { VirtualWorker } from './virtual-worker.js';

interface QueuedActivity {
  readonly taskQueue: string;
  readonly task: (worker: VirtualWorker) => void;
}

/** Distributes activities to workers that have a free slot for their task queue. The others wait, oldest first. */
export class ActivityQueue {
  private readonly backlog: QueuedActivity[] = [];

  constructor(
    private readonly clock: VirtualClock,
    private readonly workers: readonly VirtualWorker[],
    private readonly random: () => number,
  ) {}

  add(taskQueue: string, task: (worker: VirtualWorker) => void): void {
    this.handOut({ taskQueue, task });
  }

  /** A slot is free again. */
  freed(taskQueue: string): void {
    const next = this.backlog.findIndex((queued) => queued.taskQueue === taskQueue);
    if (next >= 0) this.schedule(this.backlog.splice(next, 1));
  }

  /** A worker has started, or is reachable again. */
  handOutAll(): void {
    this.schedule(this.backlog.splice(0));
  }

  private schedule(queued: readonly QueuedActivity[]): void {
    for (const one of queued) this.clock.schedule(this.clock.now, () => this.handOut(one));
  }

  private handOut(queued: QueuedActivity): void {
    const { taskQueue, task } = queued;
    const free = this.workers.filter((worker) => worker.accepting && worker.hasSlot(taskQueue));
    const worker = free.length < 2 ? free[0] : free[Math.floor(this.random() * free.length)];
    if (worker === undefined) {
      this.backlog.push(queued);
      return;
    }
    task(worker);
    // An activity that was cancelled in the queue takes no slot, so the next one may run.
    if (worker.hasSlot(taskQueue)) this.freed(taskQueue);
  }
}
