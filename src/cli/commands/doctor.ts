import { runChecks } from '../checks.js';
import { type Define, example } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { renderChecks } from '../output/checks.js';
import { viewOf } from '../view.js';

/** `maops doctor`: one row per check; exit 1 if any fails. */
export const doctor: Define = (command, run) => {
  command.addHelpText('after', example('maops doctor', 'maops doctor --json')).action(() =>
    run(async (context) => {
      // What cannot be reached takes its time to say so.
      if (context.terminal.stderr.isTTY === true) context.notice('asking Temporal and ModelArts');
      const checks = await runChecks(context);
      const ok = checks.every(({ state }) => state === 'ok');
      context.result({ ok, checks }, (shown) => renderChecks(shown.checks, viewOf(context)));
      return ok ? exitCodes.done : exitCodes.failed;
    }),
  );
};
