import { readNetwork } from '../../client/inventory.js';
import { type Define, example } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { renderNetworks } from '../output/resources.js';
import { viewOf } from '../view.js';

/** `maops network list`: the networks that pools can live in; a spec names one by its id. */
export const networkList: Define = (command, run) => {
  command.addHelpText('after', example('maops network list')).action(() =>
    run(async (context) => {
      const { items } = await (await context.modelarts()).networks.list({}, { signal: context.interrupted });
      const networks = items.map(readNetwork);
      context.result(networks, (shown) => renderNetworks(shown, viewOf(context)));
      return exitCodes.done;
    }),
  );
};
