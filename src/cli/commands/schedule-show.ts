import { type Define, example } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { renderSchedule } from '../output/schedules.js';
import { viewOf } from '../view.js';

/** `maops schedule show`: what it does, its next runs, and how the last ones ended. */
export const scheduleShow: Define = (command, run) => {
  command
    .argument('<name>', 'name of the schedule')
    .addHelpText('after', example('maops schedule show evening', 'maops schedule show evening --json'))
    .action((name: string) =>
      run(async (context) => {
        const schedule = await (await context.session()).schedules.show(name);
        context.result(schedule, (shown) => renderSchedule(shown, viewOf(context)));
        return exitCodes.done;
      }),
    );
};
