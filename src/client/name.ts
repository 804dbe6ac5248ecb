import { type OperationKind, operationId, parseOperationId } from '../contract/ids.js';
import { isOpen } from '../temporal/describe-run.js';
import { OperationNotFoundError, OperationRefusedError } from './errors.js';
import type { Run, Runs } from './temporal/run.js';

/** What a name stands for in a command: `env team-a`, `pool training-pool`, `notebook trial`. */
export type ResourceKindName = 'env' | 'pool' | 'notebook';

/** The ids that may stand for a name, the one that counts first while it is open. */
function candidates(noun: ResourceKindName, name: string): readonly string[] {
  const kinds: readonly OperationKind[] = ['teardown', noun, 'lease'];
  return kinds.map((kind) => operationId(kind, name));
}

/**
 * The run that a name means: the open one (teardown, else the operation, else the lease), else the
 * newest closed one. A workflow id such as `env/team-a` means exactly that workflow. Null when there is none.
 */
export async function findRun(runs: Runs, noun: ResourceKindName, nameOrId: string): Promise<Run | null> {
  if (isWorkflowId(nameOrId)) return await runs.describe(nameOrId);
  const found = await Promise.all(candidates(noun, nameOrId).map((workflowId) => runs.describe(workflowId)));
  return chooseRun(found);
}

/** As `findRun`, and an unknown name is an error that says where to look. */
export async function requireRun(runs: Runs, noun: ResourceKindName, nameOrId: string): Promise<Run> {
  const run = await findRun(runs, noun, nameOrId);
  if (run !== null) return run;
  const alone = isWorkflowId(nameOrId) ? null : await findAlone(runs, nameOrId);
  throw unknown(noun, nameOrId, alone);
}

/** The operation on a pool or a notebook that is made alone, which only its workflow id names while it is made. */
async function findAlone(runs: Runs, name: string): Promise<Run | null> {
  const kinds = ['pool', 'notebook'] as const;
  return chooseRun(await Promise.all(kinds.map((kind) => runs.describe(operationId(kind, name)))));
}

function unknown(noun: ResourceKindName, nameOrId: string, alone: Run | null): OperationNotFoundError {
  const where = isWorkflowId(nameOrId) ? nameOrId : `${noun} ${nameOrId}`;
  const list =
    noun === 'env'
      ? '`maops env list` shows the names that it knows; `maops doctor`, which server was asked.'
      : `\`maops ${noun} list\` shows what the service has.`;
  return new OperationNotFoundError(`Temporal knows no operation of ${where}`, {
    hint: alone === null ? list : `There is ${alone.workflowId}: give that in place of the name.`,
  });
}

/** The open lease of a name; without one, `verb` is refused. */
export async function requireLease(runs: Runs, nameOrId: string, verb: string): Promise<Run> {
  const lease = await runs.describe(operationId('lease', nameOf(nameOrId)));
  if (lease !== null && isOpen(lease)) return lease;
  const name = nameOf(nameOrId);
  const made = await findRun(runs, 'env', name);
  const known = made ?? (await findAlone(runs, name));
  if (known === null) throw unknown('env', name, null);
  throw new OperationRefusedError(`${verb} ${nameOrId}: no lease is open`, {
    hint: `\`maops env show ${made === null ? known.workflowId : name}\` says where it stands.`,
  });
}

/** Chooses among the newest runs of the ids that stand for one name, given in the order in which they count. */
export function chooseRun(found: readonly (Run | null)[]): Run | null {
  const open = found.find((run) => run !== null && isOpen(run));
  if (open) return open;
  const closed = found.filter((run) => run !== null).sort((a, b) => closeTime(b) - closeTime(a));
  return closed[0] ?? null;
}

/** Workflow ids carry a slash, names cannot. */
function isWorkflowId(nameOrId: string): boolean {
  return nameOrId.includes('/');
}

/** The name inside a workflow id, or the text itself. */
export function nameOf(nameOrId: string): string {
  return parseOperationId(nameOrId)?.name ?? nameOrId;
}

function closeTime(run: Run): number {
  return (run.closedAt ?? run.startedAt).getTime();
}
