import type { Command } from 'commander';
import type { ResourceKindName } from '../../client/find-run.js';
import type { Spec } from '../../contract/spec.js';
import { type Define, example, type Run } from '../command.js';
import type { Context } from '../context.js';
import { type ExitCode, UsageError } from '../exit-codes.js';
import { readSpec } from '../files.js';
import { followToEnd, showNow } from '../follow.js';
import { readDuration } from '../options.js';

interface CreateOptions {
  readonly file: string;
  readonly wait?: boolean;
  readonly watch?: boolean;
  readonly timeout?: string;
  readonly dryRun?: boolean;
}

/** Declares the create command of `env`, `pool` or `notebook`. */
export function defineCreate(command: Command, run: Run, kind: ResourceKindName, file: string): void {
  command
    .requiredOption('-f, --file <file>', 'the spec, YAML or JSON; - reads stdin')
    .option('--wait', 'wait for the end, then print the result')
    .option('--watch', 'show the progress until the end')
    .option('--timeout <duration>', 'stop waiting after this time (exit 8); the operation continues')
    .option('--dry-run', 'check the spec and show what would be created; starts nothing')
    .addHelpText(
      'after',
      example(
        `maops ${kind} create -f ${file} --watch`,
        `maops ${kind} create -f - --wait --timeout 90m --json < ${file}`,
      ),
    );
  command.action((options: CreateOptions) =>
    run(async (context) => {
      const timeoutMs = readDuration('--timeout', options.timeout);
      if (options.wait && options.watch) throw new UsageError('--wait and --watch: choose one');
      if (timeoutMs !== null && !options.wait && !options.watch)
        throw new UsageError('--timeout needs --wait or --watch');
      const spec = await readSpec(kind, options.file, context.terminal);
      if (options.dryRun) return await (await import('../dry-run.js')).dryRun(context, kind, spec);
      return await create(context, kind, spec, options, timeoutMs);
    }),
  );
}

async function create(
  context: Context,
  kind: ResourceKindName,
  spec: Spec,
  options: CreateOptions,
  timeoutMs: number | null,
): Promise<ExitCode> {
  const operations = await context.operations();
  const { handle, joined } = await operations.create(kind, spec);
  const { workflowId } = handle;
  context.notice(joined ? `joined ${workflowId}, already running with the same spec` : `started ${workflowId}`);
  if (options.wait || options.watch) {
    return await followToEnd(context, workflowId, { attention: options.watch ? 'changes' : 'ending', timeoutMs });
  }
  return await showNow(context, workflowId);
}

/** `maops env create`: starts the operation, or joins it when it runs with the same spec. */
const createEnvironment: Define = (command, run) => defineCreate(command, run, 'env', 'examples/team-a.yaml');

export const commands = { create: createEnvironment };
