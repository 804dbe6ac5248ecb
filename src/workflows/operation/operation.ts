import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  isCancellation,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { announceCancelSignal, pauseSignal, progressQuery, resumeSignal, specQuery } from '../../contract/messages.js';
import { isEnding } from '../../contract/phases.js';
import { readCommand } from '../../domain/command.js';
import { isoTime } from '../../domain/rfc3339.js';
import { remaining, type Stopwatch, spend } from '../../domain/stopwatch.js';
import { Cancellation } from './cancellation.js';
import { handleSignal } from './commands.js';
import { isOutOfTime, requestedPause } from './failure.js';
import { OperationProgress } from './operation-progress.js';
import { Retries } from './retries.js';
import { type OperationState, timeNow } from './state.js';

/**
 * What every workflow shares: the state and how it is shown, pause and resume, the announcement of a cancel, and waits
 * that a pause, `tryNow` or a deadline interrupts.
 */
export class Operation<State extends OperationState = OperationState> extends OperationProgress<State> {
  /** Number of pauses in this run. Observations from before a pause are out of date. */
  pauses = 0;
  readonly cancellation: Cancellation;
  readonly retries: Retries;
  /** Running calls. A pause stops their retries. */
  private readonly underWay = new Set<CancellationScope>();

  /** `continueAsNewRun` continues as new with the arguments and the state of this operation. */
  constructor(
    state: State,
    private readonly continueAsNewRun: () => Promise<never>,
    options: { readonly refusesCancel?: string } = {},
  ) {
    super(state);
    this.cancellation = new Cancellation(this, options.refusesCancel ?? null);
    setHandler(progressQuery, () => this.state.progress);
    setHandler(specQuery, () => this.state.spec);
    this.retries = new Retries(this);
    handleSignal(this, pauseSignal, (by, reason) => this.pause(by, reason));
    handleSignal(this, resumeSignal, (by, reason) => this.resume(by, reason));
    setHandler(announceCancelSignal, (announcement) => {
      const { by, reason } = readCommand(announcement);
      const cause = announcement?.cause === 'teardown' ? 'teardown' : 'operator';
      this.state.announced = { cause, by, reason, at: Date.now() };
    });
  }

  /** Returns when nothing forbids the next side effect: throws after a cancel, waits during a pause. */
  async gate(): Promise<void> {
    this.throwIfCancelled();
    if (this.isPaused) await condition(() => !this.isPaused);
  }

  /**
   * Runs a call that Temporal retries. A pause lets a sent attempt finish and starts no other. Only a call that may be
   * repeated has a name, `what`, under which `tryNow` retries it at once.
   */
  async unlessPaused<T>(call: () => Promise<T>, what: string | null = null): Promise<T> {
    const scope = new CancellationScope();
    this.underWay.add(scope);
    const leave = this.retries.add(
      () => what,
      () => scope.cancel(),
    );
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
   * Sends a command that may be sent only once. A pause or a cancel withdraws it while it is still queued: then nothing
   * was sent, and the answer is null. One that a worker has taken is awaited.
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
   * Runs one cancellable wait until it answers, the stopwatch runs out, or a pause or `tryNow` interrupts it. Returns
   * what happened and the stopwatch with the time that counted; an interrupted wait leaves nothing running. `tryNow`
   * does not interrupt a wait for a person's decision.
   */
  async waitWithin<T>(watch: Stopwatch, wait: () => Promise<T>, isDecision = false): Promise<WaitResult<T>> {
    await this.gate();
    const limitMs = remaining(watch);
    if (limitMs === 0) return { end: 'deadline', watch };
    const began = Date.now();
    const end = await this.unlessInterrupted(wait, limitMs, isDecision);
    return { ...end, watch: spend(watch, Date.now() - began) };
  }

  /**
   * Like `waitWithin`, for calls that take their limit as the time-out of the activity, so that the wait needs no
   * timer. The server ends a call early when its next retry would pass the limit. Then the wait counts as interrupted:
   * the caller starts another call with the rest of the time, so that only the deadline ends the wait.
   */
  async callWithin<T>(watch: Stopwatch, call: (limitMs: number) => Promise<T>): Promise<WaitResult<T>> {
    await this.gate();
    const limitMs = remaining(watch);
    if (limitMs === 0) return { end: 'deadline', watch };
    const began = Date.now();
    let requestedMs: number | null = null;
    try {
      const end = await this.unlessInterrupted(() => call(limitMs), null);
      return { ...end, watch: spend(watch, Date.now() - began) };
    } catch (error) {
      if (!isOutOfTime(error)) throw error;
      requestedMs = requestedPause(error);
    }
    const spent = spend(watch, Date.now() - began);
    const leftMs = remaining(spent);
    if (leftMs === 0) return { end: 'deadline', watch: spent };
    // A call that fails at once would be repeated without a pause. The service may have requested one beyond the limit.
    const pauseMs = Math.min(leftMs, Math.max(requestedMs ?? leftMs / 4, 1_000));
    const { watch: after } = await this.waitWithin(spent, () => sleep(pauseMs));
    return remaining(after) === 0 ? { end: 'deadline', watch: after } : { end: 'interrupted', watch: after };
  }

  /**
   * Runs a wait until it ends, a timer of `limitMs` fires, or a pause or `tryNow` interrupts it. Without a limit there
   * is no timer.
   */
  private async unlessInterrupted<T>(
    wait: () => Promise<T>,
    limitMs: number | null,
    isDecision = false,
  ): Promise<WaitEnd<T>> {
    const scope = new CancellationScope();
    const { tryNowCount } = this.retries;
    const leave = isDecision ? () => undefined : this.retries.add(() => this.state.progress.why);
    const isInterrupted = () => this.isPaused || (!isDecision && this.retries.tryNowCount !== tryNowCount);
    const interruption = async (): Promise<WaitEnd<T>> => {
      if (limitMs === null) await condition(isInterrupted);
      else if (!(await condition(isInterrupted, limitMs))) return { end: 'deadline' };
      return { end: 'interrupted' };
    };
    try {
      const answered = async (): Promise<WaitEnd<T>> => ({ end: 'answer', answer: await wait() });
      return await scope.run(() => Promise.race([answered(), interruption()]));
    } finally {
      leave();
      scope.cancel();
    }
  }

  /** Continues as new when the history is long. Call it only where nothing is in flight. */
  async continueWhenLong(): Promise<void> {
    if (workflowInfo().continueAsNewSuggested) await this.continueNow();
  }

  /** Continues as new. Call it only where nothing is in flight. */
  async continueNow(): Promise<never> {
    await this.drain();
    this.throwIfCancelled();
    // Continue-as-new drops a pending cancellation request: take it into the state that is carried over.
    void this.cancellation.request;
    return await this.continueAsNewRun();
  }

  private throwIfCancelled(): void {
    if (CancellationScope.current().consideredCancelled) throw new CancelledFailure('The operation was cancelled');
  }

  /** Waits until every update has been answered: an answer lost to an ending would be reported as unknown. */
  async drain(): Promise<void> {
    await CancellationScope.nonCancellable(() => condition(allHandlersFinished));
  }

  /** Ends a pause that a later command overrules. */
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
    // The deadline is suspended while paused, so show none.
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
}

type WaitEnd<T> =
  | { readonly end: 'answer'; readonly answer: T }
  | { readonly end: 'deadline' }
  | { readonly end: 'interrupted' };

export type WaitResult<T> = { readonly watch: Stopwatch } & WaitEnd<T>;
