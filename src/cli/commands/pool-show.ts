import { type Define, example } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { requirePool } from '../lookup.js';
import { renderPool } from '../output/resources.js';
import { viewOf } from '../view.js';

/** `maops pool show`: one pool, straight from the API. */
export const poolShow: Define = (command, run) => {
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
