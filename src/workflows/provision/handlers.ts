import { condition, isCancellation } from '@temporalio/workflow';
import { makeFailure } from '../../contract/failures.js';
import { approveUpdate, type Resolution, rejectUpdate, resolveUpdate } from '../../contract/messages.js';
import type { FailureProgress, ResourceStep } from '../../contract/progress.js';
import { isPrepaid, type SpecKind } from '../../contract/spec.js';
import { oneLine } from '../../domain/command.js';
import { parseDuration } from '../../domain/duration.js';
import { refusalOfChanges, refusalOfResolution, resolutionVerbs } from '../../domain/provision/resolution.js';
import { notCreated } from '../../domain/provision/resource-state.js';
import { startStopwatch } from '../../domain/stopwatch.js';
import { handleCommand } from '../operation/commands.js';
import { describeFailure, isFailure } from '../operation/failure.js';
import { timeNow } from '../operation/state.js';
import type { Provision } from './state.js';

/** Operator decisions that the loop has not processed yet. */
export interface Handlers {
  answer: { readonly verb: 'approve' | 'reject'; readonly by: string; readonly reason: string } | null;
  resolution: Resolution | null;
}

/**
 * Registers the updates of operators. Validators refuse what does not fit the present state; handlers only record it.
 */
export function setHandlers(op: Provision): Handlers {
  const handlers: Handlers = { answer: null, resolution: null };
  for (const [verb, update] of [['approve', approveUpdate] as const, ['reject', rejectUpdate] as const]) {
    handleCommand(op, update, {
      refusal: () => {
        const isAwaited =
          op.state.progress.awaiting?.kind === 'approval' && handlers.answer === null && op.state.ending === null;
        return isAwaited ? null : `no approval is awaited: the phase is ${op.state.progress.phase}`;
      },
      act: ({ by, reason }) => {
        handlers.answer = { verb, by, reason };
        op.audit(verb, by, reason);
        // In a pause the answer is processed later, and no other answer is awaited until then.
        op.update({ awaiting: null });
        op.explain(`${verb === 'approve' ? 'approved' : 'rejected'} by ${by}`);
      },
    });
  }
  handleCommand(op, resolveUpdate, {
    refusal: (resolution) =>
      handlers.resolution === null
        ? (refusalOfResolution(op.state.progress, resolution) ?? refusalFor(op, resolution))
        : 'another decision is being carried out',
    act: (resolution) => {
      handlers.resolution = resolution;
      op.audit(resolution.verb, resolution.by, resolution.reason);
      op.update({ awaiting: null });
      op.explain(`${resolution.verb} requested by ${resolution.by}`);
    },
  });
  return handlers;
}

function refusalFor(op: Provision, { verb, changes }: Resolution): string | null {
  const failed = op.state.progress.steps.find(({ state }) => state === 'failed')?.name;
  if (verb !== 'retry' || (failed !== 'pool' && failed !== 'notebook')) return null;
  const { name } = op.spec;
  const { resources, cleared } = op.state;
  return refusalOfChanges(changes, { name, failed, resources, cleared, isPrepaid: isPrepaid(op.spec) });
}

export async function awaitApproval(op: Provision, handlers: Handlers): Promise<void> {
  const { approval } = op.spec;
  if (op.state.approved || approval?.required !== true) return;
  const limit = parseDuration(approval.timeout) ?? 0;
  const deadline = new Date(Date.now() + limit).toISOString();
  op.update({ awaiting: { kind: 'approval', since: timeNow(), deadline, verbs: ['approve', 'reject'] } });
  op.enter('AwaitingApproval', `waiting for an operator's approval`);
  let watch = startStopwatch(limit);
  while (handlers.answer === null) {
    const wait = await op.waitWithin(watch, () => condition(() => handlers.answer !== null), true);
    watch = wait.watch;
    if (wait.end === 'deadline' && handlers.answer === null) {
      throw makeFailure('ApprovalTimedOut', `not approved within ${approval.timeout}`, {
        hint: `Start it again and approve it: \`maops env approve ${op.spec.name} --reason …\`.`,
      });
    }
  }
  op.update({ awaiting: null });
  if (handlers.answer.verb === 'reject')
    throw makeFailure('ApprovalRejected', `rejected by ${handlers.answer.by}: ${handlers.answer.reason}`);
  op.state.approved = true;
}

/**
 * Waits for an operator's decision on a failed step. A retry starts the step again. After `deadlines.ask` it is
 * `undecided`.
 */
export async function awaitDecision(
  op: Provision,
  step: ResourceStep,
  kind: SpecKind,
  handlers: Handlers,
  failure: FailureProgress,
): Promise<Resolution['verb'] | 'undecided'> {
  let watch = startStopwatch(parseDuration(op.spec.deadlines.ask) ?? 0);
  let refused: string | null = null;
  const verbs = resolutionVerbs(step, isPrepaid(op.spec));
  for (;;) {
    handlers.resolution = null;
    op.setStep(step, 'failed');
    op.fail(failure);
    op.retries.clear();
    const deadline = new Date(Date.now() + watch.limitMs - watch.spentMs).toISOString();
    op.update({ awaiting: { kind: 'operator', since: timeNow(), deadline, verbs } });
    op.enter(
      'AwaitingOperator',
      `${step} failed: ${failure.message}${refused === null ? '' : `; not retried: ${refused}`}`,
    );
    while (handlers.resolution === null) {
      const wait = await op.waitWithin(watch, () => condition(() => handlers.resolution !== null), true);
      watch = wait.watch;
      if (wait.end === 'deadline' && handlers.resolution === null) {
        op.update({ awaiting: null });
        return 'undecided';
      }
    }
    const resolution: Resolution = handlers.resolution;
    if (resolution.verb === 'retry' && resolution.changes != null && Object.keys(resolution.changes).length > 0) {
      const refusal = await changeSpec(op, step, kind, resolution.changes);
      if (refusal !== null) {
        // The step is still failed: the handler could not know that the changed spec is invalid.
        refused = oneLine(refusal.message);
        op.audit('refuse', op.state.progress.workflowId, `the changes by ${resolution.by}: ${refused}`);
        continue;
      }
    }
    handlers.resolution = null;
    op.update({ awaiting: null });
    if (resolution.verb === 'retry') {
      op.fail(null);
      op.tryAgain(step);
    }
    return resolution.verb;
  }
}

/** Applies an operator's changes to the spec. Returns the reason when the changed spec is invalid. */
async function changeSpec(
  op: Provision,
  step: ResourceStep,
  kind: SpecKind,
  changes: Readonly<Record<string, unknown>>,
): Promise<FailureProgress | null> {
  try {
    const changed = await op.reads(op.spec.name).changeSpec({ kind, spec: op.spec, step, changes });
    op.takeSpec(changed.spec, changed.specHash);
  } catch (error) {
    if (!isFailure(error) || isCancellation(error)) throw error;
    return describeFailure(error, step);
  }
  // The step removes what was created from the old spec before it creates anything from the new one.
  const { undo, lastCreate, known } = op.resource(step);
  op.setResource(step, { ...notCreated, undo, lastCreate, known, cleaning: undo });
  return null;
}
