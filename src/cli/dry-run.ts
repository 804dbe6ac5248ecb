import { OperationRefusedError, OperationsError, SpecConflictError } from '../client/errors.js';
import type { ResourceKindName } from '../client/find-run.js';
import { operationId } from '../contract/ids.js';
import type { Spec } from '../contract/spec.js';
import { decideCreate, type ExistingResource } from '../domain/provision/create.js';
import { poolChoices } from '../domain/provision/pool-choices.js';
import type { MarkerOwnership } from '../domain/resource/marker.js';
import { findNetwork, findPool } from '../inventory/listing.js';
import type { ModelArts } from '../modelarts/client.js';
import { noFacts } from '../spec/facts.js';
import { checkFeasibility } from '../spec/feasibility.js';
import { ownerHash, specHash } from '../spec/hash.js';
import { readInstallation } from '../temporal/installation.js';
import { type Context, viewOf } from './context.js';
import { chooseFlavor, type ListedFlavor, listFlavors } from './dry-run-flavors.js';
import { checkNotebookSale, type Named, readNotebook } from './dry-run-notebook.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import { type DryRun, type DryRunCheck, renderDryRun } from './output/dry-run.js';

/** Checks everything that can be checked in advance, and shows what would be created. Starts and changes nothing. */
export async function dryRun(context: Context, kind: ResourceKindName, spec: Spec): Promise<ExitCode> {
  const modelarts = await context.modelarts();
  const signal = context.interrupted;
  const environment = await checkOperation(context, kind, spec);
  const us = await readOwnership(context, kind, spec);
  const network = await checkNetwork(modelarts, spec, signal);
  const names: DryRunCheck[] = [];
  const { name, pool, notebook } = spec;
  if (pool !== undefined)
    names.push(checkName(`pool ${name}`, await findPools(modelarts, spec, signal), us, environment.joins));
  const reading = notebook === undefined ? null : await readNotebook(modelarts, notebook, us, signal);
  if (notebook !== undefined && reading !== null)
    names.push(reading.missingApi ?? checkName(`notebook ${notebook.name}`, reading.named, us, environment.joins));
  const flavors = pool === undefined ? [] : await listFlavors(modelarts, signal);
  const { flavor, check } = chooseFlavor(spec, flavors);
  const poolFlavors = flavors.length === 0 ? null : flavors.map((one) => one.name);
  const facts = { ...noFacts, ...reading?.facts, poolFlavors };
  const { problems, notChecked } = checkFeasibility(spec, facts);
  const failed = problems.map(
    ({ path, message }): DryRunCheck => ({ subject: path, state: 'failed', finding: message }),
  );
  const sale = problems.some(({ path }) => path.startsWith('pool.')) ? null : check;
  const notebookSale = notebook === undefined ? null : checkNotebookSale(notebook, facts);
  const all = [environment.check, network, ...names, sale, notebookSale, ...failed].filter((one) => one !== null);
  const document: DryRun = {
    name: spec.name,
    ok: all.every(({ state }) => state !== 'failed'),
    checks: all,
    notChecked,
    pool: describePool(spec, modelarts.projectId, flavor, flavors),
    notebook: spec.notebook ?? null,
    lease: spec.lease ?? null,
    spec,
  };
  context.result(document, (shown) => renderDryRun(shown, viewOf(context)));
  context.notice('dry run: nothing was started');
  return document.ok ? exitCodes.done : exitCodes.failed;
}

/** Checks the name in Temporal. Without Temporal the other checks are still useful, so then it only warns. */
async function checkOperation(
  context: Context,
  kind: ResourceKindName,
  spec: Spec,
): Promise<{ joins: boolean; check: DryRunCheck }> {
  const subject = kind === 'env' ? `environment ${spec.name}` : `operation ${operationId(kind, spec.name)}`;
  try {
    const { joins } = await (await context.operations()).checkCreate(kind, spec);
    const finding = joins ? 'already running with the same spec; would be joined' : 'can be started';
    return { joins, check: { subject, state: 'ok', finding } };
  } catch (error) {
    if (error instanceof SpecConflictError || error instanceof OperationRefusedError)
      return { joins: false, check: { subject, state: 'failed', finding: error.message } };
    if (!(error instanceof OperationsError)) throw error;
    return { joins: false, check: { subject, state: 'warning', finding: `not checked: ${error.message}` } };
  }
}

