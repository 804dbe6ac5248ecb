import { OperationNotFoundError } from '../errors.js';
import { findNetwork, findNotebook, findPool, type NetworkRow, type NotebookRow, type PoolRow } from '../inventory.js';
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
  const notebook = await findNotebook(await context.modelarts(), nameOrId, context.interrupted);
  if (notebook !== null) return notebook;
  throw new OperationNotFoundError(`there is no notebook ${nameOrId}`, {
    hint: '`maops notebook list` shows those that there are.',
  });
}

/** The network that an operator names; an error that says where to look when there is none. */
export async function requireNetwork(context: Context, id: string): Promise<NetworkRow> {
  const network = await findNetwork(await context.modelarts(), id, context.interrupted);
  if (network !== null) return network;
  throw new OperationNotFoundError(`there is no network ${id}`, {
    hint: '`maops network list` shows those that there are, with their ids.',
  });
}
