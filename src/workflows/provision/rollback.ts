import { removed } from '../../domain/provision/resource-state.js';
import { showingOverdue } from '../operation/time-limit.js';
import { type Removal, showNone } from '../resource/kind.js';
import { kindsIn } from '../resource/kinds/index.js';
import { explaining, removeKind } from '../resource/remove.js';
import type { Provision } from './state.js';

/**
 * The removal of this run's own resources: those with its marker, and those that it knows by identity. An operator's
 * protection does not keep a run from undoing its own create. It does keep what is older than the run, and everything
 * when a teardown or a lease cancelled the run.
 */
export function removalOf(op: Provision): Removal {
  const respectProtection = op.cancellation.request?.cause === 'teardown';
  const protectedBefore = Date.parse(op.state.progress.startedAt);
  const removal = { name: op.spec.name, owners: [op.state.owner], known: op.owned, respectProtection, protectedBefore };
  return op.resource('pool').neverUsable === true ? { ...removal, jobs: 'neverUsable' } : removal;
}

/** Removes the resources that this run created, dependents first. */
export async function rollBack(op: Provision): Promise<void> {
  const kinds = [...kindsIn(op.spec)].reverse().filter(({ step }) => op.resource(step).undo);
  if (kinds.length === 0) return;
  // A clean-up during the bring-up does not count as a rollback.
  if (!op.state.rollingBack) op.state.foundToRemove = false;
  op.state.rollingBack = true;
  op.enter('RollingBack', 'removing the resources that this run created');
  await showingOverdue(op, op.spec, async () => {
    for (const kind of kinds) {
      const { step } = kind;
      const before = op.step(step)?.state ?? 'failed';
      op.setStep(step, 'undoing');
      const wasRemoved = await removeKind(op, kind, removalOf(op), explaining(op));
      // A rollback that continued as a new run does not observe again what the earlier run removed.
      const isContinued = before === 'undoing';
      const isUndone = wasRemoved || (isContinued && op.state.foundToRemove);
      op.setStep(step, isUndone ? 'undone' : isContinued ? 'failed' : before);
      op.setResource(step, { ...removed, ref: null, undo: false });
      showNone(op, kind);
    }
  });
}
