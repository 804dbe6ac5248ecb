import type { CommandOptions } from '../client/call-types.js';
import type { ScheduleDetails } from '../client/schedule-view.js';
import type { Schedules } from '../client/schedules.js';
import { type Define, example, requireReason } from './command.js';
import { exitCodes } from './exit-codes.js';
import { renderSchedule } from './output/schedules.js';
import { viewOf } from './view.js';

/** Declares a command that says something to a schedule, with a reason, and prints how it stands then. */
export function defineScheduleSteering(
  verb: string,
  reason: string,
  steer: (schedules: Schedules, name: string, said: CommandOptions) => Promise<ScheduleDetails>,
): Define {
  return (command, run) => {
    command.argument('<name>', 'name of the schedule');
    requireReason(command, 'why; it is kept as the note of the schedule')
      .addHelpText('after', example(`maops schedule ${verb} evening --reason '${reason}'`))
      .action((name: string, options: { readonly reason: string }) =>
        run(async (context) => {
          const schedule = await steer((await context.session()).schedules, name, { reason: options.reason });
          context.result(schedule, (shown) => renderSchedule(shown, viewOf(context)));
          return exitCodes.done;
        }),
      );
  };
}
