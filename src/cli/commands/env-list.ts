import { phases } from '../../contract/phases.js';
import { type Define, example } from '../command.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { renderEnvironments } from '../output/environments.js';
import { viewOf } from '../view.js';

/** `maops env list`: one row per environment. */
export const envList: Define = (command, run) => {
  command
    .option('--phase <phase>', 'only environments in this phase')
    .addHelpText('after', example('maops env list', 'maops env list --phase AwaitingOperator --json'))
    .action(({ phase }: { readonly phase?: string }) =>
      run(async (context) => {
        if (phase !== undefined && !phases.some((known) => known === phase)) {
          throw new UsageError(`--phase ${phase}: no such phase; phases are ${phases.join(', ')}`);
        }
        const all = await (await context.operations()).list();
        const shown = phase === undefined ? all : all.filter((progress) => progress.phase === phase);
        context.result(shown, (shown) => renderEnvironments(shown, viewOf(context)));
        return exitCodes.done;
      }),
    );
};
