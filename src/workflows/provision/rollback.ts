import { CancellationScope, condition } from '@temporalio/workflow';
import { parseDuration } from '../../domain/duration.js';
import { spend, startStopwatch } from '../../domain/stopwatch.js';
import { inBackground } from '../operation/background.js';
import { timeNow } from '../operation/state.js';
import { explainingPhases, type Removal, removeNotebooks, removePool } from '../resource/removal.js';
import { nothingMade, type Provision, poolIdOf } from './state.js';

/**
 * What this run may remove: what carries its own marker, and what it knows by identity. An operator's protection does not
 * keep it from undoing its own create, but a teardown or a lease that has called it off must leave what is protected.
 */
export function removalOf(op: Provision): Removal {
  const respectProtection = op.cancellation.request?.cause === 'teardown';
  return { name: op.spec.name, owners: [op.state.owner], known: op.owned, respectProtection };
}

/**
 * Runs a removal that is never given up: when `deadlines.undo` has passed the phase says `AwaitingOperator`, while the
 * retries go on.
 */
export async function withUndoPatience<T>(op: Provision, removal: () => Promise<T>): Promise<T> {
  const patience = new CancellationScope();
  // A continued run shows what the one before it has shown.
  const shown = op.state.undoClock === null ? null : op.state.progress.awaiting;
  inBackground(() =>
    patience.run(async () => {
      await undoDeadline(op);
      op.update({ awaiting: shown ?? { kind: 'operator', since: timeNow(), deadline: null, verbs: [] } });
      op.enter('AwaitingOperator', `${op.state.progress.why}; the removal goes on`);
    }),
  );
  try {
    return await removal();
  } finally {
    patience.cancel();
    op.state.undoClock = null;
    op.update({ awaiting: null });
  }
}

/** Returns when a removal has taken `deadlines.undo`, pauses apart. */
async function undoDeadline(op: Provision): Promise<void> {
  const { undoClock } = op.state;
  let watch =
    undoClock === null
      ? startStopwatch(parseDuration(op.spec.deadlines.undo) ?? 0)
      : spend(undoClock.watch, Date.now() - undoClock.since);
  for (;;) {
    op.state.undoClock = { watch, since: Date.now() };
    const wait = await op.waitWithin(watch, () => condition(() => false), true);
    if (wait.end === 'deadline') return;
    watch = wait.watch;
    await op.gate();
  }
}

/** A notebook does not outlive its pool: one that stood on an earlier pool goes before the pool does, and is launched anew. */
export async function dropNotebook(op: Provision): Promise<void> {
  if (!op.state.making.notebook.undo) return;
  await CancellationScope.nonCancellable(() =>
    withUndoPatience(op, () => removeNotebooks(op, removalOf(op), explainingPhases(op))),
  );
  op.setMaking('notebook', nothingMade);
  op.resetWatch('notebook');
  op.setStep('notebook', 'pending');
  op.update({ notebook: null });
}

/** Undoes what this run made, newest first. */
export async function rollBack(op: Provision): Promise<void> {
  const { pool, notebook } = op.state.making;
  if (!pool.undo && !notebook.undo) return;
  // What an earlier try left and was cleaned up on the way does not make this a rollback.
  if (!op.state.rollingBack) op.state.removed = false;
  op.state.rollingBack = true;
  op.enter('RollingBack', 'removing what this run made');
  await withUndoPatience(op, async () => {
    for (const step of ['notebook', 'pool'] as const) {
      if (!op.state.making[step].undo) continue;
      const before = op.step(step)?.state ?? 'failed';
      op.setStep(step, 'undoing');
      const gone =
        step === 'notebook'
          ? await removeNotebooks(op, removalOf(op), explainingPhases(op))
          : await removePool(op, poolIdOf(op), removalOf(op), explainingPhases(op));
      // A way back that was continued as a new run does not see again what the earlier one removed.
      const isContinued = before === 'undoing';
      op.setStep(step, gone || (isContinued && op.state.removed) ? 'undone' : isContinued ? 'failed' : before);
      op.setMaking(step, { undo: false, ref: null, known: null, lastCreate: { outcome: 'none' } });
      op.update(step === 'notebook' ? { notebook: null } : { pool: null });
    }
  });
}
