import { isCancellation, workflowInfo } from '@temporalio/workflow';
import { makeFailure } from '../../contract/failures.js';
import {
  afterCreate,
  type CreateOutcome,
  capacityPause,
  consistencyWaitMs,
  decideCreate,
  type ExistingResource,
} from '../../domain/provision/create.js';
import { percentOf } from '../../domain/provision/percent.js';
import type { CapacityRefusal } from '../../domain/provision/resource-state.js';
import { choiceOf, describeSoldOut, firstOnSale } from '../../domain/resource/flavor.js';
import {
  freshWatch,
  isConfirmed,
  type ResourceFacts,
  remember,
  type Watch,
} from '../../domain/resource/observation.js';
import { describeFailure, isFailure } from '../operation/failure.js';
import { retryError } from '../operation/retries.js';
import { timeNow } from '../operation/state.js';
import { labelIn, type ResourceKind } from '../resource/kind.js';
import { targetOf } from './await-usable.js';
import { cleanUp, finishClearing, removeDependents } from './clean-up.js';
import { createConflict, deadlinePassed, soldOut } from './failures.js';
import type { Provision } from './state.js';

/**
 * Creates or adopts the resource of a step. Every create is preceded by a search, and after an unknown outcome it searches
 * again instead of sending a second create.
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
  let isRefusedBefore = false;
  for (;;) {
    await op.continueWhenLong();
    const { lastCreate } = op.resource(step);
    const existing = await op.within(step, () => kind.findExisting(op.createOrder(step)));
    if (existing === null) throw deadlinePassed(op, kind, `no response about ${label} before the deadline`);
    const window = settings.consistencyWindowMs;
    const decision = decideCreate(label, existing.answer, op.us, lastCreate, window, Date.now());
    // A single response may lack the marker: two in a row show that the resource is foreign.
    const isConfirmedRefusal = isRefusedBefore;
    isRefusedBefore = decision.act === 'refuse';
    switch (decision.act) {
      case 'refuse':
        if (isConfirmedRefusal) throw await createConflict(op, kind, decision);
        if (!(await op.pauseWithin(step, settings.pollMinMs)))
          throw deadlinePassed(op, kind, decision.why, decision.type);
        continue;
      case 'adopt':
        return await adopt(op, kind, decision.found, decision.duplicates);
      case 'awaitGone':
      case 'cleanUp':
        await makeRoom(op, kind, decision.act, decision.found);
        continue;
      case 'checkAgain':
        op.explain(decision.why);
        op.retries.failed(`looking for ${label}`, retryError('UnknownOutcome', decision), decision.pauseMs);
        if (!(await op.pauseWithin(step, decision.pauseMs)))
          throw deadlinePassed(op, kind, decision.why, decision.failure);
        continue;
      case 'create':
        await removeDependents(op, kind);
        if (kind.hasSaleStatus && !(await awaitCapacity(op, kind))) continue;
        if (!(await createOnce(op, kind))) continue;
        if ('byMarker' in kind.identity) await removeDuplicates(op, kind);
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
  op.setResource(step, { undo: true });
  const sentAt = Date.now();
  const outcome = await op.sendOnce(() => sendCreate(op, kind));
  const { change, next } = afterCreate(label, before, outcome, sentAt, Date.now());
  op.setResource(step, change);
  switch (next.act) {
    case 'await':
      op.retries.over();
      kind.identified(op, op.resource(step).ref?.id ?? '');
      return true;
    case 'checkAgain':
      op.explain(next.why);
      return false;
    case 'pause':
      op.explain(next.why);
      op.retries.failed(`creating ${label}`, retryError('ServiceUnavailable', next), next.pauseMs);
      if (!(await op.pauseWithin(step, next.pauseMs))) throw deadlinePassed(op, kind, op.state.progress.why);
      return false;
    case 'noCapacity':
      if (kind.hasSaleStatus) await leaveChoice(op, kind, next.refusal);
      else await pauseForCapacity(op, kind, next.refusal);
      return false;
  }
}

/** A create whose activity was lost is as unknown as one whose response was. */
async function sendCreate(op: Provision, kind: ResourceKind): Promise<CreateOutcome> {
  try {
    return await kind.create(op.createOrder(kind.step));
  } catch (error) {
    const failure = describeFailure(error, kind.step);
    if (!isFailure(error) || isCancellation(error) || failure.type !== 'ServiceUnavailable') throw error;
    return { outcome: 'unknown', why: failure.message };
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
  op.setResource(step, { ref, lastCreate: { outcome: 'none' }, refusal: null, choice });
  op.retries.over();
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
    const wait = await op.within(step, () => kind.observe(op, { ...target, goal, watch, pace: op.pace }));
    if (wait === null) return false;
    const verdict = kind.judge(target.name, wait.answer.facts, goal);
    watch = remember(watch, wait.answer, verdict);
    const isGone = isConfirmed(watch.absentSince, wait.answer.at, op.pace);
    if (verdict.condition === 'absent' ? isGone : verdict.condition !== 'leaving') return true;
  }
}

