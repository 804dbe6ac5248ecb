import { type Define, example } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { requireNetwork } from '../lookup.js';
import { renderNetwork } from '../output/resources.js';
import { viewOf } from '../view.js';

/** `maops network show`: one network by its id, as a spec names it. */
export const networkShow: Define = (command, run) => {
  command
    .argument('<id>', "the network's id (metadata.name)")
    .addHelpText('after', example('maops network show network-7a3e-0123456789abcdef0123456789abcdef'))
    .action((id: string) =>
      run(async (context) => {
        const network = await requireNetwork(context, id);
        context.result(network, (shown) => renderNetwork(shown, viewOf(context)));
        return exitCodes.done;
      }),
    );
};
