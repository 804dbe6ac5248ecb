import { parseOperationId } from '../../contract/ids.js';
import { type Define, example } from '../command.js';
import { followToEnd, readDuration } from '../following.js';

/** `maops env watch`: follows the operation that the name means to its end; the exit code is that of the ending. */
export const envWatch: Define = (command, run) => {
  command
    .argument('<name>', 'the environment, or a workflow id such as pool/training-pool')
    .option('--timeout <duration>', 'stop watching after this time (exit 8); the operation goes on')
    .addHelpText('after', example('maops env watch team-a', 'maops env watch team-a --json --timeout 90m'))
    .action((name: string, options: { readonly timeout?: string }) =>
      run(async (context) => {
        const timeoutMs = readDuration('--timeout', options.timeout);
        const { workflowId } = await (await context.operations()).locate(name);
        const lease = parseOperationId(workflowId);
        if (lease?.kind === 'lease' && name === lease.name) {
          context.notice(`this follows ${workflowId}, which owns what was made, until it ends`);
        }
        return await followToEnd(context, workflowId, { attention: 'changes', timeoutMs });
      }),
    );
};
