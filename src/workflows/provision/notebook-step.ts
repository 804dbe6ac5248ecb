import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { NotebookPool, NotebookSpec } from '../../contract/spec.js';
import {
  afterUnconfirmed,
  capacityPause,
  consistencyWaitMs,
  decideCreate,
  type Found,
} from '../../domain/provision/create.js';
import { percentOf } from '../../domain/provision/percent.js';
import { type CapacityRefusal, deadlinePassed, soldOut } from '../operation/deadline.js';
import { describeFailure, isFailure } from '../operation/failure.js';
import { retryError } from '../operation/retries.js';
import { timeNow } from '../operation/state.js';
import { awaitRunningNotebook } from '../resource/await-notebook.js';
import { removeNotebook } from '../resource/notebook-removal.js';
import { explainingPhases, removeNotebooks } from '../resource/removal.js';
import { refusedCreate } from './create-conflict.js';
import { removalOf, withUndoPatience } from './rollback.js';
import { capacityDeadline, madeUnseen, type Provision, poolIdOf } from './state.js';

/**
 * Launches the notebook: makes or adopts it (`CreatingNotebook`, `AwaitingCapacity` between refusals for want of
 * capacity), then waits until it was seen `RUNNING` twice (`AwaitingNotebook`), or throws the step's failure.
 */
export async function launchOnPool(op: Provision): Promise<void> {
  const notebook = requireNotebook(op);
  await finishClearing(op, notebook.name);
  if (op.state.making.notebook.ref === null) await makeNotebook(op, notebook);
  await awaitRunningNotebook(op, notebook);
}

async function makeNotebook(op: Provision, notebook: NotebookSpec): Promise<void> {
  const { settings } = op.identity;
  const label = `notebook ${notebook.name}`;
  op.enter('CreatingNotebook', `looking for ${label}`);
  op.reach(percentOf('createNotebook'));
  let isUnconfirmed = false;
  if (op.state.making.notebook.cleaning) await clearAll(op);
  for (;;) {
    await op.continueWhenLong();
    const { lastCreate, leased = [] } = op.state.making.notebook;
    const isSettling = lastCreate.outcome === 'unknown';
    const everyones = isSettling && lastCreate.isTaken === true;
    const workspaceId = notebook.workspaceId ?? null;
    const question = { name: notebook.name, workspaceId, everyones, isSettling, known: leased };
    const look = await op.within('notebook', () =>
      op.reads(`notebook ${op.spec.notebook?.name}`).lookForNotebook(question),
    );
    if (look === null) throw deadlinePassed(op, 'notebook', `no answer about ${label} before the deadline`);
    const decision = decideCreate(label, look.answer, op.us, lastCreate, settings.consistencyWindowMs, Date.now());
    // One answer may lack the marker: a stranger's is what two looks in a row have shown.
    const isConfirmedRefusal = isUnconfirmed;
    isUnconfirmed = decision.act === 'refuse';
    switch (decision.act) {
      case 'refuse':
        if (isConfirmedRefusal)
          throw await refusedCreate(op, 'notebook', decision, `maops notebook show ${notebook.name}`);
        if (!(await op.pauseWithin('notebook', settings.pollMinMs)))
          throw deadlinePassed(op, 'notebook', decision.why, decision.type);
        continue;
      case 'adopt':
        return await adopt(op, decision.found, decision.duplicates, notebook.name);
      case 'awaitGone':
      case 'cleanUp':
        op.explain(`${label} from an earlier run is cleared away first`);
        await clearAway(op, [decision.found], notebook.name);
        continue;
      case 'settle':
        op.explain(decision.why);
        op.retries.failed(`looking for ${label}`, retryError('UnknownOutcome', decision), decision.pauseMs);
        if (!(await op.pauseWithin('notebook', decision.pauseMs)))
          throw deadlinePassed(op, 'notebook', decision.why, decision.failure);
        continue;
      case 'create':
        if (await createOnce(op, notebook)) return await removeDuplicates(op, notebook);
    }
  }
}

/** Sends one create call. True when the notebook is there; false when everything is to be looked at again. */
async function createOnce(op: Provision, notebook: NotebookSpec): Promise<boolean> {
  await op.gate();
  op.explain(`creating notebook ${notebook.name} on ${notebook.flavor}`);
  const { lastCreate, undo } = op.state.making.notebook;
  op.setMaking('notebook', { undo: true });
  const sentAt = Date.now();
  const outcome = await op.sendOnce(() => sendCreate(op));
  if (outcome === null) {
    op.explain(`creating notebook ${notebook.name} was withdrawn before it was sent`);
    op.setMaking('notebook', { undo });
    return false;
  }
  switch (outcome.outcome) {
    case 'created':
      op.setMaking('notebook', {
        ref: { id: outcome.id, createdAt: outcome.createdAt },
        lastCreate: madeUnseen(sentAt),
        refusals: 0,
        refusal: null,
      });
      op.retries.over();
      return true;
    case 'notSent':
      op.explain(`creating notebook ${notebook.name} has to wait: ${outcome.why}`);
      op.retries.failed(
        `creating notebook ${notebook.name}`,
        retryError('ServiceUnavailable', outcome),
        outcome.retryAfterMs,
      );
      if (!(await op.pauseWithin('notebook', outcome.retryAfterMs)))
        throw deadlinePassed(op, 'notebook', op.state.progress.why);
      return false;
    case 'soldOut':
      if (outcome.mayBeMade)
        op.setMaking('notebook', { lastCreate: afterUnconfirmed(lastCreate, outcome, sentAt, Date.now()) });
      await awaitCapacity(op, outcome);
      return false;
    case 'exists':
    case 'unknown': {
      const doubt = afterUnconfirmed(lastCreate, outcome, sentAt, Date.now());
      // A refused create has made nothing: what has the name is not this run's to remove.
      op.setMaking('notebook', { lastCreate: doubt, refusal: null, ...(doubt.isRefused === true ? { undo } : {}) });
      op.explain(`whether notebook ${notebook.name} was made is not known (${outcome.why}); looking again`);
      return false;
    }
  }
}

