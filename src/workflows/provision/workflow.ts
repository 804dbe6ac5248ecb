import { CancellationScope, continueAsNew, isCancellation, setHandler, workflowInfo } from '@temporalio/workflow';
import { ownedQuery } from '../../contract/messages.js';
import type { Progress, StepName } from '../../contract/progress.js';
import type { SpecKind } from '../../contract/spec.js';
import { isName } from '../../domain/name.js';
import { percentOf } from '../../domain/provision/percent.js';
import { freshWatch } from '../../domain/resource/observation.js';
import { firstCalls } from '../operation/activity-proxies.js';
import { describeFailure, isFailure, refuseLarge } from '../operation/failure.js';
import { carriedOver, newState } from '../operation/state.js';
import { awaitApproval, awaitDecision, type Handlers, setHandlers } from './handlers.js';
import { launchOnPool } from './notebook-step.js';
import { Abandoned, end, endingOf, endReady } from './outcome.js';
import { bringUpPool } from './pool-step.js';
import { adoptLeased } from './repeated-create.js';
import { nothingMade, Provision, type ProvisionState, unsetClocks } from './state.js';
import { isStillUsable } from './verify-ready.js';

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
  setHandler(ownedQuery, () => op.owned);
  const handlers = setHandlers(op);
  if (op.state.ending === null) {
    try {
      return await op.cancellation.run(async () => {
        if (op.step('validate')?.state !== 'done' && (await validate(op, kind, document))) return await endReady(op);
        await awaitApproval(op, handlers);
        await reachGoal(op, kind, handlers);
        return await endReady(op);
      });
    } catch (error) {
      if (!isFailure(error) && !(error instanceof Abandoned)) throw error;
      op.state.ending = endingOf(op, error);
    }
  }
  const ending = op.state.ending;
  return await CancellationScope.nonCancellable(() => end(op, ending));
}

function firstState(kind: SpecKind, document: unknown): ProvisionState {
  // The document is checked by the first step; until then only its name is shown, if it has one.
  const name = typeof document === 'object' && document !== null && 'name' in document ? document.name : null;
  const shared = newState(isName(name) ? name : '', stepsOf[kind], 'Validating');
  return {
    ...shared,
    owner: '',
    specs: [],
    clocks: unsetClocks,
    making: { pool: nothingMade, notebook: nothingMade },
    watches: { pool: freshWatch, notebook: freshWatch },
    workspaceIds: [],
    cleared: [],
    approved: false,
    rollingBack: false,
    ending: null,
  };
}

/**
 * Checks the document, and what it names that can be known before anything is made. True when a lease owns all of it
 * already, usable, so that there is nothing to do.
 */
async function validate(op: Provision, kind: SpecKind, document: unknown): Promise<boolean> {
  op.enter('Validating', 'checking the spec');
  op.startStep('validate');
  refuseLarge(document);
  const { workflowId } = workflowInfo();
  const checked = await op.retries.run('checking the spec', () =>
    firstCalls(op.state.progress.name).checkSpec({ kind, document, workflowId }),
  );
  op.takeSpec(checked.spec, checked.specHash);
  op.state.identity = checked.identity;
  op.state.owner = checked.owner;
  op.update({ name: checked.spec.name });
  await op.gate();
  const { name } = checked.spec;
  const question = { name, specHash: checked.specHash };
  const before = await op.retries.run(`checking that ${name} is not being torn down`, () =>
    op.reads(name).refuseDuringTeardown(question),
  );
  if (await adoptLeased(op, before?.leased ?? null)) {
    op.setStep('validate', 'done');
    return true;
  }
  expectUnseen(op, before?.unseenSince ?? null);
  const { pool, notebook } = checked.spec;
  // Pools are shown by their id; of notebooks only the lease knows the ids.
  if (notebook !== undefined && before?.leased) op.setMaking('notebook', { leased: before.leased.notebooks });
  const network = pool?.network;
  if (network !== undefined)
    await op.retries.run(`checking network ${network}`, () => op.reads(`network ${network}`).checkNetwork({ network }));
  if (notebook !== undefined) {
    const workspaceId = notebook.workspaceId ?? null;
    await op.retries.run('checking the notebook API', () =>
      op.reads(`notebook ${notebook.name}`).checkNotebookApi({ workspaceId }),
    );
  }
  const { spec } = checked;
  await op.retries.run('checking what the spec names', () => op.reads(name).checkFeasibility({ spec }));
  op.setStep('validate', 'done');
  op.reach(percentOf('capacity'));
  return false;
}

/** Runs the steps until all that they made is usable at once: what turned bad behind a later step's back is waited for again. */
async function reachGoal(op: Provision, kind: SpecKind, handlers: Handlers): Promise<void> {
  for (;;) {
    let justSeen: 'pool' | 'notebook' | null = null;
    if (op.spec.pool !== undefined && (await runStep(op, 'pool', kind, handlers, () => bringUpPool(op))))
      justSeen = 'pool';
    if (op.spec.notebook !== undefined && (await runStep(op, 'notebook', kind, handlers, () => launchOnPool(op)))) {
      justSeen = 'notebook';
    }
    if (await isStillUsable(op, justSeen)) return;
  }
}

/**
 * What an earlier run made just now and handed to its lease may not show in lists yet: until it has settled, its absence
 * is believed no sooner than after a create of this run's own.
 */
function expectUnseen(op: Provision, since: number | null): void {
  if (since === null || Date.now() - since >= op.identity.settings.consistencyWindowMs) return;
  const why = `lease/${op.spec.name} owns what was made and not seen yet`;
  for (const step of ['pool', 'notebook'] as const) {
    if (op.spec[step] !== undefined)
      op.setMaking(step, { lastCreate: { outcome: 'unknown', sentAt: since, since, why } });
  }
}

/** Runs a step until it is done, and returns whether it was brought there now; its failure goes to the operator when the spec says so. */
async function runStep(
  op: Provision,
  step: 'pool' | 'notebook',
  kind: SpecKind,
  handlers: Handlers,
  run: () => Promise<void>,
): Promise<boolean> {
  if (op.step(step)?.state === 'done' || op.step(step)?.state === 'skipped') return false;
  if (op.step(step)?.state !== 'running') {
    op.startStep(step);
    op.resetClocks(step);
  }
  for (;;) {
    try {
      await run();
      op.setStep(step, 'done');
      return true;
    } catch (error) {
      if (!isFailure(error) || isCancellation(error)) throw error;
      const failure = describeFailure(error, step);
      // Whether an unanswered create made something is not for a program to guess: that is asked whatever the spec says.
      if (op.spec.onFailure !== 'ask' && failure.type !== 'UnknownOutcome') throw error;
      const verb = await awaitDecision(op, step, kind, handlers, failure);
      if (verb === 'skip') {
        op.setStep(step, 'skipped');
        op.fail(null);
        return false;
      }
      if (verb === 'abandon') throw new Abandoned();
      if (verb === 'rollback') throw error;
    }
  }
}
