import { isCancellation, workflowInfo } from '@temporalio/workflow';
import { makeFailure } from '../../contract/failures.js';
import { isPrepaid } from '../../contract/spec.js';
import type { ResourceRef } from '../../contract/workflows.js';
import { afterCreate, type CreateOutcome } from '../../domain/provision/after-create.js';
import { decideCreate, type ExistingResource } from '../../domain/provision/create.js';
import { keepOldest, olderRival } from '../../domain/provision/duplicates.js';
import { percentOf } from '../../domain/provision/percent.js';
import { mayAppear } from '../../domain/provision/resource-state.js';
import { choiceOf } from '../../domain/resource/flavor.js';
import {
  freshWatch,
  isConfirmed,
  type ResourceFacts,
  remember,
  twiceInARow,
  type Watch,
} from '../../domain/resource/observation.js';
import { describeFailure, isFailure } from '../operation/failure.js';
import { retryError } from '../operation/retries.js';
import { labelIn, type ResourceKind } from '../resource/kind.js';
import { targetOf } from './await-usable.js';
import { awaitCapacity, leaveChoice, pauseForCapacity } from './capacity.js';
import { cleanUp, finishClearing, removeDependents } from './clean-up.js';
import { createConflict, deadlinePassed, prepaidFailed } from './failures.js';
import type { Provision } from './state.js';

/**
 * Creates or adopts the resource of a step. Every create is preceded by a search, and after an unknown outcome it
 * searches again instead of sending a second create.
 *
 * Phases: the kind's creating phase, and `AwaitingCapacity` while every choice is sold out.
 */
export async function createOrAdopt(op: Provision, kind: ResourceKind): Promise<void> {
  const { step, creating } = kind;
  const { settings } = op.identity;
  const label = labelIn(kind, op.spec);
  op.enter(creating.phase, `checking whether ${label} exists`);
  op.reach(percentOf(creating.percent));
  const { cleaning, leaving } = op.resource(step);
  if (cleaning && leaving !== null) await leaveChoice(op, kind, leaving);
  else if (cleaning) await cleanUp(op, kind, `cleaning up what is left of ${label}`);
  const namesRepeat = 'byMarker' in kind.identity && kind.identity.namesRepeat === true;
  const confirmRefusal = twiceInARow();
  for (;;) {
    await op.continueWhenLong();
    const { lastCreate } = op.resource(step);
    const existing = await op.within(step, (ms) => kind.findExisting(op.createOrder(step), ms));
    if (existing === null) throw deadlinePassed(op, kind, `no response about ${label} before the deadline`);
    const window = settings.consistencyWindowMs;
    const decision = decideCreate(label, existing.answer, op.us, lastCreate, window, Date.now(), namesRepeat);
    const isConfirmedRefusal = confirmRefusal(decision.act === 'refuse');
    switch (decision.act) {
      case 'refuse':
        if (isConfirmedRefusal) throw await createConflict(op, kind, decision);
        if (!(await op.pauseWithin(step, settings.pollMinMs)))
          throw deadlinePassed(op, kind, decision.why, decision.type, 'requestId' in decision ? decision : {});
        continue;
      case 'adopt':
        return await adopt(op, kind, decision.found, decision.duplicates);
      case 'awaitGone':
      case 'cleanUp':
        await makeRoom(op, kind, decision.act, decision.found);
        continue;
      case 'checkAgain':
        op.explain(`${decision.why}. Checking again.`);
        op.retries.failed(`looking for ${label}`, retryError('UnknownOutcome', decision), decision.pauseMs);
        if (!(await op.pauseWithin(step, decision.pauseMs)))
          throw deadlinePassed(op, kind, decision.why, decision.failure, decision);
        continue;
      case 'create':
        await removeDependents(op, kind);
        if (kind.hasSaleStatus && !(await awaitCapacity(op, kind))) continue;
        if (!(await createOnce(op, kind))) continue;
        // Where names are unique, a second one is refused.
        if (namesRepeat) await removeDuplicates(op, kind);
        return;
    }
  }
}

