import { CancellationScope, isCancellation } from '@temporalio/workflow';
import { makeFailure } from '../../contract/failures.js';
import type { PoolSpec } from '../../contract/spec.js';
import { afterUnconfirmed, capacityPause, decideCreate, type Found } from '../../domain/provision/create.js';
import { percentOf } from '../../domain/provision/percent.js';
import { goalOf, poolChoices } from '../../domain/provision/pool-choices.js';
import { type Choice, choiceAt, choiceOf, describeSoldOut, firstOnSale } from '../../domain/resource/flavor.js';
import { freshWatch, isConfirmed, remember, type Watch } from '../../domain/resource/observation.js';
import { judgePool, type PoolFacts, poolGone } from '../../domain/resource/pool.js';
import { type CapacityRefusal, deadlinePassed, soldOut } from '../operation/deadline.js';
import { describeFailure, isFailure } from '../operation/failure.js';
import { retryError } from '../operation/retries.js';
import { timeNow } from '../operation/state.js';
import { awaitUsablePool } from '../resource/await-pool.js';
import { explainingPhases, removePool } from '../resource/removal.js';
import { refusedCreate } from './create-conflict.js';
import { dropNotebook, removalOf, withUndoPatience } from './rollback.js';
import { capacityDeadline, madeUnseen, type Provision, poolIdOf } from './state.js';

/**
 * Brings the environment's pool up: makes or adopts it (`CreatingPool`, `AwaitingCapacity` while every choice is sold
 * out), then waits until it is usable (`AwaitingPool`). Leaves when it was seen usable twice, or throws the step's
 * failure. A choice that turns out to have no capacity is cleaned up and the next one is tried.
 */
export async function bringUpPool(op: Provision): Promise<void> {
  const pool = requirePool(op);
  const choices = poolChoices(pool);
  for (;;) {
    if (op.state.making.pool.ref === null) await makePool(op, pool, choices);
    const outcome = await awaitUsablePool(op, goalOf(pool, choiceAt(choices, op.state.making.pool.choice)));
    if (outcome === 'usable') {
      op.setMaking('pool', { refusals: 0 });
      return;
    }
    await leaveChoice(op, choices, { why: outcome.why, errorCode: null, requestId: null });
  }
}

async function makePool(op: Provision, pool: PoolSpec, choices: readonly Choice[]): Promise<void> {
  const poolId = poolIdOf(op);
  const { settings } = op.identity;
  const label = `pool ${op.spec.name}`;
  const workspaceId = pool.workspaceId ?? null;
  op.enter('CreatingPool', `looking for ${label}`);
  op.reach(percentOf('createPool'));
  let isUnconfirmed = false;
  const { cleaning, leaving = null } = op.state.making.pool;
  if (cleaning && leaving !== null) await leaveChoice(op, choices, leaving);
  else if (cleaning) await cleanUp(op, `cleaning up what is left of pool ${op.spec.name}`);
  for (;;) {
    await op.continueWhenLong();
    const making = op.state.making.pool;
    const isSettling = making.lastCreate.outcome === 'unknown';
    const question = { poolId, name: op.spec.name, workspaceId, isSettling };
    const look = await op.within('pool', () => op.reads(label).lookForPool(question));
    if (look === null) throw deadlinePassed(op, 'pool', `no answer about ${label} before the deadline`);
    const decision = decideCreate(
      label,
      look.answer,
      op.us,
      making.lastCreate,
      settings.consistencyWindowMs,
      Date.now(),
    );
    // One answer may lack the marker: a stranger's is what two looks in a row have shown.
    const isConfirmedRefusal = isUnconfirmed;
    isUnconfirmed = decision.act === 'refuse';
    switch (decision.act) {
      case 'refuse':
        if (isConfirmedRefusal) throw await refusedCreate(op, 'pool', decision, `maops pool show ${op.spec.name}`);
        if (!(await op.pauseWithin('pool', settings.pollMinMs)))
          throw deadlinePassed(op, 'pool', decision.why, decision.type);
        continue;
      case 'adopt':
        return await adopt(op, decision.found, choices);
      case 'awaitGone':
        op.explain(`${label} is still being deleted; it is made when it is gone`);
        if (!making.undo) op.clear(decision.found);
        if (!(await awaitGone(op, poolId))) throw deadlinePassed(op, 'pool', op.state.progress.why);
        continue;
      case 'cleanUp':
        if (!making.undo) op.clear(decision.found);
        await cleanUp(op, `cleaning up what is left of ${label}`);
        continue;
      case 'settle':
        op.explain(decision.why);
        op.retries.failed(`looking for ${label}`, retryError('UnknownOutcome', decision), decision.pauseMs);
        if (!(await op.pauseWithin('pool', decision.pauseMs)))
          throw deadlinePassed(op, 'pool', decision.why, decision.failure);
        continue;
      case 'create':
        await dropNotebook(op);
        if (!(await awaitCapacity(op, choices))) continue;
        if (await createOnce(op, choices)) return;
    }
  }
}

