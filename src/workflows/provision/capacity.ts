import { decideCapacity, nextChoice, pauseBeforeRound } from '../../domain/provision/capacity.js';
import type { CapacityRefusal } from '../../domain/provision/resource-state.js';
import { describeSoldOut, type FlavorFacts, flavorsOf, recentSale } from '../../domain/resource/flavor.js';
import { retryError } from '../operation/retries.js';
import { timeNow } from '../operation/state.js';
import { labelIn, type ResourceKind } from '../resource/kind.js';
import { cleanUp } from './clean-up.js';
import { deadlinePassed, soldOut } from './failures.js';
import type { Provision } from './state.js';

/** True when the present choice may be created now; false after a wait, when everything has to be checked again. */
export async function awaitCapacity(op: Provision, kind: ResourceKind): Promise<boolean> {
  const { step, creating } = kind;
  const choices = kind.choices(op.spec);
  const names = flavorsOf(choices);
  const flavors = await readSale(op, kind, names);
  const { choice } = op.resource(step);
  const decision = decideCapacity(choices, flavors, choice);
  if (decision.act === 'create') {
    if (decision.choice !== choice) choose(op, kind, decision.choice);
    return true;
  }
  const refusal = { why: describeSoldOut(choices), errorCode: null, requestId: null };
  if (decision.act === 'pause') {
    await pauseForCapacity(op, kind, refusal);
    return false;
  }
  showAwaitingCapacity(op, kind, refusal.why);
  const onSale = await op.within(
    step,
    (ms) => op.waits(names.join(', '), ms).awaitCapacity({ choices }),
    'capacityClock',
  );
  op.update({ awaiting: null });
  if (onSale === null) throw soldOut(kind, refusal);
  op.enter(creating.phase, `capacity is back; checking whether ${labelIn(kind, op.spec)} exists`);
  return false;
}

/** The sale status that the first step has just read, or else reads it. */
async function readSale(op: Provision, kind: ResourceKind, names: readonly string[]): Promise<readonly FlavorFacts[]> {
  const known = recentSale(op.state.sale ?? null, Date.now());
  // A second look asks again: the first create may have been refused.
  op.state.sale = null;
  if (known !== null) return known;
  const read = await op.within(kind.step, (ms) => op.reads(names.join(', '), ms).readFlavors({ names }));
  if (read === null) throw deadlinePassed(op, kind, 'no response about the flavors before the deadline');
  return read.answer;
}

/** Cleans up a choice without capacity and turns to the next one. After the last one it waits for capacity. */
export async function leaveChoice(op: Provision, kind: ResourceKind, refusal: CapacityRefusal): Promise<void> {
  const { step } = kind;
  op.setResource(step, { leaving: refusal });
  await cleanUp(op, kind, `${refusal.why}; cleaning up before the next choice`);
  op.setResource(step, { leaving: null });
  const next = nextChoice(op.resource(step).choice, kind.choices(op.spec).length);
  if (next !== null) choose(op, kind, next);
  else await pauseForCapacity(op, kind, refusal);
}

/** Every choice was tried or is sold out: pauses for longer each time, then begins with the first choice again. */
export async function pauseForCapacity(op: Provision, kind: ResourceKind, refusal: CapacityRefusal): Promise<void> {
  const { step, creating } = kind;
  const { lastCreate, refusals: before } = op.resource(step);
  const refusals = before + 1;
  op.setResource(step, { refusals, refusal });
  if (kind.hasSaleStatus) choose(op, kind, 0);
  showAwaitingCapacity(op, kind, refusal.why);
  const pauseMs = pauseBeforeRound(refusals, lastCreate, op.identity.settings, Date.now());
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
