import type { Payload } from '@temporalio/common';
import { ActivityTask } from './activity-task.js';
import { CachedWorkflow, type RecordedActivation, type RunIdentity } from './cached-workflow.js';
import { deferred, type ServerInternals } from './internals.js';
import { nameOfCommand, nameOfJob } from './naming.js';
import {
  type ActivityResolution,
  activityFailure,
  type Command,
  cancelledFailure,
  type Failure,
  type Job,
  kindOf,
  millis,
} from './protocol.js';
import { type UpdateRecord, Updates } from './updates.js';
import type { Entry } from './virtual-clock.js';
import type { VirtualWorker } from './virtual-worker.js';

export type RunStatus = 'RUNNING' | 'COMPLETED' | 'FAILED' | 'CANCELLED' | 'TERMINATED' | 'CONTINUED_AS_NEW';

/** How a run ended: its result, its failure, or the run that follows it. */
export type Closing =
  | { readonly status: 'COMPLETED'; readonly result: Payload | null }
  | { readonly status: 'FAILED'; readonly failure: Failure }
  | { readonly status: 'CANCELLED' }
  | { readonly status: 'TERMINATED'; readonly reason: string }
  | { readonly status: 'CONTINUED_AS_NEW'; readonly next: WorkflowRun };

/** One run of a workflow: the server's view of it, and its instance in a worker's cache. */
export class WorkflowRun {
  readonly startedAt: number;
  readonly cached: CachedWorkflow;
  readonly updates = new Updates();
  readonly activities = new Map<number, ActivityTask>();
  readonly ended = deferred<Closing>();
  /** Resolved when the run has first been heard of: queries wait for it. */
  readonly begun = deferred<void>();
  status: RunStatus = 'RUNNING';
  closedAt: number | null = null;
  closing: Closing | null = null;
  cancelRequested = false;
  events = 1;
  searchAttributes: Record<string, Payload>;
  readonly memo: Record<string, Payload>;
  private readonly timers = new Map<number, Entry>();
  private inbox: Job[] = [];
  private immediate: Job[] = [];
  private task: Entry | null = null;

  constructor(
    private readonly server: ServerInternals,
    readonly identity: RunIdentity,
  ) {
    this.startedAt = server.clock.now;
    this.cached = new CachedWorkflow(server, identity, this.startedAt);
    this.searchAttributes = { ...identity.searchAttributes };
    this.memo = { ...identity.memo };
    this.push({
      initializeWorkflow: {
        workflowId: identity.workflowId,
        workflowType: identity.workflowType,
        arguments: [...identity.args],
        attempt: 1,
        firstExecutionRunId: identity.firstRunId,
        searchAttributes: { indexedFields: this.searchAttributes },
        ...(Object.keys(this.memo).length === 0 ? {} : { memo: { fields: this.memo } }),
      },
    });
  }

  get isOpen(): boolean {
    return this.status === 'RUNNING';
  }

  get workflowId(): string {
    return this.identity.workflowId;
  }

  get runId(): string {
    return this.identity.runId;
  }

  get workflowType(): string {
    return this.identity.workflowType;
  }

  countEvents(count: number): void {
    this.events += count;
  }

  /** Gives the run something to react to; all of one moment reaches it in one activation. */
  push(job: Job): void {
    if (!this.isOpen) return;
    this.events += 1;
    this.inbox.push(job);
    this.wake(this.server.settings.latency('workflow'));
  }

  resolveActivity(seq: number, result: ActivityResolution): void {
    this.activities.delete(seq);
    this.push({ resolveActivity: { seq, result } });
  }

  update(id: string, name: string, input: Payload[]): UpdateRecord {
    const known = this.updates.find(id);
    if (known !== undefined) return known;
    const record = this.updates.add(id, name, this.runId);
    const meta = { updateId: id, identity: 'virtual' };
    this.push({ doUpdate: { id, protocolInstanceId: id, name, input, headers: {}, meta, runValidator: true } });
    return record;
  }

  requestCancel(reason: string): void {
    if (this.cancelRequested) return;
    this.cancelRequested = true;
    this.push({ cancelWorkflow: { reason } });
  }

  terminate(reason: string): void {
    this.close({ status: 'TERMINATED', reason });
  }

