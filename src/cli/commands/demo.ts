import type { Operations } from '../../client/operations.js';
import type { Progress } from '../../contract/progress.js';
import { type Define, example } from '../command.js';
import { type Context, noText } from '../context.js';
import { exitCodes, SilentExit } from '../exit-codes.js';
import { makeReporter, showUntilEnd, silentReporter } from '../follow.js';
import { untilStopped } from '../process.js';

/** `maops demo`: creates an environment and tears it down, with all the servers in this process. */
const demo: Define = (command, run) => {
  command
    .option('--keep', 'leave everything running at the end, and suggest commands to try')
    .option('--historical', 'use the historical notebook API')
    .addHelpText('after', example('npx maops demo', 'npx maops demo --keep'))
    .action(({ keep = false, historical = false }: { readonly keep?: boolean; readonly historical?: boolean }) =>
      run(async (context) => {
        const { runDemo } = await import('../../dev/demo.js');
        const { createLogger } = await import('../../worker/logging.js');
        const logger = createLogger({ level: context.debug ? 'debug' : 'warn' });
        const print = (line: string) =>
          context.json ? context.notice(line) : context.result(line, (shown) => `${shown}\n`);
        const summary = await untilStopped((signal) => {
          const follow = (operations: Operations, workflowId: string) =>
            showDemo(context, operations, workflowId, signal);
          return runDemo({ keep, historical, logger, print, follow, signal });
        });
        if (context.json) context.result(summary, noText);
        return exitCodes.done;
      }),
    );
};

/** Follows one operation of the demo. A signal ends the demo, not only the watching. */
async function showDemo(
  context: Context,
  operations: Operations,
  workflowId: string,
  signal: AbortSignal,
): Promise<Progress> {
  const reporter = context.json ? silentReporter : await makeReporter(context, 'changes');
  const last = await showUntilEnd(context, operations, workflowId, reporter, signal);
  if (last !== null && last.endedAt !== null) return last;
  throw new SilentExit(exitCodes.interrupted);
}

export const commands = { demo };
