import { type Define, example } from '../command.js';
import { exitCodes } from '../exit.js';
import { renderTimeline } from '../render/timeline.js';

/** `maops env history`: phases, activities with their attempts, and commands, as Temporal recorded them. */
export const envHistory: Define = (command, run) => {
  command
    .argument('<name>', 'the environment, or a workflow id such as env/team-a')
    .addHelpText('after', example('maops env history team-a', 'maops env history env/team-a --json'))
    .action((name: string) =>
      run(async (context) => {
        const history = await (await context.operations()).history(name);
        const { timeZone, colors } = context.terminal;
        context.result(history, `${history.workflowId}\n\n${renderTimeline(history.entries, { timeZone, colors })}`);
        return exitCodes.done;
      }),
    );
};
