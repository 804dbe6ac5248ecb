import { ActivityTask, type TaskOwner } from './activity-task.js';
import type { ServerInternals } from './internals.js';
import { activityFailure, cancelledFailure, type Job, type ScheduleActivity } from './protocol.js';
import type { ScheduledEvent } from './virtual-clock.js';

/** Values of `ActivityCancellationType`. */
const waitCancellationCompleted = 1;
const abandon = 2;

/** The run that started the work. */
interface WorkOwner extends TaskOwner {
  push(job: Job): void;
  pushNow(job: Job): void;
}

/** The timers and activities that a run has started and that are not resolved yet. */
export class PendingWork {
  private readonly activities = new Map<number, ActivityTask>();
  private readonly timers = new Map<number, ScheduledEvent>();
  /** Scheduled by the current workflow task. Sent to workers only when all of its commands are applied. */
  private unsent: ActivityTask[] = [];
  /** Still running although the workflow has their outcome. They are cancelled when the run closes. */
  private readonly detached: ActivityTask[] = [];

  constructor(
    private readonly server: ServerInternals,
    private readonly owner: WorkOwner,
  ) {}

  get pending(): readonly ActivityTask[] {
    return [...this.activities.values()];
  }

  scheduleActivity(command: ScheduleActivity): void {
    const task = new ActivityTask(this.server, this.owner, command);
    this.activities.set(command.seq ?? 0, task);
    this.unsent.push(task);
    this.owner.countEvents(1);
  }

  /** The activity is resolved: its result is on the way to the workflow. */
  activityResolved(seq: number): void {
    this.activities.delete(seq);
  }

  /** The SDK resolves the activity at once, unless its cancellation type waits for its end. */
  cancelActivity(seq: number): void {
    const task = this.activities.get(seq);
    if (task === undefined) return;
    const neverSent = this.unsent.includes(task);
    const type = task.command.cancellationType ?? 0;
    if (type !== waitCancellationCompleted || neverSent) {
      this.activities.delete(seq);
      task.detach();
      const failure = activityFailure(task.command, cancelledFailure, 'cancelRequested');
      this.owner.pushNow({ resolveActivity: { seq, result: { cancelled: { failure } } } });
      this.detached.push(task);
    }
    if (type !== abandon && !neverSent) task.requestCancel();
  }

  startTimer(seq: number, ms: number): void {
    const { clock } = this.server;
    this.owner.countEvents(1);
    const fire = () => {
      this.timers.delete(seq);
      this.owner.push({ fireTimer: { seq } });
    };
    this.timers.set(seq, clock.schedule(clock.now + Math.max(1, ms), fire));
  }

  cancelTimer(seq: number): void {
    const timer = this.timers.get(seq);
    if (timer !== undefined) timer.dropped = true;
    this.timers.delete(seq);
    this.owner.countEvents(1);
  }

  /** Queues the activities that the task has scheduled and not cancelled again. */
  dispatch(): void {
    for (const task of this.unsent.splice(0)) if (task.isOpen && this.pending.includes(task)) task.start();
  }

  close(): void {
    this.unsent = [];
    for (const timer of this.timers.values()) timer.dropped = true;
    for (const task of [...this.activities.values(), ...this.detached]) task.abandon();
  }
}
