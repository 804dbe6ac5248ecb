import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { announceCancelSignal, pauseSignal, progressQuery, resumeSignal, specQuery } from '../../contract/messages.js';
import { isEnding, type Phase } from '../../contract/phases.js';
import type { FailureProgress, Progress, Step, StepName, StepState } from '../../contract/progress.js';
import {
  environmentAttribute,
  overdueAttribute,
  phaseAttribute,
  poolAttribute,
} from '../../contract/search-attributes.js';
import type { Identity } from '../../contract/settings.js';
import type { Spec } from '../../contract/spec.js';
import { addToAudit } from '../../domain/audit-trail.js';
import { oneLine, readCommand } from '../../domain/command.js';
import type { Pace } from '../../domain/resource/observation.js';
import { isoTime } from '../../domain/rfc3339.js';
import { remaining, type Stopwatch, spend } from '../../domain/stopwatch.js';
import { cut, textLimits } from '../../domain/text.js';
import { Cancellation } from './cancellation.js';
import { heed } from './commands.js';
import { describeForUi } from './details.js';
import { boundedFailure } from './failure.js';
import { Retries } from './retries.js';
import { type OperationState, timeNow } from './state.js';

/**
 * The part that all operations share: progress and how it is shown, pause and resume, notes, and waiting that a pause,
 * a command or a deadline interrupts. What an operation does stands in its own file.
 */
export class Operation<State extends OperationState = OperationState> {
  /** How often this run was paused: what was seen before a pause is old after it. */
  pauses = 0;
  readonly cancellation: Cancellation;
  readonly retries: Retries;
  /** Calls whose further tries a pause ends. */
  private readonly underWay = new Set<CancellationScope>();

  /** `continueAsNewRun` continues as a new run with this operation's own arguments and its state. */
  constructor(
    readonly state: State,
    private readonly continueAsNewRun: () => Promise<never>,
    options: { readonly refusesCancel?: string } = {},
  ) {
    this.cancellation = new Cancellation(this, options.refusesCancel ?? null);
    setHandler(progressQuery, () => this.state.progress);
    setHandler(specQuery, () => this.state.spec);
    this.retries = new Retries(this);
    setHandler(pauseSignal, (command) => heed(this, 'pause', command, (by, reason) => this.pause(by, reason)));
    setHandler(resumeSignal, (command) => heed(this, 'resume', command, (by, reason) => this.resume(by, reason)));
    setHandler(announceCancelSignal, (announcement) => {
      const { by, reason } = readCommand(announcement);
      const cause = announcement?.cause === 'teardown' ? 'teardown' : 'operator';
      this.state.announced = { cause, by, reason, at: Date.now() };
    });
  }

  get spec(): Spec {
    if (this.state.spec === null) throw new Error('The spec is read before it was checked.');
    return this.state.spec;
  }

  get identity(): Identity {
    if (this.state.identity === null) throw new Error('The identity is read before it was asked for.');
    return this.state.identity;
  }

  /** What waits of this run judge by: its own settings, whatever those of the worker are by now. */
  get pace(): Pace {
    const { pollMinMs, pollMaxMs, pollWindowMs, abnormalGraceMs } = this.identity.settings;
    return { pollMinMs, pollMaxMs, pollWindowMs, abnormalGraceMs };
  }

  get isPaused(): boolean {
    return this.state.paused !== null;
  }

  /** Moves to a phase and says why; the search attribute and the details follow. */
  enter(phase: Phase, why: string): void {
    this.state.phase = phase;
    const ended = isEnding(phase) ? timeNow() : null;
    const nothingLeft = ended === null ? {} : { retrying: null, waitsFor: [] };
    this.update({ why: cut(oneLine(why), textLimits.why), endedAt: ended, ...nothingLeft });
    this.showPhase();
  }

  /** Shows a new reason inside the phase. */
  explain(words: string): void {
    const why = cut(oneLine(words), textLimits.why);
    if (this.state.progress.why === why) return;
    this.update({ why });
    this.showDetails();
  }

  update(change: Partial<Progress>): void {
    this.state.progress = { ...this.state.progress, ...change };
  }

  /** Moves the percentage forward; it never goes back within an attempt. */
  reach(percent: number): void {
    if (percent > this.state.progress.percent) this.update({ percent });
  }

  setStep(name: StepName, state: StepState, change: Partial<Step> = {}): void {
    const steps = this.state.progress.steps.map((step) => (step.name === name ? { ...step, ...change, state } : step));
    this.update({ steps });
  }

  step(name: StepName): Step | undefined {
    return this.state.progress.steps.find((step) => step.name === name);
  }

  /** Starts a step, or a further attempt of it. */
  startStep(name: StepName): void {
    const step = this.step(name);
    this.setStep(name, 'running', { startedAt: timeNow(), attempt: (step?.attempt ?? 0) + 1 });
  }

  fail(failure: FailureProgress | null): void {
    this.update({ failure: failure === null ? null : boundedFailure(failure) });
  }

  audit(verb: string, by: string, reason: string): void {
    const { audit, dropped } = addToAudit(this.state.progress.audit, { at: timeNow(), by, verb, reason });
    this.update({ audit, auditDropped: this.state.progress.auditDropped + dropped });
  }

  /** Shows since when a removal is overdue; null when it is not. */
  showOverdue(since: string | null): void {
    if (this.state.progress.overdueSince === since) return;
    this.update({ overdueSince: since });
    upsertSearchAttributes([{ key: overdueAttribute, value: since !== null }]);
    this.showDetails();
  }

  showPool(id: string): void {
    upsertSearchAttributes([{ key: poolAttribute, value: cut(id, textLimits.name) }]);
  }

