import { type Define, example } from '../command.js';
import { viewOf } from '../context.js';
import { exitCodes } from '../exit-codes.js';
import { renderChecks } from '../output/checks.js';
import { runChecks } from './doctor-checks.js';

/** `maops doctor`: one row per check; exit 1 if any fails. */
const doctor: Define = (command, run) => {
  command.addHelpText('after', example('maops doctor', 'maops doctor --json')).action(() =>
    run(async (context) => {
      // An unreachable server takes time to fail.
      if (context.terminal.stderr.isTTY === true) context.notice('checking Temporal and ModelArts');
      const checks = await runChecks(context);
      const ok = checks.every(({ state }) => state === 'ok');
      context.result({ ok, checks }, (shown) => renderChecks(shown.checks, viewOf(context)));
      return ok ? exitCodes.done : exitCodes.failed;
    }),
  );
};

export const commands = { doctor };
