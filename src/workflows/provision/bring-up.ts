import { isCancellation } from '@temporalio/workflow';
import type { SpecKind } from '../../contract/spec.js';
import { describeFailure, isFailure } from '../operation/failure.js';
import type { ResourceKind } from '../resource/kind.js';
import { kindsIn } from '../resource/kinds/index.js';
import { awaitUsable, isStillUsable } from './await-usable.js';
import { leaveChoice } from './capacity.js';
import { finishClearing } from './clean-up.js';
import { createOrAdopt, isStillOldest } from './create.js';
import { awaitDecision, type Handlers } from './handlers.js';
import { Decided } from './outcome.js';
import type { Provision } from './state.js';

/** Runs the step of each kind until all resources are usable at once. A resource that became unusable meanwhile is awaited again. */
export async function bringUpAll(op: Provision, specKind: SpecKind, handlers: Handlers): Promise<void> {
  for (;;) {
    let justSeen: ResourceKind | null = null;
    for (const kind of kindsIn(op.spec)) if (await runStep(op, kind, specKind, handlers)) justSeen = kind;
    if (await areStillUsable(op, justSeen)) return;
  }
}

/** Creates or adopts the resource and waits until it is usable. A choice without capacity is cleaned up and the next one is tried. */
async function bringUp(op: Provision, kind: ResourceKind): Promise<void> {
  for (;;) {
    await finishClearing(op, kind);
    if (op.resource(kind.step).ref === null) await createOrAdopt(op, kind);
    const outcome = await awaitUsable(op, kind);
    if (outcome === true) {
      if (!(await isStillOldest(op, kind))) continue;
      op.setResource(kind.step, { refusals: 0 });
      return;
    }
    await leaveChoice(op, kind, { why: outcome.why, errorCode: null, requestId: null });
  }
}

/** Runs a step until it is done, and returns whether it became done now. The operator decides on its failure when the spec says so. */
async function runStep(op: Provision, kind: ResourceKind, specKind: SpecKind, handlers: Handlers): Promise<boolean> {
  const { step } = kind;
  const state = op.step(step)?.state;
  if (state === 'done' || state === 'skipped') return false;
  if (state !== 'running') {
    op.startStep(step);
    op.resetClocks(step);
  }
  for (;;) {
    try {
      await bringUp(op, kind);
      op.setStep(step, 'done');
      return true;
    } catch (error) {
      if (!isFailure(error) || isCancellation(error)) throw error;
      const failure = describeFailure(error, step);
      // No program can know whether an unanswered create took effect, so an operator decides, even without `onFailure: ask`.
      if (op.spec.onFailure !== 'ask' && failure.type !== 'UnknownOutcome') throw error;
      const verb = await awaitDecision(op, step, specKind, handlers, failure);
      if (verb === 'skip') {
        op.setStep(step, 'skipped');
        op.fail(null);
        return false;
      }
      if (verb === 'abandon') throw new Decided({ why: 'abandoned' });
      if (verb === 'rollback') throw new Decided({ why: 'failed', failure, keep: false });
      if (verb === 'undecided') throw error;
    }
  }
}

/**
 * Whether every resource is usable now. Much time may have passed since its step was done: waits for a later step or an
 * operator, or a pause. So each one but `justSeen` is observed once more, and after a pause all of them. If one is not
 * usable any more, its step is opened again: it waits until the resource heals, or fails.
 */
async function areStillUsable(op: Provision, justSeen: ResourceKind | null): Promise<boolean> {
  let seen = justSeen;
  for (;;) {
    await op.gate();
    const { pauses } = op;
    for (const kind of kindsIn(op.spec)) {
      if (kind === seen || op.step(kind.step)?.state !== 'done' || (await isStillUsable(op, kind))) continue;
      op.setStep(kind.step, 'running');
      return false;
    }
    if (op.pauses === pauses) return true;
    seen = null;
  }
}