async function sendCreate(op: Provision) {
  try {
    return await op
      .creates(`notebook ${op.spec.notebook?.name}`)
      .createNotebook({ spec: op.spec, pool: poolFor(op), owner: op.us });
  } catch (error) {
    const failure = describeFailure(error, 'notebook');
    if (!isFailure(error) || isCancellation(error) || failure.type !== 'ServiceUnavailable') throw error;
    return { outcome: 'unknown' as const, why: failure.message };
  }
}

/** The refused POST is the only source on notebook capacity, so the pause grows and then it is looked and posted again. */
async function awaitCapacity(op: Provision, { why, errorCode, requestId }: CapacityRefusal): Promise<void> {
  const refusal = { why, errorCode, requestId };
  const { settings } = op.identity;
  const { refusals: before, lastCreate } = op.state.making.notebook;
  const refusals = before + 1;
  op.setMaking('notebook', { refusals, refusal });
  op.enter('AwaitingCapacity', why);
  op.update({
    awaiting: { kind: 'capacity', since: timeNow(), deadline: capacityDeadline(op), verbs: ['pause', 'cancel'] },
  });
  // What may have been made all the same has settled by then: the look that follows finds it.
  const consistencyWait = consistencyWaitMs(lastCreate, settings.consistencyWindowMs, Date.now());
  const pause = Math.max(consistencyWait, capacityPause(refusals, settings.pollMaxMs));
  op.retries.failed(`creating notebook ${op.spec.notebook?.name}`, retryError('SoldOut', refusal), pause, refusals);
  const waited = await op.pauseWithin('capacity', pause);
  op.update({ awaiting: null });
  if (!waited) throw soldOut('notebook', refusal);
  op.enter('CreatingNotebook', `trying again: ${why}`);
}

async function adopt(op: Provision, found: Found, duplicates: readonly Found[], name: string): Promise<void> {
  const isOurCreate = op.state.making.notebook.undo;
  op.setMaking('notebook', {
    ref: { id: found.id, createdAt: found.createdAt },
    lastCreate: { outcome: 'none' },
    refusal: null,
  });
  op.retries.over();
  op.explain(`notebook ${name} is there already and carries our marker; going on with it`);
  if (!isOurCreate) {
    op.audit('adopt', op.state.progress.workflowId, `notebook ${found.id} carries our marker`);
    const leased = await op.reads(`notebook ${op.spec.notebook?.name}`).isLeased({ name: op.spec.name });
    op.setMaking('notebook', { undo: !leased });
  }
  await clearAway(op, duplicates, name);
}

/** A second notebook with our marker is one too many, and paid for: it is deleted and reported. */
async function removeDuplicates(op: Provision, notebook: NotebookSpec): Promise<void> {
  const look = await op.within('notebook', () =>
    op
      .reads(`notebook ${op.spec.notebook?.name}`)
      .lookForNotebook({ name: notebook.name, workspaceId: notebook.workspaceId ?? null }),
  );
  const kept = op.state.making.notebook.ref?.id;
  const isOurs = ({ marker }: Found) =>
    marker !== null && marker.installation === op.us.installation && marker.owner === op.us.owner;
  const duplicates = (look?.answer ?? []).filter((one) => isOurs(one) && one.id !== kept && !one.leaving);
  await clearAway(op, duplicates, notebook.name);
}

/** Removes every notebook of this run, whatever its name was when it was made. */
async function clearAll(op: Provision): Promise<void> {
  op.explain('clearing away what an earlier try made');
  await CancellationScope.nonCancellable(() =>
    withUndoPatience(op, () => removeNotebooks(op, removalOf(op), explainingPhases(op))),
  );
  op.setMaking('notebook', { cleaning: false, known: null, lastCreate: { outcome: 'none' } });
  op.update({ notebook: null });
  op.enter('CreatingNotebook', op.state.progress.why);
}

async function clearAway(op: Provision, found: readonly Found[], name: string): Promise<void> {
  for (const one of found) {
    op.audit('clear', op.state.progress.workflowId, `notebook ${one.id} with our marker is removed`);
    op.clear(one);
  }
  op.setMaking('notebook', { clearing: found.map(({ id, createdAt }) => ({ id, createdAt })) });
  await finishClearing(op, name);
}

/** Removes what is to be cleared away; a run that continues another one finishes what that one began, also when cancelled. */
async function finishClearing(op: Provision, name: string): Promise<void> {
  const workspaceId = op.spec.notebook?.workspaceId ?? null;
  for (;;) {
    const [next, ...rest] = op.state.making.notebook.clearing ?? [];
    if (next === undefined) return;
    await CancellationScope.nonCancellable(() =>
      withUndoPatience(op, () => removeNotebook(op, { ...next, name, workspaceId }, explainingPhases(op))),
    );
    op.setMaking('notebook', { clearing: rest });
  }
}

/** The pool that the notebook goes on: the one this run made, or the one that the spec names, or none (public flavor). */
function poolFor(op: Provision): NotebookPool | null {
  if (op.spec.pool === undefined) return op.spec.notebook?.pool ?? null;
  return { id: poolIdOf(op), type: 'USER_DEFINED', name: op.spec.name, owner: { projectId: op.identity.projectId } };
}

function requireNotebook(op: Provision): NotebookSpec {
  if (op.spec.notebook === undefined) throw new Error('The notebook step runs without a notebook in the spec.');
  return op.spec.notebook;
}