/** True when the present choice may be posted now; false after a wait, when everything is to be looked at again. */
async function awaitCapacity(op: Provision, choices: readonly Choice[]): Promise<boolean> {
  const names = [...new Set(choices.flatMap(({ resources }) => resources.map(({ flavor }) => flavor)))];
  const flavors = await op.within('pool', () => op.reads(names.join(', ')).lookAtFlavors({ names }));
  if (flavors === null) throw deadlinePassed(op, 'pool', 'no answer about the flavors before the deadline');
  const { choice } = op.state.making.pool;
  const next = firstOnSale(choices, flavors.answer, choice);
  if (next !== null) {
    if (next !== choice) chooseNext(op, next);
    return true;
  }
  // Earlier choices were refused in this round: the next round begins after a pause, whatever the list says of them.
  if (choice > 0) {
    await pauseForCapacity(op, notOnSale(choices));
    return false;
  }
  op.enter('AwaitingCapacity', describeSoldOut(choices));
  awaitingCapacity(op);
  const onSale = await op.within('capacity', () => op.waits(names.join(', ')).awaitCapacity({ choices }));
  op.update({ awaiting: null });
  if (onSale === null) throw soldOut('pool', notOnSale(choices));
  op.enter('CreatingPool', `capacity is back; looking for pool ${op.spec.name}`);
  return false;
}

function notOnSale(choices: readonly Choice[]): CapacityRefusal {
  return { why: describeSoldOut(choices), errorCode: null, requestId: null };
}

/** Sends one create call. True when the pool is there; false when everything is to be looked at again. */
async function createOnce(op: Provision, choices: readonly Choice[]): Promise<boolean> {
  await op.gate();
  const { choice, lastCreate, undo } = op.state.making.pool;
  const flavors = choiceAt(choices, choice).resources.map((resource) => `${resource.count} x ${resource.flavor}`);
  op.explain(`creating pool ${op.spec.name}: ${flavors.join(', ')}`);
  op.setMaking('pool', { undo: true });
  const sentAt = Date.now();
  const outcome = await op.sendOnce(() => sendCreate(op, choice));
  if (outcome === null) {
    op.explain(`creating pool ${op.spec.name} was withdrawn before it was sent`);
    op.setMaking('pool', { undo });
    return false;
  }
  switch (outcome.outcome) {
    case 'created':
      op.setMaking('pool', {
        ref: { id: outcome.id, createdAt: outcome.createdAt },
        lastCreate: madeUnseen(sentAt),
        refusal: null,
      });
      op.retries.over();
      op.resetWatch('pool');
      op.showPool(outcome.id);
      return true;
    case 'notSent':
      op.explain(`creating pool ${op.spec.name} has to wait: ${outcome.why}`);
      op.retries.failed(
        `creating pool ${op.spec.name}`,
        retryError('ServiceUnavailable', outcome),
        outcome.retryAfterMs,
      );
      if (!(await op.pauseWithin('pool', outcome.retryAfterMs)))
        throw deadlinePassed(op, 'pool', op.state.progress.why);
      return false;
    case 'soldOut':
      if (outcome.mayBeMade)
        op.setMaking('pool', { lastCreate: afterUnconfirmed(lastCreate, outcome, sentAt, Date.now()) });
      await leaveChoice(op, choices, outcome);
      return false;
    case 'exists':
    case 'unknown': {
      const doubt = afterUnconfirmed(lastCreate, outcome, sentAt, Date.now());
      // A refused create has made nothing: what has the name is not this run's to remove.
      op.setMaking('pool', { lastCreate: doubt, refusal: null, ...(doubt.isRefused === true ? { undo } : {}) });
      op.explain(`whether pool ${op.spec.name} was made is not known (${outcome.why}); looking again`);
      return false;
    }
  }
}

/** A create whose activity was lost is as unknown as one whose answer was. */
async function sendCreate(op: Provision, choice: number) {
  try {
    return await op.creates(`pool ${op.spec.name}`).createPool({ spec: op.spec, choice, owner: op.us });
  } catch (error) {
    const failure = describeFailure(error, 'pool');
    if (!isFailure(error) || isCancellation(error) || failure.type !== 'ServiceUnavailable') throw error;
    return { outcome: 'unknown' as const, why: failure.message };
  }
}

