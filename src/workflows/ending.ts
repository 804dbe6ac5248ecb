import { CancellationScope, CancelledFailure, ContinueAsNew, isCancellation } from '@temporalio/workflow';
import type { FailureProgress, Progress } from '../contract/progress.js';
import { judgePool, type PoolFacts, type PoolGoal } from '../domain/pool.js';
import { freshWatch, isConfirmed, remember, type Watch } from '../domain/watch.js';
import { describeFailure, endingFailure, stepFailure } from './failure.js';
import type { Ending, Provision } from './provisioning.js';
import { rollBack } from './rollback.js';

/** Thrown to leave everything as it is, by an operator's word. */
export class Abandoned extends Error {}

/** What becomes of a run that did not reach its goal. */
export function endingOf(op: Provision, error: unknown): Ending {
  op.update({ awaiting: null });
  const running = op.state.progress.steps.find(({ state }) => state === 'running' || state === 'failed')?.name ?? null;
  if (error instanceof Abandoned) return { why: 'abandoned' };
  // A step that was broken off is not running any more; the way back says whether it was undone.
  if (running !== null) op.setStep(running, 'failed');
  if (isCancellation(error)) {
    op.audit('cancel', op.state.note?.by ?? 'unknown', op.state.note?.reason ?? '');
    // A cancel overrules an earlier pause; one that is sent during the way back holds it.
    op.unpause();
    return { why: 'cancelled', keep: op.state.spec?.onCancel === 'keep' };
  }
  const failure = describeFailure(error, running);
  if (failure.type === 'ApprovalRejected' || failure.type === 'ApprovalTimedOut')
    return { why: 'rejected', failure, keep: false };
  return { why: 'failed', failure, keep: op.state.spec?.onFailure === 'keep' };
}

export async function endReady(op: Provision): Promise<Progress> {
  await op.gate();
  await lookOnceMore(op);
  await op.gate();
  await CancellationScope.nonCancellable(() => entrust(op));
  op.update({ percent: 100 });
  op.enter('Ready', `${op.spec.name} is ready to use`);
  await op.drain();
  return op.state.progress;
}

/**
 * Much time may have passed since the pool was seen usable, in waits for the notebook's capacity or in a pause: a pool that
 * is gone by now is not called ready. Bad answers are waited out, and absence is believed when it was seen twice.
 */
async function lookOnceMore(op: Provision): Promise<void> {
  const { pool, notebook } = op.state.making;
  if (pool.ref === null || notebook.ref === null) return;
  const { name } = op.spec;
  const question = { poolId: pool.ref.id, name, workspaceId: op.spec.pool?.workspaceId ?? null, goal: stillThere };
  let watch: Watch<PoolFacts> = freshWatch;
  for (;;) {
    const wait = await op.within('notebook', () => op.waits(`pool ${name}`).awaitPool({ ...question, watch }));
    if (wait === null) throw stepFailure('DeadlineExceeded', `no answer about pool ${name} before the deadline`);
    const { condition } = judgePool(name, wait.answer.facts, stillThere);
    watch = remember(watch, wait.answer, { condition, why: '' });
    if (condition === 'leaving' || isConfirmed(watch.absentSince, wait.answer.at, op.identity.settings)) {
      throw stepFailure('PoolCreationFailed', `pool ${name} disappeared before the end`, {
        hint: 'Find out who deleted it, then start again.',
      });
    }
    if (condition !== 'absent') return;
  }
}

const stillThere: PoolGoal = { nodes: {}, scopes: [], driver: false };

/** Hands what stays alive to its lease before this run closes: there is no moment without an owner. */
async function entrust(op: Provision): Promise<void> {
  const { pool, notebook } = op.state.making;
  // An unknown create that is kept may exist without being known: the lease owns by name and marker.
  if (pool.ref === null && notebook.ref === null && !pool.undo && !notebook.undo) return;
  op.explain(`handing what is alive to lease/${op.spec.name}`);
  const lease = await op.reads(`lease ${op.spec.name}`).entrustToLease({
    name: op.spec.name,
    owner: op.state.progress.workflowId,
    spec: op.spec,
    resources: op.owned,
  });
  op.update({ lease });
}

/** As `entrust`, where a lease that is ending will do: it removes everything of the name itself. */
async function entrustKept(op: Provision): Promise<void> {
  try {
    await entrust(op);
  } catch (error) {
    if (describeFailure(error, null).type !== 'SpecConflict') throw error;
  }
}

export async function end(op: Provision, ending: Ending): Promise<Progress> {
  if (ending.why === 'failed' || ending.why === 'rejected') op.fail(ending.failure);
  let failure = ending.why === 'failed' || ending.why === 'rejected' ? ending.failure : null;
  if (op.state.spec !== null && op.state.identity !== null) {
    try {
      if (ending.why !== 'abandoned' && !ending.keep) await rollBack(op);
    } catch (error) {
      if (error instanceof ContinueAsNew) throw error;
      // Something forbids the removal, as a stranger's notebook on the pool: it stays, with an owner, and is named.
      failure = describeFailure(error, 'pool');
      op.fail(failure);
    }
    if (op.state.note?.verb !== 'teardown') await entrustKept(op);
  }
  return await close(op, ending, failure);
}

async function close(op: Provision, ending: Ending, failure: FailureProgress | null): Promise<Progress> {
  const { progress } = op.state;
  const reason = failure === null ? progress.why : `${failure.type}: ${failure.message}`;
  if (ending.why === 'abandoned') {
    op.enter('Abandoned', 'left as it is, by an operator');
    await op.drain();
    return op.state.progress;
  }
  if (ending.why === 'cancelled' && failure === null) {
    op.enter('Cancelled', ending.keep ? 'called off; what was made stays' : 'called off; nothing of it is left');
    await op.drain();
    throw new CancelledFailure('The operation was called off');
  }
  const isUndone = op.state.removed && !('keep' in ending && ending.keep) && failure?.type !== 'Protected';
  const phase = ending.why === 'rejected' ? 'Rejected' : isUndone ? 'RolledBack' : 'Failed';
  op.enter(phase, reason);
  await op.drain();
  throw endingFailure(failure ?? describeFailure(new Error(reason), null), op.state.progress);
}