/** Sends one create request. True when the resource exists; false when everything has to be checked again. */
async function createOnce(op: Provision, kind: ResourceKind): Promise<boolean> {
  const { step } = kind;
  await op.gate();
  const label = labelIn(kind, op.spec);
  const before = op.resource(step);
  op.explain(`creating ${label}: ${kind.describe(op.spec, before.choice)}`);
  const prepared = await prepare(op, kind);
  await op.gate();
  const mayRepeat = mayAppear(before.lastCreate);
  op.setResource(step, { undo: true, neverUsable: true, ...(mayRepeat ? { mayRepeat } : {}) });
  const sentAt = Date.now();
  const outcome = await op.sendOnce(() => sendCreate(op, kind, prepared));
  const { change, next } = afterCreate(label, before, outcome, sentAt, Date.now());
  op.setResource(step, change);
  switch (next.act) {
    case 'await':
      op.retries.clear();
      kind.identified(op, op.resource(step).ref?.id ?? '');
      return true;
    case 'checkAgain':
      op.explain(next.why);
      return false;
    case 'pause':
      op.explain(next.why);
      op.retries.failed(`creating ${label}`, retryError('ServiceUnavailable', next), next.pauseMs);
      if (!(await op.pauseWithin(step, next.pauseMs)))
        throw deadlinePassed(op, kind, next.why, 'DeadlineExceeded', next);
      return false;
    case 'noCapacity': {
      // A create that may have taken effect is not cleaned up when the API cannot delete its result.
      const mustStay = isPrepaid(op.spec) && op.resource(step).lastCreate.outcome !== 'none';
      if (kind.hasSaleStatus && !mustStay) await leaveChoice(op, kind, next.refusal);
      else await pauseForCapacity(op, kind, next.refusal);
      return false;
    }
  }
}

/** Finds what the create needs before anything is recorded as sent. */
async function prepare(op: Provision, kind: ResourceKind): Promise<string | null> {
  const { step } = kind;
  if (kind.prepare === undefined) return null;
  const found = await op.within(step, async (ms) => (await kind.prepare?.(op.createOrder(step), ms)) ?? null);
  if (found === null) throw deadlinePassed(op, kind, `no response about what ${labelIn(kind, op.spec)} needs`);
  return found.answer;
}

/** A lost activity leaves the outcome unknown, like a lost response. */
async function sendCreate(op: Provision, kind: ResourceKind, prepared: string | null): Promise<CreateOutcome> {
  try {
    return await kind.create(op.createOrder(kind.step), prepared);
  } catch (error) {
    const failure = describeFailure(error, kind.step);
    if (!isFailure(error) || isCancellation(error) || failure.type !== 'ServiceUnavailable') throw error;
    const { message, errorCode, requestId } = failure;
    return { outcome: 'unknown', why: message, errorCode, requestId };
  }
}

async function adopt(
  op: Provision,
  kind: ResourceKind,
  found: ExistingResource,
  duplicates: readonly ExistingResource[],
): Promise<void> {
  const { step } = kind;
  const label = labelIn(kind, op.spec);
  const choice = choiceOf(kind.choices(op.spec), found.wanted);
  if (choice === null) {
    const has = Object.entries(found.wanted).map(([flavor, count]) => `${count} x ${flavor}`);
    const why = `${label} exists with ${has.join(', ') || 'no nodes'}, which the spec does not ask for`;
    throw makeFailure('SpecConflict', why);
  }
  const isOurCreate = op.resource(step).undo;
  const ref = { id: found.id, createdAt: found.createdAt };
  const adopted = { ref, lastCreate: { outcome: 'none' }, refusal: null, neverUsable: false, sentAt: null } as const;
  op.setResource(step, { ...adopted, choice });
  op.unclear(found.id);
  op.retries.clear();
  kind.identified(op, found.id);
  op.explain(`${label} exists and carries our marker; adopting it`);
  if (!isOurCreate) {
    op.audit('adopt', workflowInfo().workflowId, `${step} ${found.id} carries our marker`);
    // What a lease owns was ready before this run began: a rollback must not remove it.
    const isLeased = await op.reads(label).isLeased({ name: op.spec.name });
    op.setResource(step, { undo: !isLeased });
  }
  if ('byMarker' in kind.identity) await clearAway(op, kind, duplicates);
}