  private wake(delay: number): void {
    const { clock, settings } = this.server;
    const wait =
      this.cached.cachedBy !== null && !this.cached.cachedBy.accepting
        ? Math.max(delay, settings.stickyTimeoutMs)
        : delay;
    if (this.task !== null) return;
    this.task = clock.schedule(clock.now + wait, () =>
      this.server.withWorker(this.cached.cachedBy, (worker) => this.runTask(worker)),
    );
  }

  private async runTask(worker: VirtualWorker): Promise<void> {
    this.task = null;
    if (!this.isOpen || this.inbox.length === 0) return;
    this.events += 2;
    let jobs = ordered(this.inbox.splice(0));
    let dies = false;
    for (;;) {
      const fate = await this.activate(worker, jobs);
      if (fate === 'lost') return;
      dies ||= fate === 'diesAfterReport';
      if (!this.isOpen || this.immediate.length === 0) break;
      jobs = ordered(this.immediate.splice(0));
    }
    this.events += 1;
    this.begun.resolve();
    if (dies) this.server.kill(worker);
  }

  private async activate(worker: VirtualWorker, jobs: Job[]): Promise<'lives' | 'diesAfterReport' | 'lost'> {
    const { clock, settings } = this.server;
    const instance = await this.cached.on(worker);
    const continueAsNewSuggested = this.events >= settings.suggestContinueAsNewAfter;
    const record = { at: clock.now, jobs, historyLength: this.events, continueAsNewSuggested };
    const { commands, flags } = await this.cached.play(instance, { ...record, flags: [] }, false);
    const fate = this.server.activated(this, commands);
    this.server.trace(
      () =>
        `${this.workflowId} ${jobs.map(nameOfJob).join(', ')} -> ${commands.map(nameOfCommand).join(', ') || 'nothing'}`,
    );
    if (fate === 'diesBeforeReport') {
      this.server.kill(worker);
      this.inbox.unshift(...jobs);
      this.wake(settings.taskTimeoutMs);
      return 'lost';
    }
    if (this.inbox.length > 0 && commands.some(isEnding)) {
      await this.refuseEnding(jobs);
      return 'lost';
    }
    const refused = new Set<string>();
    this.apply(commands, refused);
    this.remember({ ...record, commands, flags }, refused);
    return fate;
  }

  /** UnhandledCommand: the server lets no run end while an event waits that it has not seen. The task is given again. */
  private async refuseEnding(jobs: readonly Job[]): Promise<void> {
    this.server.trace(
      () => `${this.workflowId} may not end yet: ${this.inbox.map(nameOfJob).join(', ')} came meanwhile`,
    );
    this.events += 1;
    await this.cached.evict();
    this.inbox.unshift(...jobs);
    this.wake(0);
  }

  /** Updates that a validator refused are in no history, so replay must not see them. */
  private remember(record: RecordedActivation, refused: ReadonlySet<string>): void {
    if (refused.size === 0) {
      this.cached.history.push(record);
      return;
    }
    const jobs = record.jobs.filter(({ doUpdate }) => !refused.has(doUpdate?.id ?? ''));
    const commands = record.commands.filter(
      ({ updateResponse }) => !refused.has(updateResponse?.protocolInstanceId ?? ''),
    );
    if (jobs.length > 0 || commands.length > 0) this.cached.history.push({ ...record, jobs, commands });
  }

  private apply(commands: readonly Command[], refused: Set<string>): void {
    const scheduled: ActivityTask[] = [];
    for (const command of commands) {
      const kind = kindOf(command);
      if (command.scheduleActivity) {
        const task = new ActivityTask(this.server, this, command.scheduleActivity);
        this.activities.set(command.scheduleActivity.seq ?? 0, task);
        scheduled.push(task);
        this.events += 1;
      } else if (command.requestCancelActivity) {
        this.cancelActivity(command.requestCancelActivity.seq ?? 0, scheduled);
      } else if (command.startTimer) {
        this.startTimer(command.startTimer.seq ?? 0, millis(command.startTimer.startToFireTimeout) ?? 0);
      } else if (command.cancelTimer) {
        const seq = command.cancelTimer.seq ?? 0;
        const timer = this.timers.get(seq);
        if (timer !== undefined) timer.dropped = true;
        this.timers.delete(seq);
        this.events += 1;
      } else if (command.upsertWorkflowSearchAttributes) {
        Object.assign(this.searchAttributes, command.upsertWorkflowSearchAttributes.searchAttributes?.indexedFields);
        this.events += 1;
      } else if (command.modifyWorkflowProperties) {
        Object.assign(this.memo, command.modifyWorkflowProperties.upsertedMemo?.fields);
        this.events += 1;
      } else if (command.setPatchMarker) {
        this.cached.patches.push(command.setPatchMarker.patchId ?? '');
        this.events += 1;
      } else if (command.updateResponse) {
        if (this.updates.respond(command.updateResponse)) refused.add(command.updateResponse.protocolInstanceId ?? '');
        this.events += 1;
      } else if (!this.applyEnding(command)) {
        throw new Error(`The virtual world does not know the command ${kind} of ${this.workflowId}.`);
      }
    }
    for (const task of scheduled)
      if (this.isOpen && task.isOpen && this.activities.has(task.command.seq ?? 0)) task.begin();
  }

