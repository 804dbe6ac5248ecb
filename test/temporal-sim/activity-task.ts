import type { Payload } from '@temporalio/common';
import { ActivityAttempt } from './activity-attempt.js';
import type { ServerInternals } from './internals.js';
import {
  type ActivityResolution,
  activityFailure,
  cancelledFailure,
  type Failure,
  millis,
  type RetryStateName,
  type ScheduleActivity,
  type TimeoutName,
  timeoutFailure,
} from './protocol.js';
import type { ScheduledEvent } from './virtual-clock.js';

/** The SDK's core cancels an attempt this long after its time-out, if the server has not done so. */
const localTimeoutBufferMs = 5_000;

/** The result of an attempt. */
export type Report = { readonly completed: Payload } | { readonly cancelled: true } | { readonly failed: Failure };

/** The run that scheduled a task. */
export interface TaskOwner {
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  resolveActivity(seq: number, result: ActivityResolution): void;
  countEvents(count: number): void;
}

/** A scheduled activity on the server: attempts, back-off, time-outs and its one result. */
export class ActivityTask {
  attempt: ActivityAttempt | null = null;
  attempts = 0;
  cancelRequested = false;
  heartbeatDetails: Payload[] | null = null;
  readonly scheduledAt: number;
  readonly heartbeatMs: number | null;
  readonly startToCloseMs: number | null;
  readonly scheduleToCloseMs: number | null;
  lastFailure: Failure | null = null;
  private open = true;
  /** The workflow has its outcome already: the result no longer matters. */
  private detached = false;
  private waiting: ScheduledEvent | null = null;
  private closeDeadline: ScheduledEvent | null = null;
  private whole: ScheduledEvent | null = null;

  constructor(
    private readonly server: ServerInternals,
    readonly owner: TaskOwner,
    readonly command: ScheduleActivity,
  ) {
    this.scheduledAt = server.clock.now;
    this.heartbeatMs = positive(millis(command.heartbeatTimeout));
    this.scheduleToCloseMs = positive(millis(command.scheduleToCloseTimeout));
    const startToCloseMs = positive(millis(command.startToCloseTimeout)) ?? this.scheduleToCloseMs;
    // As on a server, no attempt may last longer than all of them together.
    this.startToCloseMs =
      startToCloseMs === null || this.scheduleToCloseMs === null
        ? startToCloseMs
        : Math.min(startToCloseMs, this.scheduleToCloseMs);
  }

  get type(): string {
    return this.command.activityType ?? '';
  }

  get taskQueue(): string {
    return this.command.taskQueue || this.server.taskQueue;
  }

  get isOpen(): boolean {
    return this.open;
  }

  /** Queues the first attempt. */
  start(): void {
    const { clock } = this.server;
    if (this.scheduleToCloseMs !== null) {
      this.whole = clock.schedule(this.scheduledAt + this.scheduleToCloseMs, () => this.timeOut('scheduleToClose'));
    }
    this.queue(clock.now);
  }

  private queue(at: number): void {
    const { clock, settings } = this.server;
    const entry = clock.schedule(at + settings.latency('activity'), () =>
      this.server.withSlot(this.taskQueue, (worker) => {
        if (!this.open || this.waiting !== entry) return;
        this.waiting = null;
        this.attempts += 1;
        this.attempt = new ActivityAttempt(this.server, this, worker, this.attempts);
        const attempt = this.attempt;
        if (this.startToCloseMs !== null) {
          this.closeDeadline = clock.schedule(clock.now + this.startToCloseMs, () => {
            if (this.attempt !== attempt) return;
            this.timeOut('startToClose');
            clock.schedule(clock.now + localTimeoutBufferMs, () => attempt.notify('TIMED_OUT'));
          });
        }
        worker.execute(attempt);
      }),
    );
    this.waiting = entry;
  }

