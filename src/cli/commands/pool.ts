import { OperationNotFoundError } from '../../client/errors.js';
import { failureReason } from '../../domain/resource/failed-order.js';
import type { PoolRow } from '../../inventory/pool-facts.js';
import { type Define, example } from '../command.js';
import { type Context, viewOf } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { renderPool, renderPools } from '../output/resources.js';
import { defineDelete } from '../shared-commands.js';
import { defineCreate } from './env-create.js';

/** `maops pool list`: the pools of the project from the API, failed creations included. */
const list: Define = (command, run) => {
  command.addHelpText('after', example('maops pool list', 'maops pool list --json')).action(() =>
    run(async (context) => {
      const { listPools } = await import('../../inventory/listing.js');
      const pools = await listPools(await context.modelarts(), context.interrupted);
      context.result(pools, (shown) => renderPools(shown, viewOf(context)));
      return exitCodes.done;
    }),
  );
};

/** `maops pool show`: one pool from the API. */
const show: Define = (command, run) => {
  command
    .argument('<name>', 'name or id of the pool')
    .addHelpText('after', example('maops pool show team-a'))
    .action((name: string) =>
      run(async (context) => {
        const pool = await withReason(context, await requirePool(context, name));
        context.result(pool, (shown) => renderPool(shown, viewOf(context)));
        return exitCodes.done;
      }),
    );
};

/** `maops pool create`: creates a pool without a notebook. */
const create: Define = (command, run) => defineCreate(command, run, 'pool', 'examples/pool-only.yaml');

/** `maops pool delete`: deletes a pool that `pool create` created. A pool of an environment is refused. */
const remove: Define = (command, run) => defineDelete(command, run, 'pool');

/** Finds a pool by name or id, or throws with a hint. */
async function requirePool(context: Context, nameOrId: string): Promise<PoolRow> {
  const { findPool } = await import('../../inventory/listing.js');
  const pool = await findPool(await context.modelarts(), nameOrId, context.interrupted);
  if (pool !== null) return pool;
  throw new OperationNotFoundError(`no pool named ${nameOrId}`, {
    hint: 'List the pools with `maops pool list`.',
  });
}

/** Adds the reason of a failed creation, which only the pool's work order has. */
async function withReason(context: Context, pool: PoolRow): Promise<PoolRow> {
  if (pool.phase !== 'CreationFailed') return pool;
  const { readFailedOrder } = await import('../../inventory/failed-orders.js');
  const order = await readFailedOrder(await context.modelarts(), pool, { signal: context.interrupted });
  return { ...pool, message: failureReason(pool.message, order) };
}

export const commands = { create, list, show, delete: remove };
