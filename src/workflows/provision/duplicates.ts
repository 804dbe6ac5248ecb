import { workflowInfo } from '@temporalio/workflow';
import { makeFailure } from '../../contract/failures.js';
import type { ResourceRef } from '../../contract/workflows.js';
import { planDuplicates } from '../../domain/provision/duplicates.js';
import { freshWatch } from '../../domain/resource/observation.js';
import { labelIn, type ResourceKind } from '../resource/kind.js';
import { finishClearing } from './clean-up.js';
import type { Provision } from './state.js';

/**
 * Looks once more when the resource is usable, if an earlier create got no response: it may have taken effect late.
 * False when another resource stays than the one that was awaited.
 */
export async function isStillOldest(op: Provision, kind: ResourceKind): Promise<boolean> {
  const { ref, mayRepeat } = op.resource(kind.step);
  if (mayRepeat !== true || 'byName' in kind.identity) return true;
  await removeDuplicates(op, kind);
  op.setResource(kind.step, { mayRepeat: false });
  return op.resource(kind.step).ref?.id === ref?.id;
}

/** A second resource with our marker costs money for nothing: the oldest stays, the others are deleted and reported. */
export async function removeDuplicates(op: Provision, kind: ResourceKind): Promise<void> {
  const { step } = kind;
  const existing = await op.within(step, (ms) => kind.findExisting(op.createOrder(step), ms));
  const plan = planDuplicates(existing?.answer ?? [], op.us, op.resource(step).ref);
  if (plan.act === 'nothing') return;
  if (plan.act === 'giveWay') {
    const why = `${labelIn(kind, op.spec)} is taken: ${plan.rival.id} of another operation of this installation is older`;
    throw makeFailure('NameTaken', why, { hint: 'Choose another name, or tear down the other one first.' });
  }
  const { id, createdAt } = plan.kept;
  if (plan.isOther) {
    op.setResource(step, { ref: { id, createdAt }, watch: freshWatch, sentAt: null });
    kind.identified(op, id);
  }
  await clearAway(op, kind, plan.clear);
}

export async function clearAway(op: Provision, kind: ResourceKind, found: readonly ResourceRef[]): Promise<void> {
  for (const one of found)
    op.audit('clear', workflowInfo().workflowId, `${kind.step} ${one.id} with our marker is removed`);
  op.setResource(kind.step, { clearing: found.map(({ id, createdAt }) => ({ id, createdAt })) });
  await finishClearing(op, kind);
}
