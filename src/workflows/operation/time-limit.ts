import { CancellationScope, ContinueAsNew, condition, isCancellation } from '@temporalio/workflow';
import type { Spec } from '../../contract/spec.js';
import { MINUTE, parseDuration } from '../../domain/duration.js';
import { spend, startStopwatch } from '../../domain/stopwatch.js';
import { inBackground } from './background.js';
import type { Operation } from './operation.js';
import { timeNow } from './state.js';

const defaultUndoMs = 30 * MINUTE;

/** Runs a removal until it succeeds. From `deadlines.undo` on, progress shows that it is overdue. */
export async function showingOverdue<T>(op: Operation, spec: Spec | null, removal: () => Promise<T>): Promise<T> {
  // A lease can be started with raw JSON, so its spec may lack anything.
  const deadlines: Partial<Spec['deadlines']> | undefined = spec?.deadlines;
  const limitMs = parseDuration(deadlines?.undo ?? '') ?? defaultUndoMs;
  try {
    const result = await withTimeLimit(op, limitMs, removal, () =>
      op.showOverdue(op.state.progress.overdueSince ?? timeNow()),
    );
    op.showOverdue(null);
    return result;
  } catch (error) {
    if (!(error instanceof ContinueAsNew)) op.showOverdue(null);
    throw error;
  }
}

/** Runs a removal and returns true, or cancels it and returns false when it takes longer than `limitMs`. */
export async function endsWithin(op: Operation, limitMs: number, removal: () => Promise<void>): Promise<boolean> {
  const scope = new CancellationScope();
  let isOverdue = false;
  const stop = () => {
    isOverdue = true;
    scope.cancel();
  };
  try {
    await withTimeLimit(op, limitMs, () => scope.run(removal), stop);
    return true;
  } catch (error) {
    // A cancel of the workflow itself continues to its ending.
    if (!isOverdue || !isCancellation(error) || CancellationScope.current().consideredCancelled) throw error;
    return false;
  }
}

/** Runs a removal, and calls `onLimit` when it has taken `limitMs`. Pauses do not count. */
async function withTimeLimit<T>(
  op: Operation,
  limitMs: number,
  removal: () => Promise<T>,
  onLimit: () => void,
): Promise<T> {
  const clock = new CancellationScope();
  inBackground(() =>
    clock.run(async () => {
      await elapse(op, limitMs);
      onLimit();
    }),
  );
  try {
    return await removal();
  } finally {
    clock.cancel();
    // The arguments of a continue-as-new are fixed by now, so a continued run keeps its clock.
    op.state.removalClock = null;
  }
}

async function elapse(op: Operation, limitMs: number): Promise<void> {
  const carried = op.state.removalClock;
  let watch = carried === null ? startStopwatch(limitMs) : spend(carried.watch, Date.now() - carried.since);
  for (;;) {
    op.state.removalClock = { watch, since: Date.now() };
    const wait = await op.waitWithin(watch, () => condition(() => false), true);
    if (wait.end === 'deadline') return;
    watch = wait.watch;
    await op.gate();
  }
}
