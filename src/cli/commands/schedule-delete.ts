import { type Define, example } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { renderDeleted } from '../output/schedules.js';
import { viewOf } from '../view.js';

/** `maops schedule delete`: a schedule is cheap to make again, so nobody is asked; what it was is printed. */
export const scheduleDelete: Define = (command, run) => {
  command
    .argument('<name>', 'name of the schedule')
    .addHelpText('after', example('maops schedule delete evening'))
    .action((name: string) =>
      run(async (context) => {
        const was = await (await context.session()).schedules.delete(name);
        context.result(was, (shown) => renderDeleted(shown, viewOf(context)));
        const goesOn = was.running === null ? '' : `; ${was.running} goes on`;
        context.notice(`schedule ${name} is deleted (${was.does}, ${was.cron} ${was.timezone})${goesOn}`);
        return exitCodes.done;
      }),
    );
};
