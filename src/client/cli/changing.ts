import type { Command } from 'commander';
import { example, type Run } from './command.js';
import { followToEnd, readDuration } from './following.js';

interface ChangeOptions {
  readonly reason: string;
  readonly timeout?: string;
}

/** Declares start or stop of a notebook; both run as `change/notebook/<name>` and are waited for. */
export function defineChange(command: Command, run: Run, change: 'start' | 'stop', reason: string): void {
  command
    .argument('<name>', "the notebook's name")
    .requiredOption('--reason <text>', 'why; it is kept in the audit')
    .option('--timeout <duration>', 'stop waiting after this time (exit 8); the change goes on')
    .addHelpText('after', example(`maops notebook ${change} team-a --reason '${reason}'`))
    .action((name: string, options: ChangeOptions) =>
      run(async (context) => {
        const timeoutMs = readDuration('--timeout', options.timeout);
        const { workflowId } = await (await context.operations()).change('notebook', name, change, {
          reason: options.reason,
        });
        return await followToEnd(context, workflowId, { attention: context.json ? 'ending' : 'changes', timeoutMs });
      }),
    );
}