  private applyEnding(command: Command): boolean {
    if (command.completeWorkflowExecution) {
      this.close({ status: 'COMPLETED', result: command.completeWorkflowExecution.result ?? null });
    } else if (command.failWorkflowExecution) {
      this.close({ status: 'FAILED', failure: command.failWorkflowExecution.failure ?? {} });
    } else if (command.cancelWorkflowExecution) {
      this.close({ status: 'CANCELLED' });
    } else if (command.continueAsNewWorkflowExecution) {
      const { workflowType, arguments: args, searchAttributes, memo } = command.continueAsNewWorkflowExecution;
      const next = this.server.continueAsNew(this, {
        workflowType: workflowType || this.workflowType,
        args: this.server.settings.carryOver(args ?? []),
        searchAttributes: searchAttributes?.indexedFields ?? this.searchAttributes,
        memo: Object.keys(memo ?? {}).length > 0 ? (memo ?? {}) : this.memo,
      });
      this.close({ status: 'CONTINUED_AS_NEW', next });
    } else {
      return false;
    }
    return true;
  }

  private startTimer(seq: number, ms: number): void {
    const { clock } = this.server;
    this.events += 1;
    const fire = () => {
      this.timers.delete(seq);
      this.push({ fireTimer: { seq } });
    };
    this.timers.set(seq, clock.schedule(clock.now + Math.max(1, ms), fire));
  }

  /** Core answers the workflow at once unless it wants to wait for the activity's own end. */
  private cancelActivity(seq: number, scheduled: readonly ActivityTask[]): void {
    const task = this.activities.get(seq);
    if (task === undefined) return;
    const neverSent = scheduled.includes(task);
    const type = task.command.cancellationType ?? 0;
    const waits = type === 1 && !neverSent;
    if (!waits) {
      this.activities.delete(seq);
      task.detach();
      const failure = activityFailure(task.command, cancelledFailure, 'cancelRequested');
      this.immediate.push({ resolveActivity: { seq, result: { cancelled: { failure } } } });
      this.detached.push(task);
    }
    if (type !== 2 && !neverSent) task.requestCancel();
  }

  /** Activities whose outcome the workflow knows already; they still run, and hear of the run's end. */
  private readonly detached: ActivityTask[] = [];

  private close(closing: Closing): void {
    this.status = closing.status;
    this.closing = closing;
    this.closedAt = this.server.clock.now;
    this.events += 1;
    this.inbox = [];
    this.immediate = [];
    if (this.task !== null) this.task.dropped = true;
    for (const timer of this.timers.values()) timer.dropped = true;
    for (const task of [...this.activities.values(), ...this.detached]) task.abandon();
    this.updates.close();
    this.ended.resolve(closing);
  }
}

/** Signals and updates come before what they may interrupt, as core orders them; the start comes first. */
function ordered(jobs: Job[]): Job[] {
  const rank = (job: Job) => (job.initializeWorkflow ? 0 : job.signalWorkflow || job.doUpdate ? 1 : 2);
  return jobs.sort((one, other) => rank(one) - rank(other));
}

/** True for a command that closes the run. */
function isEnding(command: Command): boolean {
  return Boolean(
    command.completeWorkflowExecution ??
      command.failWorkflowExecution ??
      command.cancelWorkflowExecution ??
      command.continueAsNewWorkflowExecution,
  );
}
