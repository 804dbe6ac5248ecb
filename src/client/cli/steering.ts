import type { Progress } from '../../contract/progress.js';
import type { Said } from '../calls.js';
import type { Operations } from '../operations.js';
import { type Define, example } from './command.js';
import { exitCodes } from './exit.js';
import { renderProgress } from './render/progress.js';
import { viewOf } from './view.js';

/** Declares a command that says something to an operation, with a reason, and prints the progress that follows. */
export function defineSteering(
  verb: string,
  reason: string,
  steer: (operations: Operations, name: string, said: Said) => Promise<Progress>,
): Define {
  return (command, run) => {
    command
      .argument('<name>', 'the environment, or a workflow id such as pool/training-pool')
      .requiredOption('--reason <text>', 'why; it is kept in the audit')
      .addHelpText('after', example(`maops env ${verb} team-a --reason '${reason}'`))
      .action((name: string, options: { readonly reason: string }) =>
        run(async (context) => {
          const progress = await steer(await context.operations(), name, { reason: options.reason });
          context.result(progress, renderProgress(progress, viewOf(context)));
          return exitCodes.done;
        }),
      );
  };
}
