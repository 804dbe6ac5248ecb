import {
  CancellationScope,
  CancelledFailure,
  ContinueAsNew,
  condition,
  continueAsNew,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { approveUpdate, type Resolution, rejectUpdate, resolveUpdate } from '../contract/messages.js';
import type { FailureProgress, Progress, StepName } from '../contract/progress.js';
import type { SpecKind } from '../contract/spec.js';
import type { ResourceRef } from '../contract/workflows.js';
import { parseDuration } from '../domain/duration.js';
import { percentOf } from '../domain/percent.js';
import { refusalOfResolution, resolutionVerbs } from '../domain/resolution.js';
import { startStopwatch } from '../domain/stopwatch.js';
import { firstCalls } from './calls.js';
import { describeFailure, endingFailure, stepFailure } from './failure.js';
import { launchOnPool } from './notebook-step.js';
import { carriedOver, newState, timeNow } from './operation.js';
import { bringUpPool } from './pool-step.js';
import { type Ending, nothingMade, Provision, type ProvisionState, poolIdOf, unsetClocks } from './provisioning.js';
import { removePool } from './removal.js';
import { removalOf, rollBack, rollbackPhases } from './rollback.js';

const stepsOf: Readonly<Record<SpecKind, readonly StepName[]>> = {
  provisionPoolThenLaunchNotebook: ['validate', 'pool', 'notebook'],
  provisionPool: ['validate', 'pool'],
  launchNotebook: ['validate', 'notebook'],
};

/**
 * The run of the three operations that make something. Setup: the document is checked and normalised. Loop: each step
 * runs until it is done, or until an operator or the spec says what becomes of its failure. Ending: what was made is
 * handed to a lease, or undone; the way back is not cancellable and is never given up.
 */
export async function provision(kind: SpecKind, document: unknown, carried?: ProvisionState): Promise<Progress> {
  const op: Provision = new Provision(carried === undefined ? firstState(kind, document) : carriedOver(carried), () =>
    continueAsNew<(document: unknown, carried: ProvisionState) => Promise<unknown>>(document, op.state),
  );
  const desk = openDesk(op);
  if (op.state.ending === null) {
    try {
      if (op.step('validate')?.state !== 'done') await validate(op, kind, document);
      await awaitApproval(op, desk);
      if (op.spec.pool !== undefined) await runStep(op, 'pool', kind, desk, () => bringUpPool(op));
      if (op.spec.notebook !== undefined) await runStep(op, 'notebook', kind, desk, () => launchOnPool(op));
      return await endReady(op);
    } catch (error) {
      if (error instanceof ContinueAsNew) throw error;
      op.state.ending = endingOf(op, error);
    }
  }
  const ending = op.state.ending;
  return await CancellationScope.nonCancellable(() => end(op, ending));
}

function firstState(kind: SpecKind, document: unknown): ProvisionState {
  // The document is checked by the first step; until then only its name is shown, if it has one.
  const name = typeof document === 'object' && document !== null && 'name' in document ? document.name : null;
  const shared = newState(typeof name === 'string' ? name : '', stepsOf[kind], 'Validating');
  return {
    ...shared,
    document,
    owner: '',
    specs: [],
    clocks: unsetClocks,
    making: { pool: nothingMade, notebook: nothingMade },
    approved: false,
    ending: null,
  };
}

/** Checks the document, and what it names that can be known before anything is made. */
async function validate(op: Provision, kind: SpecKind, document: unknown): Promise<void> {
  op.enter('Validating', 'checking the spec');
  op.startStep('validate');
  const { workflowId } = workflowInfo();
  const checked = await firstCalls(op.state.progress.name).checkSpec({ kind, document, workflowId });
  op.state.spec = checked.spec;
  op.state.identity = checked.identity;
  op.state.owner = checked.owner;
  op.state.specs = [checked.specHash];
  op.update({ name: checked.spec.name });
  await op.gate();
  await op.reads(checked.spec.name).refuseDuringTeardown({ name: checked.spec.name });
  const { pool, notebook } = checked.spec;
  if (pool?.network !== undefined) await op.reads(`network ${pool.network}`).checkNetwork({ network: pool.network });
  if (notebook !== undefined)
    await op.reads(`notebook ${notebook.name}`).checkNotebookApi({ workspaceId: notebook.workspaceId ?? null });
  op.setStep('validate', 'done');
  op.reach(percentOf('capacity'));
}

/** What operators have said and the loop has not taken up yet. */
interface Desk {
  answer: { readonly verb: 'approve' | 'reject'; readonly by: string; readonly reason: string } | null;
  resolution: Resolution | null;
}

/** Opens the updates that operators steer with. Validators refuse what does not fit the moment; handlers only note it. */
function openDesk(op: Provision): Desk {
  const desk: Desk = { answer: null, resolution: null };
  const approvalValidator = (command: { by?: string; reason?: string }) => {
    if (!command?.by || !command.reason) throw stepFailure('RequestRejected', 'an answer says by whom and why');
    if (op.state.progress.awaiting?.kind !== 'approval' || desk.answer !== null) {
      throw stepFailure('RequestRejected', `nothing waits for approval: the phase is ${op.state.progress.phase}`);
    }
  };
  for (const [verb, update] of [['approve', approveUpdate] as const, ['reject', rejectUpdate] as const]) {
    setHandler(
      update,
      ({ by, reason }) => {
        desk.answer = { verb, by, reason };
        op.audit(verb, by, reason);
        return op.state.progress;
      },
      { validator: approvalValidator },
    );
  }
  setHandler(
    resolveUpdate,
    (resolution) => {
      desk.resolution = resolution;
      op.audit(resolution.verb, resolution.by, resolution.reason);
      return op.state.progress;
    },
    {
      validator: (resolution) => {
        const refusal =
          desk.resolution !== null
            ? 'another answer is being carried out'
            : refusalOfResolution(op.state.progress, resolution);
        if (refusal !== null) throw stepFailure('RequestRejected', refusal);
      },
    },
  );
  return desk;
}

async function awaitApproval(op: Provision, desk: Desk): Promise<void> {
  const { approval } = op.spec;
  if (op.state.approved || approval?.required !== true) return;
  const limit = parseDuration(approval.timeout) ?? 0;
  const deadline = new Date(Date.now() + limit).toISOString();
  op.update({ awaiting: { kind: 'approval', since: timeNow(), deadline, verbs: ['approve', 'reject'] } });
  op.enter('AwaitingApproval', `waiting for an operator's approval until ${deadline}`);
  let watch = startStopwatch(limit);
  while (desk.answer === null) {
    const wait = await op.waitWithin(watch, () => condition(() => desk.answer !== null));
    watch = wait.watch;
    if (wait.end === 'deadline') {
      throw stepFailure('ApprovalTimedOut', `nobody approved within ${approval.timeout}`, {
        hint: `Start it again and approve it: \`maops env approve ${op.spec.name} --reason …\`.`,
      });
    }
  }
  op.update({ awaiting: null });
  if (desk.answer.verb === 'reject')
    throw stepFailure('ApprovalRejected', `rejected by ${desk.answer.by}: ${desk.answer.reason}`);
  op.state.approved = true;
}

/** Runs a step until it is done; its failure goes to the operator when the spec says so. */
async function runStep(
  op: Provision,
  step: 'pool' | 'notebook',
  kind: SpecKind,
  desk: Desk,
  run: () => Promise<void>,
): Promise<void> {
  if (op.step(step)?.state === 'done' || op.step(step)?.state === 'skipped') return;
  if (op.step(step)?.state !== 'running') {
    op.startStep(step);
    op.resetClocks(step);
  }
  for (;;) {
    try {
      await run();
      op.setStep(step, 'done');
      return;
    } catch (error) {
      if (error instanceof ContinueAsNew || isCancellation(error)) throw error;
      const failure = describeFailure(error, step);
      // Whether an unanswered create made something is not for a program to guess: that is asked whatever the spec says.
      if (op.spec.onFailure !== 'ask' && failure.type !== 'UnknownOutcome') throw error;
      const verb = await park(op, step, kind, desk, failure);
      if (verb === 'skip') {
        op.setStep(step, 'skipped');
        op.fail(null);
        return;
      }
      if (verb === 'abandon') throw new Abandoned();
      if (verb === 'rollback') throw error;
    }
  }
}

class Abandoned extends Error {}

/** Parks a failed step for an operator; after `deadlines.ask` it rolls back. A retry comes back with a step that runs again. */
async function park(
  op: Provision,
  step: 'pool' | 'notebook',
  kind: SpecKind,
  desk: Desk,
  failure: FailureProgress,
): Promise<'retry' | 'rollback' | 'abandon' | 'skip'> {
  let watch = startStopwatch(parseDuration(op.spec.deadlines.ask) ?? 0);
  let shown = failure;
  for (;;) {
    desk.resolution = null;
    op.setStep(step, 'failed');
    op.fail(shown);
    const deadline = new Date(Date.now() + watch.limitMs - watch.spentMs).toISOString();
    op.update({ awaiting: { kind: 'operator', since: timeNow(), deadline, verbs: resolutionVerbs(step) } });
    op.enter('AwaitingOperator', `${step} failed: ${shown.message}`);
    while (desk.resolution === null) {
      const wait = await op.waitWithin(watch, () => condition(() => desk.resolution !== null));
      watch = wait.watch;
      if (wait.end === 'deadline') {
        op.update({ awaiting: null });
        return 'rollback';
      }
    }
    const resolution: Resolution = desk.resolution;
    if (resolution.verb === 'retry' && resolution.changes !== undefined && Object.keys(resolution.changes).length > 0) {
      const refused = await changeSpec(op, step, kind, resolution.changes);
      if (refused !== null) {
        shown = refused;
        continue;
      }
    }
    desk.resolution = null;
    op.update({ awaiting: null });
    if (resolution.verb === 'retry') {
      op.fail(null);
      op.startStep(step);
      op.resetClocks(step);
    }
    return resolution.verb;
  }
}

/** Takes an operator's changes over into the spec; returns why not, when they do not make a valid one. */
async function changeSpec(
  op: Provision,
  step: 'pool' | 'notebook',
  kind: SpecKind,
  changes: Readonly<Record<string, unknown>>,
): Promise<FailureProgress | null> {
  try {
    const changed = await op.reads(op.spec.name).changeSpec({ kind, spec: op.spec, step, changes });
    op.state.specs = [...op.state.specs, changed.specHash];
    op.state.spec = changed.spec;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return describeFailure(error, step);
  }
  if (step === 'pool' && op.state.making.pool.undo) {
    await CancellationScope.nonCancellable(() =>
      removePool(op, poolIdOf(op), removalOf(op, 'pool'), rollbackPhases(op)),
    );
  }
  op.setMaking(step, { ...nothingMade, undo: op.state.making[step].undo });
  return null;
}

/** What becomes of a run that did not reach its goal. */
function endingOf(op: Provision, error: unknown): Ending {
  const running = op.state.progress.steps.find(({ state }) => state === 'running' || state === 'failed')?.name ?? null;
  if (error instanceof Abandoned) return { why: 'abandoned' };
  if (isCancellation(error)) {
    op.audit('cancel', op.state.note?.by ?? 'unknown', op.state.note?.reason ?? '');
    return { why: 'cancelled', keep: op.state.spec?.onCancel === 'keep' };
  }
  const failure = describeFailure(error, running);
  if (running !== null) op.setStep(running, 'failed');
  if (failure.type === 'ApprovalRejected' || failure.type === 'ApprovalTimedOut')
    return { why: 'rejected', failure, keep: false };
  return { why: 'failed', failure, keep: op.state.spec?.onFailure === 'keep' };
}

async function endReady(op: Provision): Promise<Progress> {
  await op.gate();
  await CancellationScope.nonCancellable(() => entrust(op));
  op.update({ percent: 100 });
  op.enter('Ready', `${op.spec.name} is ready to use`);
  await op.drain();
  return op.state.progress;
}

/** Hands what stays alive to its lease before this run closes: there is no moment without an owner. */
async function entrust(op: Provision): Promise<void> {
  const { pool, notebook } = op.state.making;
  const notebooks: ResourceRef[] = notebook.ref === null ? [] : [notebook.ref];
  // An unknown create that is kept may exist without being known: the lease owns by name and marker.
  if (pool.ref === null && notebooks.length === 0 && !pool.undo && !notebook.undo) return;
  const lease = await op.reads(`lease ${op.spec.name}`).entrustToLease({
    name: op.spec.name,
    owner: op.state.progress.workflowId,
    spec: op.spec,
    resources: { pool: pool.ref, notebooks },
  });
  op.update({ lease });
}

async function end(op: Provision, ending: Ending): Promise<Progress> {
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
    if (op.state.note?.verb !== 'teardown') await entrust(op);
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
  const phase =
    ending.why === 'rejected'
      ? 'Rejected'
      : op.state.removed && failure?.type !== 'Protected'
        ? 'RolledBack'
        : 'Failed';
  op.enter(phase, reason);
  await op.drain();
  throw endingFailure(failure ?? describeFailure(new Error(reason), null), op.state.progress);
}
