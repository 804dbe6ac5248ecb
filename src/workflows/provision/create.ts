import { isCancellation, workflowInfo } from '@temporalio/workflow';
import { makeFailure } from '../../contract/failures.js';
import { isPrepaid } from '../../contract/spec.js';
import { afterCreate, type CreateOutcome } from '../../domain/provision/after-create.js';
import { leavesChoice } from '../../domain/provision/capacity.js';
import {
  type CreateDecision,
  decideCreate,
  type ExistingResource,
  hasLeftOrStays,
  roomFor,
} from '../../domain/provision/create.js';
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
import { cleanUp, removeDependents } from './clean-up.js';
import { clearAway, removeDuplicates } from './duplicates.js';
import { createConflict, deadlinePassed, prepaidFailed } from './failures.js';
import type { Provision } from './state.js';

/**
 * Creates or adopts the resource of a step. Every create is preceded by a search, and after an unknown outcome it
 * searches again instead of sending a second create.
 *
 * Phases: the kind's creating phase, and `AwaitingCapacity` while every choice is sold out.
 */
export async function createOrAdopt(op: Provision, kind: ResourceKind): Promise<void> {
  await prepareStep(op, kind);
  const confirmRefusal = twiceInARow();
  for (;;) {
    await op.continueWhenLong();
    const decision = await search(op, kind);
    const isConfirmedRefusal = confirmRefusal(decision.act === 'refuse');
    if (decision.act === 'refuse' && isConfirmedRefusal) throw await createConflict(op, kind, decision);
    if (await carryOut(op, kind, decision)) return;
  }
}

/** Shows the step, and finishes the clean-up that an earlier attempt has begun. */
async function prepareStep(op: Provision, kind: ResourceKind): Promise<void> {
  const { step, creating } = kind;
  const label = labelIn(kind, op.spec);
  op.enter(creating.phase, `checking whether ${label} exists`);
  op.reach(percentOf(creating.percent));
  const { cleaning, leaving } = op.resource(step);
  if (cleaning && leaving !== null) await leaveChoice(op, kind, leaving);
  else if (cleaning) await cleanUp(op, kind, `cleaning up what is left of ${label}`);
}

async function search(op: Provision, kind: ResourceKind): Promise<CreateDecision> {
  const { step } = kind;
  const label = labelIn(kind, op.spec);
  const { lastCreate } = op.resource(step);
  const existing = await op.within(step, (ms) => kind.findExisting(op.createOrder(step), ms));
  if (existing === null) throw deadlinePassed(op, kind, `no response about ${label} before the deadline`);
  const window = op.identity.settings.consistencyWindowMs;
  return decideCreate(label, existing.answer, op.us, lastCreate, window, Date.now(), namesRepeat(kind));
}

function namesRepeat({ identity }: ResourceKind): boolean {
  return 'byMarker' in identity && identity.namesRepeat === true;
}

/** True when the resource exists; false when everything has to be checked again. */
async function carryOut(op: Provision, kind: ResourceKind, decision: CreateDecision): Promise<boolean> {
  const { step } = kind;
  switch (decision.act) {
    case 'refuse':
      if (await op.pauseWithin(step, op.identity.settings.pollMinMs)) return false;
      throw deadlinePassed(op, kind, decision.why, decision.type, 'requestId' in decision ? decision : {});
    case 'adopt':
      await adopt(op, kind, decision.found, decision.duplicates);
      return true;
    case 'awaitGone':
    case 'cleanUp':
      await makeRoom(op, kind, decision.act, decision.found);
      return false;
    case 'checkAgain':
      op.explain(`${decision.why}. Checking again.`);
      op.retries.failed(
        `looking for ${labelIn(kind, op.spec)}`,
        retryError('UnknownOutcome', decision),
        decision.pauseMs,
      );
      if (await op.pauseWithin(step, decision.pauseMs)) return false;
      throw deadlinePassed(op, kind, decision.why, decision.failure, decision);
    case 'create':
      await removeDependents(op, kind);
      if (kind.hasSaleStatus && !(await awaitCapacity(op, kind))) return false;
      if (!(await createOnce(op, kind))) return false;
      // Where names are unique, a second one is refused.
      if (namesRepeat(kind)) await removeDuplicates(op, kind);
      return true;
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
      const { lastCreate } = op.resource(step);
      if (leavesChoice(kind.hasSaleStatus, isPrepaid(op.spec), lastCreate)) await leaveChoice(op, kind, next.refusal);
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
  const isPrepaidPool = kind.step === 'pool' && isPrepaid(op.spec);
  const room = roomFor(act, { byMarker: 'byMarker' in kind.identity, isPrepaid: isPrepaidPool });
  if (room === 'clear') {
    op.explain(`removing ${label} of an earlier run first`);
    return await clearAway(op, kind, [found]);
  }
  if (room === 'refuse') throw prepaidFailed(label);
  if (!op.resource(kind.step).undo) op.clear(found);
  if (room === 'cleanUp') return await cleanUp(op, kind, `cleaning up what is left of ${label}`);
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
    const isAbsent = isConfirmed(watch.absentSince, wait.answer.at, op.pace);
    if (hasLeftOrStays(verdict.condition, isAbsent)) return true;
  }
}
