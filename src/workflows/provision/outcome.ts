import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { Progress } from '../../contract/progress.js';
import { closingOf, endingOf, keepsResources, mayOwn } from '../../domain/provision/ending.js';
import { endWith } from '../operation/ending.js';
import { describeFailure, isFailure } from '../operation/failure.js';
import { rollBack } from './rollback.js';
import type { Ending, Provision } from './state.js';

/** Thrown when an operator ends the run: the decision counts, whatever `onFailure` says. */
export class Decided extends Error {
  constructor(readonly ending: Ending) {
    super();
  }
}

/** Decides how a run ends that did not reach its goal, and records the step that was interrupted. */
export function interrupted(op: Provision, error: unknown): Ending {
  op.update({ awaiting: null });
  op.retries.clear();
  const running = op.state.progress.steps.find(({ state }) => state === 'running' || state === 'failed')?.name ?? null;
  if (error instanceof Decided) return error.ending;
  // An interrupted step is not running any more. The rollback records whether it was undone.
  if (running !== null && op.step(running)?.state === 'running')
    op.setStep(running, isCancellation(error) ? 'pending' : 'failed');
  return endingOf(isCancellation(error) ? null : describeFailure(error, running), op.state.spec);
}

export async function endReady(op: Provision): Promise<Progress> {
  await op.gate();
  await CancellationScope.nonCancellable(() => transfer(op));
  const { name } = op.spec;
  op.cancellation.refuseLate(`lease/${name} owns the resources; \`maops env release ${name} --reason …\` removes them`);
  return await endWith(op, { phase: 'Ready', why: `${name} is ready to use` });
}

/** Transfers the resources that stay alive to the lease before this run closes, so that they always have an owner. */
async function transfer(op: Provision): Promise<void> {
  const { owned } = op;
  const { pool, notebook } = op.state.resources;
  if (!mayOwn(owned, pool.undo || notebook.undo) && !(await hasClearedLeased(op))) return;
  op.explain(`transferring the resources to lease/${op.spec.name}`);
  const { name } = op.spec;
  const order = { name, owner: op.state.progress.workflowId, spec: op.spec, resources: owned };
  const lease = await op.retries.run(`transferring ${name} to its lease`, () =>
    op.reads(`lease ${name}`).transferToLease(order),
  );
  op.update({ lease });
}

/** A lease must be informed of a resource that it owned and this run removed, even when nothing replaced it. */
async function hasClearedLeased(op: Provision): Promise<boolean> {
  if (op.state.cleared.length === 0) return false;
  return await op.reads(`lease ${op.spec.name}`).isLeased({ name: op.spec.name });
}

/** Like `transfer`, but accepts a lease that is ending: it removes every resource of the name itself. */
async function transferKept(op: Provision): Promise<void> {
  try {
    await transfer(op);
  } catch (error) {
    if (describeFailure(error, null).type !== 'SpecConflict') throw error;
  }
}

export async function end(op: Provision, ending: Ending): Promise<Progress> {
  let failure = 'failure' in ending ? ending.failure : null;
  if (failure !== null) op.fail(failure);
  if (op.state.spec !== null && op.state.identity !== null) {
    try {
      if (!keepsResources(ending)) await rollBack(op);
    } catch (error) {
      if (!isFailure(error)) throw error;
      // The removal is forbidden, for example by another user's notebook or job on the pool. The resource stays, with
      // an owner.
      const kept = op.state.progress.steps.find(({ state }) => state === 'undoing')?.name ?? null;
      if (kept !== null) op.setStep(kept, 'failed');
      failure = describeFailure(error, kept);
      op.fail(failure);
    }
    if (op.cancellation.request?.cause !== 'teardown') await transferKept(op);
  }
  const closing = closingOf(ending, failure, op.state.foundToRemove);
  if ('failure' in ending && ending.keep) op.cancellation.refuseLate('the resources are kept');
  return await endWith(op, failure === null ? closing : { ...closing, failure });
}
