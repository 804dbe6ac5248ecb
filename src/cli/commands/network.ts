import { OperationNotFoundError } from '../../client/errors.js';
import type { NetworkRow } from '../../inventory/listing.js';
import { type Define, example } from '../command.js';
import { type Context, viewOf } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { renderNetwork, renderNetworks } from '../output/resources.js';

/** `maops network list`: the networks for pools. A spec names one by its id. */
const list: Define = (command, run) => {
  command.addHelpText('after', example('maops network list')).action(() =>
    run(async (context) => {
      const { items } = await (await context.modelarts()).networks.list({}, { signal: context.interrupted });
      const { networkRow } = await import('../../inventory/listing.js');
      const networks = items.map(networkRow);
      context.result(networks, (shown) => renderNetworks(shown, viewOf(context)));
      return exitCodes.done;
    }),
  );
};

/** `maops network show`: one network. */
const show: Define = (command, run) => {
  command
    .argument('<id>', 'id of the network (metadata.name)')
    .addHelpText('after', example('maops network show network-7a3e-0123456789abcdef0123456789abcdef'))
    .action((id: string) =>
      run(async (context) => {
        const network = await requireNetwork(context, id);
        context.result(network, (shown) => renderNetwork(shown, viewOf(context)));
        return exitCodes.done;
      }),
    );
};

/** Finds a network by its id, or throws with a hint. */
async function requireNetwork(context: Context, id: string): Promise<NetworkRow> {
  const { findNetwork } = await import('../../inventory/listing.js');
  const network = await findNetwork(await context.modelarts(), id, context.interrupted);
  if (network !== null) return network;
  throw new OperationNotFoundError(`no network with id ${id}`, {
    hint: 'List the networks with `maops network list`.',
  });
}

export const commands = { list, show };
