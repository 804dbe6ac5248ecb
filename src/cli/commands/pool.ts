import { OperationNotFoundError } from '../../client/errors.js';
import { findPool, listPools } from '../../inventory/listing.js';
import type { PoolRow } from '../../inventory/pool-facts.js';
import { type Define, example } from '../command.js';
import { type Context, viewOf } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { renderPool, renderPools } from '../output/resources.js';
import { defineCreate, defineDelete } from '../shared-commands.js';

/** `maops pool list`: the pools of the project, straight from the API, failed creations included. */
const list: Define = (command, run) => {
  command.addHelpText('after', example('maops pool list', 'maops pool list --json')).action(() =>
    run(async (context) => {
      const pools = await listPools(await context.modelarts(), context.interrupted);
      context.result(pools, (shown) => renderPools(shown, viewOf(context)));
      return exitCodes.done;
    }),
  );
};

/** `maops pool show`: one pool, straight from the API. */
const show: Define = (command, run) => {
  command
    .argument('<name>', "the pool's name or id")
    .addHelpText('after', example('maops pool show team-a'))
    .action((name: string) =>
      run(async (context) => {
        const pool = await requirePool(context, name);
        context.result(pool, (shown) => renderPool(shown, viewOf(context)));
        return exitCodes.done;
      }),
    );
};

/** `maops pool create`: the pool part of the main job alone. */
const create: Define = (command, run) => defineCreate(command, run, 'pool', 'examples/pool-only.yaml');

/** `maops pool delete`: deletes a pool that `pool create` made; one of an environment is refused. */
const remove: Define = (command, run) => defineDelete(command, run, 'pool');

/** The pool that an operator names; an error that says where to look when there is none. */
async function requirePool(context: Context, nameOrId: string): Promise<PoolRow> {
  const pool = await findPool(await context.modelarts(), nameOrId, context.interrupted);
  if (pool !== null) return pool;
  throw new OperationNotFoundError(`there is no pool ${nameOrId}`, {
    hint: '`maops pool list` shows those that there are.',
  });
}

export const commands = { create, list, show, delete: remove };