  /** Takes the result of an attempt. The result of a replaced attempt is ignored. */
  report(attempt: ActivityAttempt, report: Report): void {
    if (this.attempt !== attempt) return;
    if ('completed' in report) this.close({ completed: { result: report.completed } });
    else if ('failed' in report) this.retry(report.failed);
    // The server refuses a cancellation that was not requested: the attempt then hangs until a time-out.
    else if (this.cancelRequested) this.closeCancelled();
  }

  timeOut(name: TimeoutName): void {
    if (!this.open) return;
    const running = this.attempt;
    const failure = timeoutFailure(name, this.heartbeatDetails, name === 'scheduleToClose' ? this.lastFailure : null);
    this.server.trace(() => `${this.owner.workflowId} ${this.type} ${name} time-out (attempt ${this.attempts})`);
    if (name === 'scheduleToClose' || name === 'scheduleToStart') {
      this.close({ failed: { failure: activityFailure(this.command, failure, 'nonRetryable') } });
    } else {
      this.retry(failure);
    }
    running?.notify('NOT_FOUND');
  }

  private retry(failure: Failure): void {
    const { clock } = this.server;
    this.releaseAttempt();
    const delay = this.retryDelay(failure);
    if (typeof delay === 'string') {
      this.close({ failed: { failure: activityFailure(this.command, failure, delay) } });
      return;
    }
    this.lastFailure = failure;
    this.queue(clock.now + delay);
  }

  /** The back-off before the next attempt, or the reason why there is none. */
  private retryDelay(failure: Failure): number | RetryStateName {
    if (this.cancelRequested) return 'cancelRequested';
    const info = failure.applicationFailureInfo;
    const policy = this.command.retryPolicy ?? {};
    if (info?.nonRetryable || policy.nonRetryableErrorTypes?.includes(info?.type ?? '')) return 'nonRetryable';
    if (policy.maximumAttempts && this.attempts >= policy.maximumAttempts) return 'maximumAttempts';
    const initial = positive(millis(policy.initialInterval)) ?? 1000;
    const most = positive(millis(policy.maximumInterval)) ?? 100 * initial;
    const computed = Math.min(most, initial * (policy.backoffCoefficient || 2) ** (this.attempts - 1));
    const delay = positive(millis(info?.nextRetryDelay)) ?? computed;
    const tooLate =
      this.scheduleToCloseMs !== null && this.server.clock.now + delay > this.scheduledAt + this.scheduleToCloseMs;
    return tooLate ? 'timeout' : delay;
  }

  /** Cancels the activity: at once while it waits for an attempt, else with the next heartbeat. */
  requestCancel(): void {
    if (!this.open || this.cancelRequested) return;
    this.cancelRequested = true;
    this.owner.countEvents(1);
    if (this.attempt === null) this.closeCancelled();
    else this.attempt.notify('CANCELLED');
  }

  /** The workflow has its outcome already. */
  detach(): void {
    this.detached = true;
  }

  /** The workflow has closed: a running attempt learns that the activity no longer exists. */
  abandon(): void {
    const running = this.attempt;
    this.detach();
    this.end();
    running?.notify('NOT_FOUND');
  }

  private closeCancelled(): void {
    this.close({ cancelled: { failure: activityFailure(this.command, cancelledFailure, 'cancelRequested') } });
  }

  private close(result: ActivityResolution): void {
    this.end();
    this.owner.countEvents(2);
    if (!this.detached) this.owner.resolveActivity(this.command.seq ?? 0, result);
  }

  private end(): void {
    this.open = false;
    this.releaseAttempt();
    for (const entry of [this.waiting, this.whole]) if (entry !== null) entry.dropped = true;
  }

  private releaseAttempt(): void {
    this.attempt?.closed();
    this.attempt = null;
    if (this.closeDeadline !== null) this.closeDeadline.dropped = true;
  }
}

function positive(value: number | null): number | null {
  return value !== null && value > 0 ? value : null;
}
