import { isCancellation } from '@temporalio/workflow';
import type { SpecKind } from '../../contract/spec.js';
import { afterDecision, afterFailedStep } from '../../domain/provision/resolution.js';
import { describeFailure, isFailure } from '../operation/failure.js';
import type { ResourceKind } from '../resource/kind.js';
import { kindsIn } from '../resource/kinds/index.js';
import { awaitUsable, isStillUsable, isUnusableNow } from './await-usable.js';
import { leaveChoice } from './capacity.js';
import { finishClearing } from './clean-up.js';
import { createOrAdopt } from './create.js';
import { isStillOldest } from './duplicates.js';
import { awaitDecision, type Handlers } from './handlers.js';
import { Decided } from './outcome.js';
import type { Provision } from './state.js';

/** How a step ended: it had ended before, it is done or skipped now, or a step that it needs was opened again. */
type StepEnd = 'before' | 'done' | 'skipped' | 'reopened';

/**
 * Runs the step of each kind until all resources are usable at once. A resource that became unusable meanwhile is
 * awaited again.
 */
export async function bringUpAll(op: Provision, specKind: SpecKind, handlers: Handlers): Promise<void> {
  for (;;) {
    const { end, justSeen } = await runSteps(op, specKind, handlers);
    if (end !== 'reopened' && (await areStillUsable(op, justSeen))) return;
  }
}

/** Runs the steps in order. `justSeen` is the resource of the last step, if it was observed usable twice just now. */
async function runSteps(op: Provision, specKind: SpecKind, handlers: Handlers) {
  let justSeen: ResourceKind | null = null;
  for (const kind of kindsIn(op.spec)) {
    const end = await runStep(op, kind, specKind, handlers);
    if (end === 'reopened') return { end, justSeen: null };
    if (end !== 'before') justSeen = end === 'done' ? kind : null;
  }
  return { end: 'done' as const, justSeen };
}

/**
 * Creates or adopts the resource and waits until it is usable. A choice without capacity is cleaned up and the next one
 * is tried.
 */
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

/** Runs a step until it has ended. The operator decides on its failure when the spec says so. */
async function runStep(op: Provision, kind: ResourceKind, specKind: SpecKind, handlers: Handlers): Promise<StepEnd> {
  const { step } = kind;
  const state = op.step(step)?.state;
  if (state === 'done' || state === 'skipped') return 'before';
  if (state !== 'running') {
    op.startStep(step);
    op.resetClocks(step);
  }
  for (;;) {
    try {
      await bringUp(op, kind);
      op.setStep(step, 'done');
      return 'done';
    } catch (error) {
      if (!isFailure(error) || isCancellation(error)) throw error;
      const failure = describeFailure(error, step);
      const { checkNeeded, act } = afterFailedStep(failure.type, op.spec.onFailure);
      if (checkNeeded && (await reopenNeeded(op, kind))) return 'reopened';
      if (act === 'fail') throw error;
      const next = afterDecision(await awaitDecision(op, step, specKind, handlers, failure), failure);
      switch (next.act) {
        case 'retry':
          continue;
        case 'skip':
          op.setStep(step, 'skipped');
          op.fail(null);
          return 'skipped';
        case 'fail':
          throw error;
        case 'end':
          throw new Decided(next.ending);
      }
    }
  }
}

/**
 * A resource may fail because one that it needs is not usable any more, such as a notebook on a pool. Then that step is
 * opened again: it waits until the resource heals, or reports its failure. True when it was opened.
 */
async function reopenNeeded(op: Provision, kind: ResourceKind): Promise<boolean> {
  for (const needed of kindsIn(op.spec)) {
    if (!kind.needs.includes(needed.step) || op.step(needed.step)?.state !== 'done') continue;
    if (!(await isUnusableNow(op, needed))) continue;
    op.retries.clear();
    op.ensureTimeLeft(needed.step, op.identity.settings.abnormalGraceMs);
    op.setStep(kind.step, 'pending');
    op.setStep(needed.step, 'running');
    return true;
  }
  return false;
}

/**
 * Whether every resource is usable now. Much time may have passed since its step was done: waits for a later step or an
 * operator, or a pause. So each one but `justSeen` is observed once more, and after a pause all of them. For a resource
 * that was observed usable only once, this is the second observation. If one is not usable any more, its step is opened
 * again: it waits until the resource heals, or fails.
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
