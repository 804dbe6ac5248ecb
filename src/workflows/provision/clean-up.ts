import { CancellationScope } from '@temporalio/workflow';
import { notCreated, removed } from '../../domain/provision/resource-state.js';
import { freshWatch } from '../../domain/resource/observation.js';
import { isFailure } from '../operation/failure.js';
import { showingOverdue } from '../operation/time-limit.js';
import { nameIn, type ResourceKind, showNone } from '../resource/kind.js';
import { dependentsOf } from '../resource/kinds/index.js';
import { explaining, removeKind, removeOne } from '../resource/remove.js';
import { removalOf } from './rollback.js';
import type { Provision } from './state.js';

/**
 * Runs a removal of the bring-up to its end, also when the operation is cancelled: an interrupted removal would leave
 * resources behind.
 */
async function finish(op: Provision, removal: () => Promise<unknown>): Promise<void> {
  await CancellationScope.nonCancellable(() => showingOverdue(op, op.spec, removal));
}

/** Removes every resource of this kind that an earlier attempt left, so that the name is free. */
export async function cleanUp(op: Provision, kind: ResourceKind, why: string): Promise<void> {
  const { step } = kind;
  op.explain(why);
  op.setResource(step, { ref: null, cleaning: true });
  await removeDependents(op, kind);
  try {
    await finish(op, () => removeKind(op, kind, removalOf(op), explaining(op)));
  } catch (error) {
    // It may not be deleted, so it stays, and its lease must not forget it. A retry searches for it again.
    if (isFailure(error)) {
      if ('byName' in kind.identity) op.unclear(kind.identity.byName(op.spec.name, op.identity.projectId));
      op.setResource(step, { cleaning: false });
    }
    throw error;
  }
  op.setResource(step, { ...removed, cleaning: false, watch: freshWatch });
  showNone(op, kind);
  op.enter(kind.creating.phase, op.state.progress.why);
}

/** Removes the resources that cannot outlive this one, such as the notebooks on a pool. Their steps run again. */
export async function removeDependents(op: Provision, { step }: ResourceKind): Promise<void> {
  for (const kind of dependentsOf(step, op.spec)) {
    if (!op.resource(kind.step).undo) continue;
    await finish(op, () => removeKind(op, kind, removalOf(op), explaining(op)));
    op.setResource(kind.step, { ...notCreated, watch: freshWatch });
    op.setStep(kind.step, 'pending');
    showNone(op, kind);
  }
}

/** Removes the resources of `clearing`. A run that continues another one finishes the removal that the other began. */
export async function finishClearing(op: Provision, kind: ResourceKind): Promise<void> {
  const { step } = kind;
  const name = nameIn(kind, op.spec);
  const workspaceId = kind.wanted(op.spec)?.workspaceId ?? null;
  for (;;) {
    const [next, ...rest] = op.resource(step).clearing;
    if (next === undefined) return;
    op.clear(next);
    try {
      await finish(op, () => removeOne(op, kind, { ...next, name, workspaceId }, removalOf(op), explaining(op)));
    } catch (error) {
      if (isFailure(error)) op.unclear(next.id);
      throw error;
    }
    op.setResource(step, { clearing: rest });
  }
}
