import type { Command } from 'commander';
import type { ResourceKindName } from '../client/name.js';
import type { Spec } from '../contract/spec.js';
import { example, type Run } from './command.js';
import type { Context } from './context.js';
import { type ExitCode, UsageError } from './exit-codes.js';
import { followToEnd, readDuration, showNow } from './following.js';
import { readSpec } from './spec-file.js';

interface CreateOptions {
  readonly file: string;
  readonly wait?: boolean;
  readonly watch?: boolean;
  readonly timeout?: string;
  readonly dryRun?: boolean;
}

/** Declares a create command; `env`, `pool` and `notebook` differ in what they start, and in what a dry run looks at. */
export function defineCreate(
  command: Command,
  run: Run,
  noun: ResourceKindName,
  file: string,
  dryRun?: (context: Context, spec: Spec) => Promise<ExitCode>,
): void {
  command
    .requiredOption('-f, --file <file>', 'the spec, YAML or JSON; - reads stdin')
    .option('--wait', 'wait for the end, then print the progress')
    .option('--watch', 'show the progress until the end')
    .option('--timeout <duration>', 'stop waiting after this time (exit 8); the operation goes on')
    .addHelpText(
      'after',
      example(
        `maops ${noun} create -f ${file} --watch`,
        `maops ${noun} create -f - --wait --timeout 90m --json < ${file}`,
      ),
    );
  if (dryRun !== undefined) command.option('--dry-run', 'check everything and show what would be made; starts nothing');
  command.action((options: CreateOptions) =>
    run(async (context) => {
      const timeoutMs = readDuration('--timeout', options.timeout);
      if (options.wait && options.watch) throw new UsageError('--wait and --watch: choose one');
      if (timeoutMs !== null && !options.wait && !options.watch)
        throw new UsageError('--timeout needs --wait or --watch');
      const spec = await readSpec(noun, options.file, context.terminal);
      if (options.dryRun && dryRun !== undefined) return await dryRun(context, spec);
      return await create(context, noun, spec, options, timeoutMs);
    }),
  );
}

async function create(
  context: Context,
  noun: ResourceKindName,
  spec: Spec,
  options: CreateOptions,
  timeoutMs: number | null,
): Promise<ExitCode> {
  const operations = await context.operations();
  const { handle, joined } = await operations.create(noun, spec);
  const { workflowId } = handle;
  context.notice(joined ? `joined ${workflowId}, which runs with the same spec` : `started ${workflowId}`);
  if (options.wait || options.watch) {
    return await followToEnd(context, workflowId, { attention: options.watch ? 'changes' : 'ending', timeoutMs });
  }
  return await showNow(context, workflowId);
}