async function adopt(op: Provision, found: Found, choices: readonly Choice[]): Promise<void> {
  const choice = choiceOf(choices, found.wanted);
  if (choice === null) {
    const has = Object.entries(found.wanted).map(([flavor, count]) => `${count} x ${flavor}`);
    throw makeFailure(
      'SpecConflict',
      `pool ${op.spec.name} is there with ${has.join(', ') || 'no nodes'}, which the spec does not ask for`,
    );
  }
  const isOurCreate = op.state.making.pool.undo;
  op.setMaking('pool', {
    ref: { id: found.id, createdAt: found.createdAt },
    lastCreate: { outcome: 'none' },
    refusal: null,
    choice,
  });
  op.retries.over();
  op.showPool(found.id);
  op.explain(`pool ${op.spec.name} is there already and carries our marker; going on with it`);
  if (isOurCreate) return;
  op.audit('adopt', op.state.progress.workflowId, `pool ${found.id} carries our marker`);
  // A pool that a lease owns was ready before this run began; it is not this run's to remove.
  const leased = await op.reads(`pool ${op.spec.name}`).isLeased({ name: op.spec.name });
  op.setMaking('pool', { undo: !leased });
}

/** Cleans up a choice without capacity and turns to the next one; after the last one it waits for capacity. */
async function leaveChoice(op: Provision, choices: readonly Choice[], refusal: CapacityRefusal): Promise<void> {
  const { why, errorCode, requestId } = refusal;
  op.setMaking('pool', { leaving: { why, errorCode, requestId } });
  await cleanUp(op, `${why}; cleaning up before the next choice`);
  op.setMaking('pool', { leaving: null });
  const { choice } = op.state.making.pool;
  if (choice + 1 < choices.length) {
    chooseNext(op, choice + 1);
    return;
  }
  await pauseForCapacity(op, refusal);
}

/** Every choice was tried or is sold out: pauses for longer each time, then the round begins anew. */
async function pauseForCapacity(op: Provision, { why, errorCode, requestId }: CapacityRefusal): Promise<void> {
  const refusal = { why, errorCode, requestId };
  const refusals = op.state.making.pool.refusals + 1;
  op.setMaking('pool', { refusals, refusal });
  chooseNext(op, 0);
  op.enter('AwaitingCapacity', why);
  awaitingCapacity(op);
  const pauseMs = capacityPause(refusals, op.identity.settings.pollMaxMs);
  op.retries.failed(`creating pool ${op.spec.name}`, retryError('SoldOut', refusal), pauseMs, refusals);
  const waited = await op.pauseWithin('capacity', pauseMs);
  op.update({ awaiting: null });
  if (!waited) throw soldOut('pool', refusal);
  op.enter('CreatingPool', `trying again: ${why}`);
}

function chooseNext(op: Provision, choice: number): void {
  op.setMaking('pool', { choice });
  op.startStep('pool');
}

/** Removes what a failed try left, so that the name is free. */
async function cleanUp(op: Provision, why: string): Promise<void> {
  op.explain(why);
  op.setMaking('pool', { ref: null, cleaning: true });
  await dropNotebook(op);
  await CancellationScope.nonCancellable(() =>
    withUndoPatience(op, () => removePool(op, poolIdOf(op), removalOf(op), explainingPhases(op))),
  );
  op.setMaking('pool', { cleaning: false, known: null, lastCreate: { outcome: 'none' } });
  op.resetWatch('pool');
  op.update({ pool: null });
  op.enter('CreatingPool', op.state.progress.why);
}

function awaitingCapacity(op: Provision): void {
  op.update({
    awaiting: { kind: 'capacity', since: timeNow(), deadline: capacityDeadline(op), verbs: ['pause', 'cancel'] },
  });
}

/** Waits until a pool that is being deleted is gone, or turns out to stay; false at the deadline. */
async function awaitGone(op: Provision, poolId: string): Promise<boolean> {
  const goal = poolGone;
  const workspaceId = op.spec.pool?.workspaceId ?? null;
  let watch: Watch<PoolFacts> = freshWatch;
  for (;;) {
    const wait = await op.within('pool', () =>
      op
        .waits(`pool ${op.spec.name}`)
        .awaitPool({ poolId, name: op.spec.name, workspaceId, goal, watch, pace: op.pace }),
    );
    if (wait === null) return false;
    const verdict = judgePool(op.spec.name, wait.answer.facts, goal);
    watch = remember(watch, wait.answer, verdict);
    if (
      verdict.condition === 'absent'
        ? isConfirmed(watch.absentSince, wait.answer.at, op.identity.settings)
        : verdict.condition !== 'leaving'
    ) {
      return true;
    }
  }
}

function requirePool(op: Provision): PoolSpec {
  if (op.spec.pool === undefined) throw new Error('The pool step runs without a pool in the spec.');
  return op.spec.pool;
}
