import { type Define, example } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { renderSchedules } from '../output/schedules.js';
import { viewOf } from '../view.js';

/** `maops schedule list`: one row per schedule; with `--check` it ends 1 when something is wrong with one. */
export const scheduleList: Define = (command, run) => {
  command
    .option('--check', 'end with 1 when a run failed, was missed or was skipped, or a failure paused a schedule')
    .addHelpText('after', example('maops schedule list', 'maops schedule list --check --json'))
    .action(({ check = false }: { readonly check?: boolean }) =>
      run(async (context) => {
        const { schedules } = await context.session();
        const rows = await schedules.list();
        context.result(rows, (shown) => renderSchedules(shown, viewOf(context)));
        const troubled = rows.filter(({ troubles }) => troubles.length > 0).map(({ name }) => name);
        if (!check || troubled.length === 0) return exitCodes.done;
        context.notice(`to look at: ${troubled.map((name) => `\`maops schedule show ${name}\``).join(', ')}`);
        return exitCodes.failed;
      }),
    );
};
