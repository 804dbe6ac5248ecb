import { OperationNotFoundError } from '../client/errors.js';
import {
  findNetwork,
  findNotebook,
  findPool,
  type NetworkRow,
  type NotebookRow,
  type PoolRow,
} from '../client/inventory.js';
import type { Context } from './context.js';

/** The pool that an operator names; an error that says where to look when there is none. */
export async function requirePool(context: Context, nameOrId: string): Promise<PoolRow> {
  const pool = await findPool(await context.modelarts(), nameOrId, context.interrupted);
  if (pool !== null) return pool;
  throw new OperationNotFoundError(`there is no pool ${nameOrId}`, {
    hint: '`maops pool list` shows those that there are.',
  });
}

/** The notebook that an operator names; an error that says where to look when there is none. */
export async function requireNotebook(context: Context, nameOrId: string): Promise<NotebookRow> {
  const modelarts = await context.modelarts();
  const notebook = await findNotebook(modelarts, nameOrId, context.interrupted);
  if (notebook !== null) return notebook;
  for (const workspaceId of await workspacesOf(context, nameOrId)) {
    const elsewhere = await findNotebook(modelarts, nameOrId, context.interrupted, workspaceId);
    if (elsewhere !== null) return elsewhere;
  }
  throw new OperationNotFoundError(`there is no notebook ${nameOrId}`, {
    hint: '`maops notebook list` shows those that there are, with `--workspace ID` those of another workspace.',
  });
}

/** Where the specs of a name put its notebook; nowhere else than the default when Temporal does not say. */
async function workspacesOf(context: Context, name: string): Promise<string[]> {
  const specs = await Promise.all(
    (['env', 'notebook'] as const).map(async (noun) => {
      try {
        return await (await context.operations()).spec(name, noun);
      } catch {
        return null;
      }
    }),
  );
  return [...new Set(specs.map((spec) => spec?.notebook?.workspaceId).filter((id) => id !== undefined))];
}

/** The network that an operator names; an error that says where to look when there is none. */
export async function requireNetwork(context: Context, id: string): Promise<NetworkRow> {
  const network = await findNetwork(await context.modelarts(), id, context.interrupted);
  if (network !== null) return network;
  throw new OperationNotFoundError(`there is no network ${id}`, {
    hint: '`maops network list` shows those that there are, with their ids.',
  });
}