function describePool(
  { name, pool }: Spec,
  projectId: string,
  flavor: number | null,
  listed: readonly ListedFlavor[],
): DryRun['pool'] {
  if (pool === undefined) return null;
  const choice = poolChoices(pool)[flavor ?? 0];
  const resources = (choice?.resources ?? []).map(({ flavor: wanted, count }) => {
    const accelerator = listed.find((one) => one.name === wanted)?.accelerator ?? null;
    return { flavor: wanted, count, accelerator };
  });
  return {
    id: `${name}-${projectId}`,
    type: pool.type,
    scope: pool.scope,
    network: pool.network ?? null,
    resources,
  };
}

async function checkNetwork(modelarts: ModelArts, { pool }: Spec, signal: AbortSignal): Promise<DryRunCheck | null> {
  if (pool?.network === undefined) return null;
  const subject = `network ${pool.network}`;
  const found = await findNetwork(modelarts, pool.network, signal);
  if (found === null) return { subject, state: 'failed', finding: 'no network with this id; see `maops network list`' };
  return { subject, state: found.phase === 'Active' ? 'ok' : 'warning', finding: found.phase ?? 'in an unknown state' };
}

async function findPools(modelarts: ModelArts, { name }: Spec, signal: AbortSignal): Promise<Named[]> {
  const row = await findPool(modelarts, name, signal);
  if (row === null) return [];
  const { id, createdAt, marker, phase: state } = row;
  const flags = { leaving: state === 'Deleting', failed: state === 'CreationFailed' };
  return [{ id, createdAt: createdAt ?? '', marker, wanted: {}, state, ...flags }];
}

/** The marker that the run would use; null when the installation is unknown. */
async function readOwnership(context: Context, kind: ResourceKindName, spec: Spec): Promise<MarkerOwnership | null> {
  const installation = (await context.config()).installation ?? (await readNamespaceInstallation(context));
  if (installation === null) return null;
  return { installation, owner: ownerHash(operationId(kind, spec.name)), specs: [specHash(spec)] };
}

async function readNamespaceInstallation(context: Context): Promise<string | null> {
  try {
    const { connection, place } = await context.session();
    return await readInstallation(connection, place.namespace);
  } catch {
    // The check of the operation has reported that Temporal cannot be reached.
    return null;
  }
}

/** Decides as the run does before each create. */
function checkName(subject: string, named: readonly Named[], us: MarkerOwnership | null, joins: boolean): DryRunCheck {
  const [first] = named;
  if (first === undefined) return { subject, state: 'ok', finding: 'the name is free' };
  const exists = ({ id }: ExistingResource) =>
    `already exists (${named.find((one) => one.id === id)?.state ?? 'no state yet'}, ${id})`;
  const marked = named.find(({ marker }) => marker !== null);
  if (us === null && marked !== undefined) {
    const finding = `${exists(marked)}; adopted if this installation created it from the same spec`;
    return { subject, state: 'warning', finding };
  }
  const { installation = '', owner = '', specs = [] } = us ?? {};
  // An open run may have created it from a spec that an operator has changed since.
  const used = joins ? named.flatMap(({ marker }) => marker?.spec ?? []) : [];
  const whom = { installation, owner, specs: [...used, ...specs] };
  const decision = decideCreate(subject, named, whom, { outcome: 'none' }, 0, 0);
  switch (decision.act) {
    case 'create':
    case 'checkAgain':
      return { subject, state: 'ok', finding: 'the name is free' };
    case 'refuse':
      return { subject, state: 'failed', finding: decision.why };
    case 'adopt':
      return joins
        ? { subject, state: 'ok', finding: exists(decision.found) }
        : { subject, state: 'warning', finding: `${exists(decision.found)}; will be adopted` };
    case 'awaitGone':
      return {
        subject,
        state: 'warning',
        finding: `${exists(decision.found)}; will be created again after its deletion`,
      };
    case 'cleanUp':
      return { subject, state: 'warning', finding: `${exists(decision.found)}; will be deleted and created again` };
  }
}
