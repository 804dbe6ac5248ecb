import { nameOf, type OperationKind, operationId } from '../contract/ids.js';
import { isOpen } from '../temporal/run-facts.js';
import { OperationNotFoundError, OperationRefusedError } from './errors.js';
import type { Run, Runs } from './temporal/run.js';

/** The kinds of operation that a person names: `env team-a`, `pool training-pool`, `notebook trial`. */
export type ResourceKindName = 'env' | 'pool' | 'notebook';

/**
 * The run that a name means: the open one (teardown, else the operation, else the lease), else the newest closed one.
 * A workflow id such as `env/team-a` means exactly that workflow. Null when there is none.
 */
export async function findRun(runs: Runs, kind: ResourceKindName, nameOrId: string): Promise<Run | null> {
  if (isWorkflowId(nameOrId)) return await runs.describe(nameOrId);
  return await findNewest(runs, nameOrId, ['teardown', kind, 'lease']);
}

/** As `findRun`; throws OperationNotFoundError for an unknown name. */
export async function requireRun(runs: Runs, kind: ResourceKindName, nameOrId: string): Promise<Run> {
  const run = await findRun(runs, kind, nameOrId);
  if (run !== null) return run;
  throw unknown(kind, nameOrId, isWorkflowId(nameOrId) ? null : await findCreatedAlone(runs, nameOrId));
}

/** The open lease of a name; without one, throws OperationRefusedError that names the refused command. */
export async function requireLease(runs: Runs, nameOrId: string, verb: string): Promise<Run> {
  const name = nameOf(nameOrId);
  const lease = await runs.describe(operationId('lease', name));
  if (lease !== null && isOpen(lease)) return lease;
  const environment = await findRun(runs, 'env', name);
  const known = environment ?? (await findCreatedAlone(runs, name));
  if (known === null) throw unknown('env', name, null);
  throw new OperationRefusedError(`${verb} ${nameOrId}: no lease is open`, {
    hint: `See its state with \`maops env show ${environment === null ? known.workflowId : name}\`.`,
  });
}

/** Chooses among the newest runs of the workflow ids of one name, given in order of precedence. */
export function chooseRun(found: readonly (Run | null)[]): Run | null {
  const open = found.find((run) => run !== null && isOpen(run));
  if (open) return open;
  const closed = found.filter((run) => run !== null).sort((a, b) => closeTime(b) - closeTime(a));
  return closed[0] ?? null;
}

async function findNewest(runs: Runs, name: string, kinds: readonly OperationKind[]): Promise<Run | null> {
  return chooseRun(await Promise.all(kinds.map((kind) => runs.describe(operationId(kind, name)))));
}

/**
 * The operation on a pool or notebook without an environment. Until its lease starts, only its workflow id finds it.
 */
async function findCreatedAlone(runs: Runs, name: string): Promise<Run | null> {
  return await findNewest(runs, name, ['pool', 'notebook']);
}

function unknown(kind: ResourceKindName, nameOrId: string, alone: Run | null): OperationNotFoundError {
  if (isWorkflowId(nameOrId)) return new OperationNotFoundError(`no operation ${nameOrId}`, { hint: listHint(kind) });
  const what = kind === 'env' ? 'environment' : kind;
  return new OperationNotFoundError(`no ${what} named ${nameOrId}`, {
    hint: alone === null ? listHint(kind) : `Did you mean ${alone.workflowId}? Use that instead of the name.`,
  });
}

function listHint(kind: ResourceKindName): string {
  return kind === 'env'
    ? 'List the environments with `maops env list`, and check the Temporal server with `maops doctor`.'
    : `List them with \`maops ${kind} list\`.`;
}

/** Workflow ids contain a slash, names cannot. */
function isWorkflowId(nameOrId: string): boolean {
  return nameOrId.includes('/');
}

function closeTime(run: Run): number {
  return (run.closedAt ?? run.startedAt).getTime();
}
