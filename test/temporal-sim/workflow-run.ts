import type { Payload } from '@temporalio/common';
import type { ActivityTask } from './activity-task.js';
import { CachedWorkflow, type RecordedActivation, type RunIdentity } from './cached-workflow.js';
import { type Closing, isClosing, type RunStatus } from './closing.js';
import { deferred, type ServerInternals } from './internals.js';
import { nameOfCommand, nameOfJob } from './naming.js';
import { PendingWork } from './pending-work.js';
import { type ActivityResolution, type Command, type Job, kindOf, millis } from './protocol.js';
import { type UpdateRecord, Updates } from './updates.js';
import type { ScheduledEvent } from './virtual-clock.js';
import type { VirtualWorker } from './virtual-worker.js';

/** One run of a workflow: its inbox, workflow tasks and state on the server. */
export class WorkflowRun {
  readonly startedAt: number;
  readonly cached: CachedWorkflow;
  readonly updates = new Updates();
  readonly ended = deferred<Closing>();
  /** Resolved after the first workflow task: queries wait for it. */
  readonly begun = deferred<void>();
  status: RunStatus = 'RUNNING';
  closedAt: number | null = null;
  closing: Closing | null = null;
  cancelRequested = false;
  events = 1;
  searchAttributes: Record<string, Payload>;
  readonly memo: Record<string, Payload>;
  private inbox: Job[] = [];
  private immediate: Job[] = [];
  private readonly work: PendingWork;
  private task: ScheduledEvent | null = null;

  constructor(
    private readonly server: ServerInternals,
    readonly identity: RunIdentity,
  ) {
    this.startedAt = server.clock.now;
    this.cached = new CachedWorkflow(server, identity, this.startedAt);
    this.searchAttributes = { ...identity.searchAttributes };
    this.memo = { ...identity.memo };
    this.work = new PendingWork(server, this);
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

  /** Adds a job to the inbox. All jobs of one moment reach the workflow in one activation. */
  push(job: Job): void {
    if (!this.isOpen) return;
    this.events += 1;
    this.inbox.push(job);
    this.wake(this.server.settings.latency('workflow'));
  }

  /** Activities whose result the workflow waits for. */
  get activities(): readonly ActivityTask[] {
    return this.work.pending;
  }

  /** Adds a job to the current workflow task, as the SDK's core does for what it resolves itself. */
  pushNow(job: Job): void {
    this.immediate.push(job);
  }

  resolveActivity(seq: number, result: ActivityResolution): void {
    this.work.activityResolved(seq);
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
    let crashes = false;
    for (;;) {
      const outcome = await this.activate(worker, jobs);
      if (outcome === 'lost') return;
      crashes ||= outcome === 'crashAfterReport';
      if (!this.isOpen || this.immediate.length === 0) break;
      jobs = ordered(this.immediate.splice(0));
    }
    this.events += 1;
    this.begun.resolve();
    if (crashes) this.server.kill(worker);
  }

  private async activate(worker: VirtualWorker, jobs: Job[]): Promise<'reported' | 'crashAfterReport' | 'lost'> {
    const { clock, settings } = this.server;
    const instance = await this.cached.on(worker);
    const continueAsNewSuggested = this.events >= settings.suggestContinueAsNewAfter;
    const record = { at: clock.now, jobs, historyLength: this.events, continueAsNewSuggested };
    const { commands, flags } = await this.cached.play(instance, { ...record, flags: [] }, false);
    const outcome = this.server.activated(this, commands);
    this.server.trace(
      () =>
        `${this.workflowId} ${jobs.map(nameOfJob).join(', ')} -> ${commands.map(nameOfCommand).join(', ') || 'nothing'}`,
    );
    if (outcome === 'crashBeforeReport') {
      this.server.kill(worker);
      this.inbox.unshift(...jobs);
      this.wake(settings.taskTimeoutMs);
      return 'lost';
    }
    if (this.inbox.length > 0 && commands.some(isClosing)) {
      await this.refuseEnding(jobs);
      return 'lost';
    }
    const refused = new Set<string>();
    this.apply(commands, refused);
    this.remember({ ...record, commands, flags }, refused);
    return outcome;
  }

  /** UnhandledCommand: a run cannot close while events wait that it has not seen, so the task is repeated. */
  private async refuseEnding(jobs: readonly Job[]): Promise<void> {
    this.server.trace(
      () => `${this.workflowId} cannot close yet: ${this.inbox.map(nameOfJob).join(', ')} arrived meanwhile`,
    );
    this.events += 1;
    await this.cached.evict();
    this.inbox.unshift(...jobs);
    this.wake(0);
  }

  /** Rejected updates are not in the history, so replay must not see them. */
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
    for (const command of commands) {
      if (command.scheduleActivity) {
        this.work.scheduleActivity(command.scheduleActivity);
      } else if (command.requestCancelActivity) {
        this.work.cancelActivity(command.requestCancelActivity.seq ?? 0);
      } else if (command.startTimer) {
        this.work.startTimer(command.startTimer.seq ?? 0, millis(command.startTimer.startToFireTimeout) ?? 0);
      } else if (command.cancelTimer) {
        this.work.cancelTimer(command.cancelTimer.seq ?? 0);
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
        throw new Error(`temporal-sim does not support the command ${kindOf(command)} of ${this.workflowId}.`);
      }
    }
    if (this.isOpen) this.work.dispatch();
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

  private close(closing: Closing): void {
    this.status = closing.status;
    this.closing = closing;
    this.closedAt = this.server.clock.now;
    this.events += 1;
    this.inbox = [];
    this.immediate = [];
    if (this.task !== null) this.task.dropped = true;
    this.work.close();
    this.updates.close();
    this.ended.resolve(closing);
  }
}

/** The order of the SDK's core: the start, then signals and updates, then everything else. */
function ordered(jobs: Job[]): Job[] {
  const rank = (job: Job) => (job.initializeWorkflow ? 0 : job.signalWorkflow || job.doUpdate ? 1 : 2);
  return jobs.sort((one, other) => rank(one) - rank(other));
}
