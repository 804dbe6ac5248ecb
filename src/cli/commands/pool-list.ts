import { listPools } from '../../client/inventory.js';
import { type Define, example } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { renderPools } from '../output/resources.js';
import { viewOf } from '../view.js';

/** `maops pool list`: the pools of the project, straight from the API, failed creations included. */
export const poolList: Define = (command, run) => {
  command.addHelpText('after', example('maops pool list', 'maops pool list --json')).action(() =>
    run(async (context) => {
      const pools = await listPools(await context.modelarts(), context.interrupted);
      context.result(pools, (shown) => renderPools(shown, viewOf(context)));
      return exitCodes.done;
    }),
  );
};
