import { type Define, example, offerKey, offerReason } from '../command.js';
import { exitCodes } from '../exit-codes.js';
import { type CommandFlags, commandOptionsOf } from '../steering.js';

/** `maops env try-now`: tries at once whatever waits for its next try, also in the operation that is in the way. */
export const envTryNow: Define = (command, run) => {
  command.argument('<name>', 'the environment, or a workflow id such as teardown/team-a');
  offerKey(offerReason(command, 'why; it is kept in the audit', 'try now'))
    .addHelpText('after', example(`maops env try-now team-a --reason 'the service is back'`))
    .action((name: string, options: CommandFlags) =>
      run(async (context) => {
        const tried = await (await context.operations()).tryNow(name, commandOptionsOf(options));
        context.result(tried, (shown) =>
          shown.map(({ workflowId, hurries }) => `${workflowId}: trying now: ${hurries.join('; ')}`).join('\n'),
        );
        return exitCodes.done;
      }),
    );
};