/** Waits for, or removes, a resource of an earlier attempt that holds the name. */
async function makeRoom(op: Provision, kind: ResourceKind, act: 'awaitGone' | 'cleanUp', found: ExistingResource) {
  const label = labelIn(kind, op.spec);
  if ('byMarker' in kind.identity) {
    op.explain(`removing ${label} of an earlier run first`);
    return await clearAway(op, kind, [found]);
  }
  if (act === 'cleanUp' && kind.step === 'pool' && isPrepaid(op.spec)) throw prepaidFailed(label);
  if (!op.resource(kind.step).undo) op.clear(found);
  if (act === 'cleanUp') return await cleanUp(op, kind, `cleaning up what is left of ${label}`);
  op.explain(`${label} is still being deleted. It is created again when it is gone.`);
  if (!(await awaitGone(op, kind))) throw deadlinePassed(op, kind, op.state.progress.why);
}

/** Waits until a resource that is being deleted is gone, or turns out to stay; false at the deadline. */
async function awaitGone(op: Provision, kind: ResourceKind): Promise<boolean> {
  const { gone: goal, step } = kind;
  const target = targetOf(op, kind);
  let watch: Watch<ResourceFacts> = freshWatch;
  for (;;) {
    const wait = await op.within(step, (ms) => kind.observe(op, { ...target, goal, watch, pace: op.pace }, ms));
    if (wait === null) return false;
    const verdict = kind.judge(target.name, wait.answer.facts, goal);
    watch = remember(watch, wait.answer, verdict);
    const isGone = isConfirmed(watch.absentSince, wait.answer.at, op.pace);
    if (verdict.condition === 'absent' ? isGone : verdict.condition !== 'leaving') return true;
  }
}

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
async function removeDuplicates(op: Provision, kind: ResourceKind): Promise<void> {
  const { step } = kind;
  const existing = await op.within(step, (ms) => kind.findExisting(op.createOrder(step), ms));
  const found = keepOldest(existing?.answer ?? [], op.us);
  const created = op.resource(step).ref;
  if (found === null || created === null) return;
  const rival = olderRival(existing?.answer ?? [], op.us, found.kept);
  if (rival !== null) {
    const why = `${labelIn(kind, op.spec)} is taken: ${rival.id} of another operation of this installation is older`;
    throw makeFailure('NameTaken', why, { hint: 'Choose another name, or tear down the other one first.' });
  }
  const { kept, duplicates } = found;
  if (kept.id !== created.id) {
    op.setResource(step, { ref: { id: kept.id, createdAt: kept.createdAt }, watch: freshWatch, sentAt: null });
    kind.identified(op, kept.id);
  }
  // Lists lag behind: the created one may not be in this one.
  const isListed = [kept, ...duplicates].some(({ id }) => id === created.id);
  await clearAway(op, kind, isListed ? duplicates : [...duplicates, created]);
}

async function clearAway(op: Provision, kind: ResourceKind, found: readonly ResourceRef[]): Promise<void> {
  for (const one of found)
    op.audit('clear', workflowInfo().workflowId, `${kind.step} ${one.id} with our marker is removed`);
  op.setResource(kind.step, { clearing: found.map(({ id, createdAt }) => ({ id, createdAt })) });
  await finishClearing(op, kind);
}
