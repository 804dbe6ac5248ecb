import type { Payload } from '@temporalio/common';
import type { ActivityTask } from './activity-task.js';
import type { ServerInternals } from './internals.js';
import { payloads } from './protocol.js';
import type { ScheduledEvent } from './virtual-clock.js';
import type { VirtualWorker } from './virtual-worker.js';

export type CancelReason = 'CANCELLED' | 'NOT_FOUND' | 'TIMED_OUT' | 'WORKER_SHUTDOWN';

const unboundThrottleMs = 30_000;

/** One attempt of an activity on one worker: its heartbeats, and how a cancellation reaches it. */
export class ActivityAttempt {
  readonly startedAt: number;
  /** The last heartbeat that reached the server. */
  private lastSent: number | null = null;
  private unsent: { readonly details: Payload[] } | null = null;
  private flushing: ScheduledEvent | null = null;
  private cancelling: ScheduledEvent | null = null;
  private deadline: ScheduledEvent | null = null;
  /** No more heartbeats arrive: the worker is unreachable, or the code has returned and its result is on the way. */
  private silent = false;
  /** Cancels the running code. Null before and after it runs. */
  interrupt: ((reason: CancelReason) => void) | null = null;

  constructor(
    private readonly server: ServerInternals,
    readonly task: ActivityTask,
    readonly worker: VirtualWorker,
    readonly number: number,
  ) {
    this.startedAt = server.clock.now;
    this.watch();
  }

  /** The SDK sends the first heartbeat at once and then throttles to one per 80 % of the time-out. */
  private get throttleMs(): number {
    const { heartbeatMs } = this.task;
    return heartbeatMs === null ? unboundThrottleMs : Math.min(heartbeatMs * 0.8, 60_000);
  }

  /** True if the worker heartbeats by itself: then single heartbeats need no events. */
  private get beatsByItself(): boolean {
    return this.server.settings.autoHeartbeatMs !== null && this.task.heartbeatMs !== null;
  }

  beat(details: unknown): void {
    if (!this.worker.alive) return;
    const { clock } = this.server;
    clock.activityCount += 1;
    this.unsent = { details: payloads([details]) };
    if (this.beatsByItself) {
      if (!this.silent) this.send();
    } else if (this.flushing === null) {
      const due = this.lastSent === null ? clock.now : this.lastSent + this.throttleMs;
      this.flushing = clock.schedule(due, () => this.flush());
    }
  }

  private flush(): void {
    this.flushing = null;
    if (!this.worker.alive || this.unsent === null) return;
    this.lastSent = this.server.clock.now;
    this.send();
    if (this.task.attempt !== this) this.tell('NOT_FOUND');
    else if (this.task.cancelRequested) this.tell('CANCELLED');
  }

  private send(): void {
    if (this.unsent !== null && this.task.attempt === this) this.task.heartbeatDetails = this.unsent.details;
    this.unsent = null;
  }

  /**
   * The server cancels the attempt. It learns this from the response to its next heartbeat, or at once from its own
   * worker.
   */
  notify(reason: CancelReason): void {
    if (this.interrupt === null || !this.worker.alive || (this.silent && reason !== 'TIMED_OUT')) return;
    if (reason === 'TIMED_OUT' || reason === 'WORKER_SHUTDOWN') {
      this.tell(reason);
      return;
    }
    if (!this.beatsByItself || this.cancelling !== null) return;
    this.cancelling = this.server.clock.schedule(this.nextBeat(), () => this.tell(reason));
  }

  private tell(reason: CancelReason): void {
    if (this.worker.isFrozen) void this.worker.moving().then(() => this.interrupt?.(reason));
    else if (this.worker.alive) this.interrupt?.(reason);
  }

  private beatsUntil(now: number): number {
    const first = this.startedAt + (this.server.settings.autoHeartbeatMs ?? 0);
    return now < first ? 0 : Math.floor((now - first) / this.throttleMs) + 1;
  }

  private beatAt(count: number): number {
    return this.startedAt + (this.server.settings.autoHeartbeatMs ?? 0) + (count - 1) * this.throttleMs;
  }

  private nextBeat(): number {
    return this.beatAt(this.beatsUntil(this.server.clock.now) + 1);
  }

  /** The worker has died or is unreachable: no heartbeat arrives from now on. */
  lost(): void {
    if (this.beatsByItself && !this.silent) {
      const count = this.beatsUntil(this.server.clock.now);
      if (count > 0) this.lastSent = this.beatAt(count);
    }
    this.silent = true;
    this.watch();
  }

  /** The worker is reachable again, and learns whether the server has cancelled the attempt or replaced it. */
  found(): void {
    this.silent = false;
    this.lastSent = this.server.clock.now;
    if (this.task.attempt !== this) this.notify('NOT_FOUND');
    else if (this.task.cancelRequested) this.notify('CANCELLED');
    if (this.beatsByItself && this.deadline !== null) this.deadline.dropped = true;
  }

  /** Schedules the heartbeat time-out, unless the worker heartbeats by itself. */
  private watch(): void {
    const { heartbeatMs } = this.task;
    if (heartbeatMs === null || (this.beatsByItself && this.worker.alive && !this.silent)) return;
    if (this.deadline !== null) this.deadline.dropped = true;
    this.deadline = this.server.clock.schedule((this.lastSent ?? this.startedAt) + heartbeatMs, () => {
      if (this.task.attempt !== this) return;
      if ((this.lastSent ?? this.startedAt) + heartbeatMs > this.server.clock.now) this.watch();
      else this.task.timeOut('heartbeat');
    });
  }

  /** The code has returned. */
  ended(): void {
    this.interrupt = null;
    for (const entry of [this.flushing, this.cancelling]) if (entry !== null) entry.dropped = true;
  }

  /** The server no longer waits for this attempt. */
  closed(): void {
    if (this.deadline !== null) this.deadline.dropped = true;
  }
}
