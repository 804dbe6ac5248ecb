import type { Spec } from '../../contract/spec.js';
import { describeSoldOut, type FlavorFacts, firstOnSale, saleOfChoice } from '../../domain/flavor.js';
import { poolChoices } from '../../domain/pool-spec.js';
import type { ModelArts } from '../../modelarts/client.js';
import { OperationRefusedError, OperationsError, SpecConflictError } from '../errors.js';
import { findNetwork, findPool, listNotebooks } from '../inventory.js';
import type { Context } from './context.js';
import { type ExitCode, exitCodes } from './exit.js';
import { type DryRun, type DryRunCheck, renderDryRun } from './render/dry-run.js';
import { viewOf } from './view.js';

/** Checks what can be known before anything is made, and shows what would be made; starts and changes nothing. */
export async function dryRun(context: Context, spec: Spec): Promise<ExitCode> {
  const modelarts = await context.modelarts();
  const signal = context.interrupted;
  const checks = [
    await checkEnvironmentName(context, spec),
    await checkNetwork(modelarts, spec, signal),
    await checkPoolName(modelarts, spec, signal),
    await checkNotebookName(modelarts, spec, signal),
  ].filter((check) => check !== null);
  const { flavor, check } = await chooseFlavor(modelarts, spec, signal);
  const all = [...checks, ...(check === null ? [] : [check])];
  const document: DryRun = {
    name: spec.name,
    ok: all.every(({ state }) => state !== 'failed'),
    checks: all,
    pool: describePool(spec, modelarts.projectId, flavor),
    notebook: spec.notebook ?? null,
    lease: spec.lease ?? null,
    spec,
  };
  context.result(document, renderDryRun(document, viewOf(context)));
  context.notice('dry run: nothing was started');
  return document.ok ? exitCodes.done : exitCodes.failed;
}

/** Without Temporal the rest of a dry run is still worth something. */
async function checkEnvironmentName(context: Context, spec: Spec): Promise<DryRunCheck> {
  const subject = `environment ${spec.name}`;
  try {
    const { joins } = await (await context.operations()).checkCreate('env', spec);
    return { subject, state: 'ok', finding: joins ? 'runs with the same spec, and would be joined' : 'may be started' };
  } catch (error) {
    if (error instanceof SpecConflictError || error instanceof OperationRefusedError)
      return { subject, state: 'failed', finding: error.message };
    if (!(error instanceof OperationsError)) throw error;
    return { subject, state: 'warning', finding: `not asked: ${error.message}` };
  }
}

function describePool({ name, pool }: Spec, projectId: string, flavor: number | null): DryRun['pool'] {
  if (pool === undefined) return null;
  const choice = poolChoices(pool)[flavor ?? 0];
  const resources = (choice?.resources ?? []).map((resource) => ({ flavor: resource.flavor, count: resource.count }));
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
  if (found === null)
    return { subject, state: 'failed', finding: 'there is none of this id; see `maops network list`' };
  return { subject, state: found.phase === 'Active' ? 'ok' : 'warning', finding: found.phase ?? 'in no known state' };
}

async function checkPoolName(
  modelarts: ModelArts,
  { name, pool }: Spec,
  signal: AbortSignal,
): Promise<DryRunCheck | null> {
  if (pool === undefined) return null;
  const found = await findPool(modelarts, name, signal);
  const subject = `pool ${name}`;
  if (found === null) return { subject, state: 'ok', finding: 'the name is free' };
  if (found.marker === null)
    return { subject, state: 'failed', finding: `the name is taken by a pool without our marker (${found.id})` };
  return {
    subject,
    state: 'warning',
    finding: `is there already (${found.phase ?? 'no phase yet'}); it is adopted if it was made from the same spec`,
  };
}

async function checkNotebookName(
  modelarts: ModelArts,
  { notebook }: Spec,
  signal: AbortSignal,
): Promise<DryRunCheck | null> {
  if (notebook === undefined) return null;
  const subject = `notebook ${notebook.name}`;
  const listed = await listNotebooks(modelarts, signal, notebook.workspaceId);
  const found = listed.find(({ name, status }) => name === notebook.name && status !== 'DELETED');
  if (found === undefined) return { subject, state: 'ok', finding: 'the name is free' };
  if (found.marker === null)
    return { subject, state: 'failed', finding: `the name is taken by a notebook without our marker (${found.id})` };
  return {
    subject,
    state: 'warning',
    finding: `is there already (${found.status ?? 'no status'}); it is adopted if it was made from the same spec`,
  };
}

/** The choice that would be made now, as its index; null when all are sold out. */
async function chooseFlavor(
  modelarts: ModelArts,
  { pool }: Spec,
  signal: AbortSignal,
): Promise<{ flavor: number | null; check: DryRunCheck | null }> {
  if (pool === undefined) return { flavor: null, check: null };
  const choices = poolChoices(pool);
  const facts: FlavorFacts[] = [];
  for await (const { metadata, status } of modelarts.flavors.list({}, { signal }))
    facts.push({ name: metadata.name, sale: status?.phase ?? null });
  const flavor = firstOnSale(choices, facts, 0);
  const names = (choices[flavor ?? 0]?.resources ?? []).map((resource) => resource.flavor).join(', ');
  const chosen = flavor === null ? undefined : choices[flavor];
  if (chosen === undefined)
    return {
      flavor,
      check: { subject: `flavor ${names}`, state: 'warning', finding: `${describeSoldOut(choices)}; it would wait` },
    };
  const sale = saleOfChoice(chosen, facts);
  const check: DryRunCheck =
    sale === 'onSale'
      ? { subject: `flavor ${names}`, state: 'ok', finding: describeSale(names, facts) }
      : {
          subject: `flavor ${names}`,
          state: 'warning',
          finding: 'the service does not list it; the create may be refused',
        };
  return { flavor, check };
}

function describeSale(names: string, facts: readonly FlavorFacts[]): string {
  const zones = facts
    .filter(({ name }) => names.split(', ').includes(name))
    .flatMap(({ sale }) => Object.entries(sale ?? {}));
  return `on sale in ${[...new Set(zones.filter(([, state]) => state === 'normal').map(([zone]) => zone))].join(', ')}`;
}
