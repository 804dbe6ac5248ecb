import {
  CancellationScope,
  ContinueAsNew,
  condition,
  continueAsNew,
  isCancellation,
  workflowInfo,
} from '@temporalio/workflow';
import type { Progress } from '../../contract/progress.js';
import type { LeaseInput } from '../../contract/workflows.js';
import { DAY } from '../../domain/duration.js';
import { type LeaseTerm, warned } from '../../domain/lease/lease.js';
import { describeWarning, nextStep } from '../../domain/lease/steps.js';
import { isoTime } from '../../domain/rfc3339.js';
import { endWith, failed } from '../operation/ending.js';
import { describeFailure } from '../operation/failure.js';
import { Operation } from '../operation/operation.js';
import { carriedOver } from '../operation/state.js';
import { LeaseBackgroundTasks } from './background-tasks.js';
import { setLeaseHandlers, showResources, takeTerm } from './handlers.js';
import { endLease } from './removal.js';
import { firstLeaseState, type LeaseState, problemOfLease, whenItStops, whyLeased } from './state.js';

/** The longest timer. A lease may last for months, and its runs should not. */
const longestWaitMs = 30 * DAY;

/**
 * Owns the resources of an environment after it is Ready, kept or abandoned.
 *
 * Phases: `Leased` until the lease expires, is released or is cancelled. Then the teardown phases, ending in `Gone`, or
 * in `Cancelled` after a cancel. If a resource may not be deleted, the lease returns to `Leased`, and the removal is
 * retried. A teardown of the same environment takes ownership: it announces itself and cancels this workflow, which
 * then ends `Cancelled` without deleting anything. Ends in `Failed` when its argument is invalid: it then owns nothing.
 * `Paused` above any phase: nothing is deleted until `resume`.
 */
export async function lease(input: LeaseInput, carried?: LeaseState): Promise<Progress> {
  const op: Operation<LeaseState> = new Operation(
    carried === undefined ? firstLeaseState(input) : carriedOver(carried),
    () => continueAsNew<(input: LeaseInput, carried: LeaseState) => Promise<unknown>>(input, op.state),
  );
  const backgroundTasks = new LeaseBackgroundTasks(op);
  op.retries.addWhen(
    () => (op.state.refused === null || op.state.removalCause !== null ? null : `removing ${op.state.progress.name}`),
    () => retryRefused(op),
  );
  setLeaseHandlers(op, backgroundTasks);
  const problem = carried === undefined ? problemOfLease(input) : null;
  if (problem !== null) return await endWith(op, failed(describeFailure(problem, null)));
  backgroundTasks.resumeTasks();
  // A pause still holds after a continue-as-new.
  if (op.state.removalCause === null || op.isPaused) {
    if (carried === undefined && op.state.term !== null) takeTerm(op, op.state.term);
    showResources(op);
    op.enter('Leased', whyLeased(op.state));
    backgroundTasks.observeIfIdle();
    try {
      await awaitEnd(op, backgroundTasks);
    } catch (error) {
      if (error instanceof ContinueAsNew || !isCancellation(error)) throw error;
      await handleCancel(op);
    }
  }
  return await CancellationScope.nonCancellable(() => endLease(op, input, backgroundTasks));
}

/** Waits and warns until the lease ends. A pause holds the removal but does not move the end. */
async function awaitEnd(op: Operation<LeaseState>, backgroundTasks: LeaseBackgroundTasks): Promise<void> {
  for (;;) {
    const { state } = op;
    if (state.removalCause !== null && !op.isPaused) return;
    const next = runDueSteps(op, backgroundTasks);
    if (next === 'ended') return;
    op.explain(whyLeased(state));
    const { term, removalCause, refused, paused, progress } = state;
    const { runTime, lookAt } = state.backgroundTasks;
    const isSignificantChange = () =>
      state.term !== term ||
      state.removalCause !== removalCause ||
      state.refused !== refused ||
      state.protectionChanged ||
      // Commands without an effect grow the history too.
      workflowInfo().continueAsNewSuggested ||
      (state.paused === null) !== (paused === null) ||
      state.progress.notebook !== progress.notebook ||
      state.backgroundTasks.runTime !== runTime ||
      state.backgroundTasks.lookAt !== lookAt;
    await condition(isSignificantChange, Math.max(1, Math.min(next - Date.now(), longestWaitMs)));
    await op.continueWhenLong();
  }
}

/** Runs the steps that are due. Returns when the next one is due, or that the lease has ended. */
function runDueSteps(op: Operation<LeaseState>, backgroundTasks: LeaseBackgroundTasks): number | 'ended' {
  const { state } = op;
  for (;;) {
    const { lookAt } = state.backgroundTasks;
    const renewAt = backgroundTasks.nextRenewal();
    const next = nextStep({ ...state, isPaused: op.isPaused, lookAt, renewAt }, Date.now());
    switch (next.step) {
      case 'observe':
        state.backgroundTasks = { ...state.backgroundTasks, lookAt: null };
        backgroundTasks.observe();
        continue;
      case 'retryRefused':
        state.protectionChanged = false;
        retryRefused(op);
        continue;
      case 'renew':
        backgroundTasks.renew();
        continue;
      case 'warn':
        warn(op, backgroundTasks, next.term, next.before);
        continue;
      case 'removeAgain':
        state.removalCause = next.cause;
        return 'ended';
      case 'expire':
        expire(op, backgroundTasks, next.term);
        return 'ended';
      case 'wait':
        return next.until;
    }
  }
}

/** Retries a refused removal at once. */
function retryRefused({ state }: Operation<LeaseState>): void {
  if (state.refused !== null) state.refused = { ...state.refused, until: Date.now() };
}

function warn(op: Operation<LeaseState>, backgroundTasks: LeaseBackgroundTasks, term: LeaseTerm, before: number): void {
  const { name, workflowId } = op.state.progress;
  const why = `${describeWarning(name, term, Date.now())}${whenItStops(op.state)}`;
  op.state.term = warned(term, before);
  op.audit('warn', workflowId, why);
  backgroundTasks.announce('lease.warning', why);
  backgroundTasks.observe();
}

function expire(op: Operation<LeaseState>, backgroundTasks: LeaseBackgroundTasks, term: LeaseTerm): void {
  const { name, workflowId } = op.state.progress;
  op.state.removalCause = 'expired';
  op.audit('expire', workflowId, `the lease ended at ${isoTime(term.endsAt)}`);
  backgroundTasks.announce('lease.expired', `${name} ended at ${isoTime(term.endsAt)}; it is being removed`);
}

/** Handles a cancel: a teardown takes ownership; for an operator the environment is removed. */
async function handleCancel(op: Operation<LeaseState>): Promise<void> {
  if (op.cancellation.request?.cause === 'teardown') return await op.cancellation.end('a teardown took over');
  op.state.refused = null;
  op.retries.clear();
  op.state.removalCause = 'cancelled';
}