/** A second resource with our marker costs money for nothing: it is deleted and reported. */
async function removeDuplicates(op: Provision, kind: ResourceKind): Promise<void> {
  const existing = await op.within(kind.step, () => kind.findExisting(op.createOrder(kind.step)));
  const kept = op.resource(kind.step).ref?.id;
  const isOurs = ({ marker }: ExistingResource) =>
    marker !== null && marker.installation === op.us.installation && marker.owner === op.us.owner;
  const duplicates = (existing?.answer ?? []).filter((one) => isOurs(one) && one.id !== kept && !one.leaving);
  await clearAway(op, kind, duplicates);
}

async function clearAway(op: Provision, kind: ResourceKind, found: readonly ExistingResource[]): Promise<void> {
  for (const one of found) {
    op.audit('clear', workflowInfo().workflowId, `${kind.step} ${one.id} with our marker is removed`);
    op.clear(one);
  }
  op.setResource(kind.step, { clearing: found.map(({ id, createdAt }) => ({ id, createdAt })) });
  await finishClearing(op, kind);
}

/** True when the present choice may be created now; false after a wait, when everything has to be checked again. */
async function awaitCapacity(op: Provision, kind: ResourceKind): Promise<boolean> {
  const { step, creating } = kind;
  const choices = kind.choices(op.spec);
  const names = [...new Set(choices.flatMap(({ resources }) => resources.map(({ flavor }) => flavor)))];
  const flavors = await op.within(step, () => op.reads(names.join(', ')).readFlavors({ names }));
  if (flavors === null) throw deadlinePassed(op, kind, 'no response about the flavors before the deadline');
  const { choice } = op.resource(step);
  const next = firstOnSale(choices, flavors.answer, choice);
  if (next !== null) {
    if (next !== choice) choose(op, kind, next);
    return true;
  }
  const refusal = { why: describeSoldOut(choices), errorCode: null, requestId: null };
  // Earlier choices were refused in this round. The next round begins after a pause, whatever the list says about them.
  if (choice > 0) {
    await pauseForCapacity(op, kind, refusal);
    return false;
  }
  showAwaitingCapacity(op, kind, refusal.why);
  const onSale = await op.within(step, () => op.waits(names.join(', ')).awaitCapacity({ choices }), 'capacityClock');
  op.update({ awaiting: null });
  if (onSale === null) throw soldOut(kind, refusal);
  op.enter(creating.phase, `capacity is back; checking whether ${labelIn(kind, op.spec)} exists`);
  return false;
}

/** Cleans up a choice without capacity and turns to the next one. After the last one it waits for capacity. */
export async function leaveChoice(op: Provision, kind: ResourceKind, refusal: CapacityRefusal): Promise<void> {
  const { step } = kind;
  op.setResource(step, { leaving: refusal });
  await cleanUp(op, kind, `${refusal.why}; cleaning up before the next choice`);
  op.setResource(step, { leaving: null });
  const { choice } = op.resource(step);
  if (choice + 1 < kind.choices(op.spec).length) choose(op, kind, choice + 1);
  else await pauseForCapacity(op, kind, refusal);
}

/** Every choice was tried or is sold out: pauses for longer each time, then begins with the first choice again. */
async function pauseForCapacity(op: Provision, kind: ResourceKind, refusal: CapacityRefusal): Promise<void> {
  const { step, creating } = kind;
  const { consistencyWindowMs, pollMaxMs } = op.identity.settings;
  const { lastCreate, refusals: before } = op.resource(step);
  const refusals = before + 1;
  op.setResource(step, { refusals, refusal });
  if (kind.hasSaleStatus) choose(op, kind, 0);
  showAwaitingCapacity(op, kind, refusal.why);
  // A refused create that took effect is visible by then, and the next search finds it.
  const consistencyWait = consistencyWaitMs(lastCreate, consistencyWindowMs, Date.now());
  const pauseMs = Math.max(consistencyWait, capacityPause(refusals, pollMaxMs));
  op.retries.failed(`creating ${labelIn(kind, op.spec)}`, retryError('SoldOut', refusal), pauseMs, refusals);
  const waited = await op.pauseWithin(step, pauseMs, 'capacityClock');
  op.update({ awaiting: null });
  if (!waited) throw soldOut(kind, refusal);
  op.enter(creating.phase, `trying again: ${refusal.why}`);
}

function showAwaitingCapacity(op: Provision, { step }: ResourceKind, why: string): void {
  op.enter('AwaitingCapacity', why);
  const { limitMs, spentMs } = op.resource(step).capacityClock;
  const deadline = new Date(Date.now() + limitMs - spentMs).toISOString();
  op.update({ awaiting: { kind: 'capacity', since: timeNow(), deadline, verbs: ['pause', 'cancel'] } });
}

function choose(op: Provision, { step }: ResourceKind, choice: number): void {
  op.setResource(step, { choice });
  op.startStep(step);
}
