import { readPrices } from '../../worker/prices.js';
import { type Define, example } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { renderExplanation } from '../output/explanation.js';
import { viewOf } from '../view.js';

/** `maops env why`: why an operation stands where it stands, and what can be done. */
export const envWhy: Define = (command, run) => {
  command
    .argument('<name>', 'the environment, or a workflow id')
    .addHelpText('after', example('maops env why team-a'))
    .action((name: string) =>
      run(async (context) => {
        const explanation = await (await context.operations()).why(name, 'env', {
          prices: readPrices(context.config().prices),
        });
        context.result(explanation, (shown) => renderExplanation(shown, viewOf(context)));
        return exitCodes.done;
      }),
    );
};
