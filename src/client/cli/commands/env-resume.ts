import { type Define, example } from '../command.js';
import { exitCodes } from '../exit.js';
import { renderProgress } from '../render/progress.js';
import { viewOf } from '../view.js';

/** `maops env resume`: goes on after a pause. */
export const envResume: Define = (command, run) => {
  command
    .argument('<name>', 'the environment, or a workflow id')
    .option('--reason <text>', 'accepted for symmetry with pause; a resume keeps no reason')
    .addHelpText('after', example('maops env resume team-a'))
    .action((name: string) =>
      run(async (context) => {
        const progress = await (await context.operations()).resume(name);
        context.result(progress, renderProgress(progress, viewOf(context)));
        return exitCodes.done;
      }),
    );
};
