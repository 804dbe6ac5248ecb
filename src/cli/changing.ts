import type { Command } from 'commander';
import { nameOf } from '../client/name.js';
import type { ChangeInput } from '../contract/workflows.js';
import { example, type Run, requireReason } from './command.js';
import { followToEnd, readDuration } from './following.js';

interface ChangeOptions {
  readonly reason: string;
  readonly timeout?: string;
}

/** Declares a change of one resource; it runs as `change/<kind>/<name>` and is waited for. */
export function defineChange(
  command: Command,
  run: Run,
  kind: ChangeInput['kind'],
  change: ChangeInput['change'],
  reason: string,
): void {
  const noun = kind === 'environment' ? 'env' : 'notebook';
  command.argument(
    '<name>',
    kind === 'environment' ? 'the environment; also a pool or notebook made alone' : "the notebook's name",
  );
  requireReason(command)
    .option('--timeout <duration>', 'stop waiting after this time (exit 8); the change goes on')
    .addHelpText('after', example(`maops ${noun} ${change} team-a --reason '${reason}'`))
    .action((name: string, options: ChangeOptions) =>
      run(async (context) => {
        const timeoutMs = readDuration('--timeout', options.timeout);
        const { workflowId } = await (await context.operations()).change(kind, nameOf(name), change, {
          reason: options.reason,
        });
        return await followToEnd(context, workflowId, { attention: context.json ? 'ending' : 'changes', timeoutMs });
      }),
    );
}
