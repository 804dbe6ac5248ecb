import { CancellationScope, continueAsNew, setHandler, workflowInfo } from '@temporalio/workflow';
import type { Leased } from '../../activities/lease/transfer.js';
import { makeFailure } from '../../contract/failures.js';
import { ownedQuery } from '../../contract/messages.js';
import type { Progress, StepName } from '../../contract/progress.js';
import { isCurrentNotebook, type SpecKind } from '../../contract/spec.js';
import type { ResourceRef } from '../../contract/workflows.js';
import { percentOf } from '../../domain/provision/percent.js';
import { isName } from '../../domain/text.js';
import { firstCalls } from '../operation/activity-proxies.js';
import { isFailure, refuseLarge } from '../operation/failure.js';
import { carriedOver, newState } from '../operation/state.js';
import type { ResourceKind } from '../resource/kind.js';
import { kindsIn } from '../resource/kinds/index.js';
import { bringUpAll } from './bring-up.js';
import { awaitApproval, setHandlers } from './handlers.js';
import { Decided, end, endReady, interrupted } from './outcome.js';
import { adoptLeased } from './repeated-create.js';
import { newResources, Provision, type ProvisionState } from './state.js';

const stepsOf: Readonly<Record<SpecKind, readonly StepName[]>> = {
  provisionPoolThenLaunchNotebook: ['validate', 'pool', 'notebook'],
  provisionPool: ['validate', 'pool'],
  launchNotebook: ['validate', 'notebook'],
};

/**
 * Creates the resources of a spec: the body of the three create operations.
 *
 * Phases, and what leaves them:
 * - `Validating`: nothing is created. Left when the document is checked, or for `Ready` when a lease already owns
 *   usable resources.
 * - `AwaitingApproval`, if the spec requires it: nothing is created. Left by `approve`, `reject` or its deadline.
 * - `CreatingPool`, `CreatingNotebook`: at most one create is sent, and its rollback is recorded first. Left when the
 *   resource exists, or when the step fails.
 * - `AwaitingCapacity`: every choice is sold out. Left for another try, or at `deadlines.capacity`.
 * - `AwaitingPool`, `AwaitingNotebook`: the resource exists. Left when it is usable, or when the step fails.
 * - `AwaitingOperator`: a step has failed, and what exists stays. Left by `resolve`, or at `deadlines.ask`.
 * - `RollingBack`: no create is sent any more. Left when the deletion is verified, or must not happen. It cannot be
 *   cancelled and retries forever.
 * - `Paused`, above any of them: no create or delete is sent. Left by `resume`, or by a cancel that comes later.
 *
 * Ends. A lease owns whatever stays, unless a teardown has cancelled the run and continues itself:
 * - `Ready`: all resources are usable.
 * - `Cancelled`: everything it created has been deleted, or stays with `onCancel: keep`.
 * - `Rejected`: not approved, so nothing was created.
 * - `RolledBack`: a step failed, and everything it created has been deleted.
 * - `Failed`: a step or the rollback failed. Nothing had to be deleted, or something stays.
 * - `Abandoned`: an operator ended it, and everything stays.
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
        await bringUpAll(op, kind, handlers);
        return await endReady(op);
      });
    } catch (error) {
      if (!isFailure(error) && !(error instanceof Decided)) throw error;
      op.state.ending = interrupted(op, error);
    }
  }
  const ending = op.state.ending;
  return await CancellationScope.nonCancellable(() => end(op, ending));
}

function firstState(kind: SpecKind, document: unknown): ProvisionState {
  // The first step checks the document. Until then only its name is shown.
  const name = typeof document === 'object' && document !== null && 'name' in document ? document.name : null;
  const shared = newState(isName(name) ? name : '', stepsOf[kind], 'Validating');
  return {
    ...shared,
    owner: '',
    specs: [],
    resources: newResources,
    workspaceIds: [],
    cleared: [],
    approved: false,
    rollingBack: false,
    ending: null,
  };
}

/**
 * Checks the document, and everything it refers to that can be checked before a create. True when a lease already owns
 * all of its resources and they are usable, so that there is nothing to do.
 */
async function validate(op: Provision, kind: SpecKind, document: unknown): Promise<boolean> {
  op.enter('Validating', 'checking the spec');
  op.startStep('validate');
  refuseLarge(document);
  const { workflowId } = workflowInfo();
  const since = Date.now();
  const checked = await op.retries.run('checking the spec', () =>
    firstCalls(op.state.progress.name).validate({ kind, document, workflowId }),
  );
  op.state.sale = checked.flavors === null ? null : { flavors: checked.flavors, since };
  const { spec, before, isFeasible, imageId } = checked;
  const { notebook } = spec;
  if (imageId !== null && notebook !== undefined && isCurrentNotebook(notebook))
    op.state.image = { written: notebook.image, id: imageId, since };
  op.takeSpec(spec, checked.specHash);
  op.state.identity = checked.identity;
  op.state.owner = checked.owner;
  op.update({ name: spec.name });
  await op.gate();
  if (await adoptLeased(op, before.leased)) {
    op.setStep('validate', 'done');
    return true;
  }
  expectUnseen(op, before.unseenSince);
  // Lists lag behind: what a lease owns exists, whether or not they show it.
  for (const one of kindsIn(spec))
    if (before.leased) op.setResource(one.step, { leased: leasedOf(one, spec.name, before.leased) });
  if (!isFeasible)
    await op.retries.run('checking that the spec is feasible', () => op.reads(spec.name).checkService({ spec }));
  op.setStep('validate', 'done');
  op.reach(percentOf('capacity'));
  return false;
}

/** What a lease owns of this kind. A notebook of the other API was created from another spec. */
function leasedOf(kind: ResourceKind, name: string, leased: Leased): readonly ResourceRef[] {
  const other = kind.step === 'notebook' ? leased.notebooks.find(({ id }) => !kind.hasId(id)) : undefined;
  if (other === undefined) return kind.known(leased);
  throw makeFailure('SpecConflict', `lease/${name} owns notebook ${other.id} of the other notebook API`, {
    hint: `Give the new environment another name, or remove this one first: \`maops env teardown ${name}\`.`,
  });
}

/**
 * Resources that an earlier run created just now and handed to its lease may not be visible in lists yet. Until the
 * consistency window is over, their absence is believed no sooner than after a create of this run.
 */
function expectUnseen(op: Provision, since: number | null): void {
  if (since === null || Date.now() - since >= op.identity.settings.consistencyWindowMs) return;
  for (const { step } of kindsIn(op.spec))
    op.setResource(step, { lastCreate: { outcome: 'unseen', owner: 'lease', sentAt: since, since } });
}
