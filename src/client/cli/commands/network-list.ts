import { readNetwork } from '../../inventory.js';
import { type Define, example } from '../command.js';
import { exitCodes } from '../exit.js';
import { renderNetworks } from '../render/resources.js';
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
