import { CancellationScope } from '@temporalio/workflow';
import { showingOverdue } from '../operation/time-limit.js';
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

/** Runs a removal of this run, which is overdue after `deadlines.undo`. */
export async function withUndoPatience<T>(op: Provision, removal: () => Promise<T>): Promise<T> {
  return await showingOverdue(op, op.spec, removal);
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
