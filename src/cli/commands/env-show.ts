import { type Define, example } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { renderProgress } from '../output/progress.js';
import { viewOf } from '../view.js';

/** `maops env show`: the progress of what the name means now. */
export const envShow: Define = (command, run) => {
  command
    .argument('<name>', 'the environment, or a workflow id such as env/team-a')
    .addHelpText('after', example('maops env show team-a', 'maops env show team-a --json'))
    .action((name: string) =>
      run(async (context) => {
        const progress = await (await context.operations()).progress(name);
        context.result(progress, (shown) => renderProgress(shown, viewOf(context)));
        return exitCodes.done;
      }),
    );
};