  /** Returns when nothing forbids the next side effect: throws when the operation is called off, waits while it is paused. */
  async gate(): Promise<void> {
    this.throwIfCancelled();
    if (this.isPaused) await condition(() => !this.isPaused);
  }

  /**
   * Runs a call that the server retries by itself. A try that was sent is finished, and in a pause there is no other. Only a
   * call that may be repeated has a name, `what`, under which `tryNow` hurries it.
   */
  async unlessPaused<T>(call: () => Promise<T>, what: string | null = null): Promise<T> {
    const scope = new CancellationScope();
    this.underWay.add(scope);
    const hurry = () => scope.cancel();
    const leave = this.retries.add(() => what, hurry);
    try {
      return await scope.run(call);
    } finally {
      leave();
      this.underWay.delete(scope);
    }
  }

  /** Shows which operations are awaited, as long as `call` does. */
  async awaitingEndOf<T>(workflowIds: readonly string[], call: () => Promise<T>): Promise<T> {
    this.update({ waitsFor: [...new Set([...this.state.progress.waitsFor, ...workflowIds])] });
    try {
      return await call();
    } finally {
      this.update({ waitsFor: this.state.progress.waitsFor.filter((id) => !workflowIds.includes(id)) });
    }
  }

  /**
   * Sends a command that may be sent only once. A pause or a cancel withdraws it while it is still queued: then nothing was
   * sent, and the answer is null. One that a worker has taken is awaited.
   */
  async sendOnce<T>(send: () => Promise<T>): Promise<T | null> {
    try {
      return await this.unlessPaused(send);
    } catch (error) {
      if (isCancellation(error)) return null;
      throw error;
    }
  }

  /**
   * Runs one cancellable wait until it answers, the stopwatch runs out, or a pause or `tryNow` interrupts it. Returns what
   * happened and the stopwatch with the time that counted; an interrupted wait leaves nothing running. `tryNow` does not
   * interrupt a wait for a person's decision.
   */
  async waitWithin<T>(watch: Stopwatch, wait: () => Promise<T>, isDecision = false): Promise<WaitResult<T>> {
    await this.gate();
    if (remaining(watch) === 0) return { end: 'deadline', watch };
    const began = Date.now();
    const scope = new CancellationScope();
    const { hurries } = this.retries;
    const leave = isDecision ? () => undefined : this.retries.add(() => this.state.progress.why);
    const isHurried = () => !isDecision && this.retries.hurries !== hurries;
    try {
      const end = await scope.run(() =>
        Promise.race([
          wait().then((answer) => ({ end: 'answer' as const, answer })),
          condition(() => this.isPaused || isHurried(), remaining(watch)).then((broken) => ({
            end: broken ? ('interrupted' as const) : ('deadline' as const),
          })),
        ]),
      );
      return { ...end, watch: spend(watch, Date.now() - began) };
    } finally {
      leave();
      scope.cancel();
    }
  }

  /** Goes on as a new run when the history has grown long; called where nothing is in flight. */
  async continueWhenLong(): Promise<void> {
    if (!workflowInfo().continueAsNewSuggested) return;
    await this.drain();
    this.throwIfCancelled();
    // Continue-as-new drops a pending cancellation request: take it into the state that is carried over.
    void this.cancellation.request;
    await this.continueAsNewRun();
  }

  private throwIfCancelled(): void {
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The operation was cancelled');
  }

  /** Waits until every update has been answered: an answer lost to an ending would be reported as unknown. */
  async drain(): Promise<void> {
    await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  }

  /** Ends a pause that a later word overrules. */
  unpause(): void {
    const { paused, progress } = this.state;
    if (paused === null) return;
    this.state.paused = null;
    const { awaiting } = progress;
    if (awaiting !== null && paused.leftMs !== null)
      this.update({ awaiting: { ...awaiting, deadline: isoTime(Date.now() + paused.leftMs) } });
    this.showPhase();
  }

  private pause(by: string, reason: string): void {
    if (isEnding(this.state.phase)) return;
    this.audit('pause', by, reason);
    if (this.isPaused) return;
    this.pauses += 1;
    // A deadline stands still: while it does, there is no time at which it would come.
    const { awaiting } = this.state.progress;
    const deadline = awaiting?.deadline ?? null;
    if (awaiting !== null) this.update({ awaiting: { ...awaiting, deadline: null } });
    const leftMs = deadline === null ? null : Date.parse(deadline) - Date.now();
    this.state.paused = { by, reason, since: timeNow(), leftMs };
    this.showPhase();
    for (const scope of this.underWay) scope.cancel();
  }

  private resume(by: string, reason: string): void {
    this.audit('resume', by, reason);
    this.unpause();
  }

  private showPhase(): void {
    const shown = this.isPaused && !isEnding(this.state.phase) ? 'Paused' : this.state.phase;
    if (shown !== this.state.progress.phase || this.state.progress.phaseSince === '') {
      this.update({ phase: shown, phaseSince: timeNow() });
      const { name, pool } = this.state.progress;
      upsertSearchAttributes([
        { key: environmentAttribute, value: name },
        { key: phaseAttribute, value: shown },
        ...(pool === null ? [] : [{ key: poolAttribute, value: cut(pool.id, textLimits.name) }]),
      ]);
    }
    this.showDetails();
  }

  private showDetails(): void {
    setCurrentDetails(describeForUi(this.state));
  }
}

export type WaitResult<T> = { readonly watch: Stopwatch } & (
  | { readonly end: 'answer'; readonly answer: T }
  | { readonly end: 'deadline' }
  | { readonly end: 'interrupted' }
);
