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
import { DAY, describeDuration } from '../../domain/duration.js';
import { type LeaseTerm, nextAction, warned } from '../../domain/lease/lease.js';
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
 * in `Cancelled` after a cancel. A resource that may not be deleted returns the lease to `Leased`, and the removal is
 * retried. A teardown of the same environment takes ownership: it announces itself and cancels this workflow, which
 * then ends `Cancelled` without deleting anything.
 */
export async function lease(input: LeaseInput, carried?: LeaseState): Promise<Progress> {
  const op: Operation<LeaseState> = new Operation(
    carried === undefined ? firstLeaseState(input) : carriedOver(carried),
    () => continueAsNew<(input: LeaseInput, carried: LeaseState) => Promise<unknown>>(input, op.state),
  );
  const backgroundTasks = new LeaseBackgroundTasks(op);
  op.retries.addWhen(
    () => (op.state.refused === null || op.state.released !== 'no' ? null : `removing ${op.state.progress.name}`),
    () => retryRefused(op),
  );
  setLeaseHandlers(op, backgroundTasks);
  const problem = carried === undefined ? problemOfLease(input) : null;
  if (problem !== null) return await endWith(op, failed(describeFailure(problem, null)));
  backgroundTasks.resumeTasks();
  // A pause still holds after a continue-as-new.
  if (op.state.released === 'no' || op.isPaused) {
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
    if (state.released !== 'no' && !op.isPaused) return;
    const next = runDueActions(op, backgroundTasks);
    if (next === 'ended') return;
    op.explain(whyLeased(state));
    const { term, released, refused, paused, progress } = state;
    const { runTime, lookAt } = state.backgroundTasks;
    const isSignificantChange = () =>
      state.term !== term ||
      state.released !== released ||
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

/** Runs the actions that are due, and returns when the next one is due. */
function runDueActions(op: Operation<LeaseState>, backgroundTasks: LeaseBackgroundTasks): number | 'ended' {
  const { state } = op;
  const now = Date.now();
  const { lookAt } = state.backgroundTasks;
  if (lookAt !== null && lookAt <= now) {
    state.backgroundTasks = { ...state.backgroundTasks, lookAt: null };
    backgroundTasks.observe();
  }
  if (state.protectionChanged) {
    state.protectionChanged = false;
    retryRefused(op);
  }
  // Also while paused, because a pause does not stop the notebook.
  if (backgroundTasks.nextRenewal() <= now) backgroundTasks.renew();
  const nextObservation = Math.min(
    state.backgroundTasks.lookAt ?? Number.POSITIVE_INFINITY,
    backgroundTasks.nextRenewal(),
  );
  // A removal that waits for a resume needs no timer.
  if (state.released !== 'no') return nextObservation;
  if (state.refused !== null) {
    if (op.isPaused) return nextObservation;
    if (state.refused.until > now) return Math.min(state.refused.until, nextObservation);
    state.released = state.refused.wish;
    return 'ended';
  }
  if (state.term === null) return nextObservation;
  const action = nextAction(state.term, now);
  switch (action.what) {
    case 'wait':
      return Math.min(action.until, nextObservation);
    case 'warn':
      warn(op, backgroundTasks, state.term, action.before);
      return runDueActions(op, backgroundTasks);
    case 'end':
      if (op.isPaused) return nextObservation;
      expire(op, backgroundTasks, state.term);
      return 'ended';
  }
}

/** Retries a refused removal at once. */
function retryRefused({ state }: Operation<LeaseState>): void {
  if (state.refused !== null) state.refused = { ...state.refused, until: Date.now() };
}

function warn(op: Operation<LeaseState>, backgroundTasks: LeaseBackgroundTasks, term: LeaseTerm, before: number): void {
  const { name, workflowId } = op.state.progress;
  const left = describeDuration(term.endsAt - Date.now());
  const room = term.maxEndsAt - term.endsAt;
  const advice =
    room === 0
      ? 'it cannot be extended further'
      : `it can be extended by up to ${describeDuration(room)}: \`maops env extend ${name} DURATION --reason …\``;
  const why = `${name} ends in ${left}, at ${isoTime(term.endsAt)}; ${advice}${whenItStops(op.state)}`;
  op.state.term = warned(term, before);
  op.audit('warn', workflowId, why);
  backgroundTasks.announce('lease.warning', why);
  backgroundTasks.observe();
}

function expire(op: Operation<LeaseState>, backgroundTasks: LeaseBackgroundTasks, term: LeaseTerm): void {
  const { name, workflowId } = op.state.progress;
  op.state.released = 'expired';
  op.audit('expire', workflowId, `the lease ended at ${isoTime(term.endsAt)}`);
  backgroundTasks.announce('lease.expired', `${name} ended at ${isoTime(term.endsAt)}; it is being removed`);
}

/** Handles a cancel: a teardown takes ownership; for an operator the environment is removed. */
async function handleCancel(op: Operation<LeaseState>): Promise<void> {
  if (op.cancellation.request?.cause === 'teardown') return await op.cancellation.end('a teardown took over');
  op.state.refused = null;
  op.retries.clear();
  op.state.released = 'cancelled';
}
