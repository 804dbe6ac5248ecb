import type { Command } from 'commander';
import { OperationRefusedError } from '../client/errors.js';
import { nameOf, type ResourceKindName } from '../client/name.js';
import { operationId } from '../contract/ids.js';
import type { Spec } from '../contract/spec.js';
import type { ChangeInput } from '../contract/workflows.js';
import { example, type Run } from './command.js';
import type { Context } from './context.js';
import { type ExitCode, UsageError } from './exit-codes.js';
import { readSpec } from './files.js';
import { followToEnd, showNow } from './follow.js';
import { offerReason, readDuration, requireReason } from './options.js';
import { openOperations, readPlan, sayGone, tearDown } from './teardown.js';

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

interface DeleteOptions {
  readonly wait?: boolean;
  readonly reason: string;
}

/** Declares the delete of a single resource. It runs as a teardown of its name, so it is refused where that would take more. */
export function defineDelete(command: Command, run: Run, kind: 'pool' | 'notebook'): void {
  command.argument('<name>', `the ${kind}'s name`).option('--wait', 'wait until it is verified that it is gone');
  offerReason(command, 'why; it is kept in the audit of what is called off', 'delete')
    .addHelpText('after', example(`maops ${kind} delete training-${kind} --wait`))
    .action((name: string, { wait = false, reason }: DeleteOptions) =>
      run((context) => deleteResource(context, kind, nameOf(name), wait, reason)),
    );
}

async function deleteResource(
  context: Context,
  kind: 'pool' | 'notebook',
  name: string,
  wait: boolean,
  reason: string,
): Promise<ExitCode> {
  const [{ hash, items: plan, unread }, open] = await Promise.all([
    readPlan(context, name),
    openOperations(context, name),
  ]);
  if (unread.length > 0) {
    const message = `what belongs to ${kind} ${name} could not be read: ${unread.join('; ')}; nothing was deleted`;
    throw new OperationRefusedError(message, { hint: 'Say it again when the service answers.' });
  }
  const env = operationId('env', name);
  if (plan.some(({ owner }) => owner === env) || open.includes(env)) {
    throw new OperationRefusedError(`${kind} ${name} belongs to environment ${name}; nothing was deleted`, {
      hint: `Delete the whole environment: \`maops env teardown ${name}\`.`,
    });
  }
  const other = plan.find((item) => item.owner !== null && item.kind !== kind);
  if (other !== undefined) {
    throw new OperationRefusedError(
      `deleting ${kind} ${name} would delete ${other.kind} ${other.id} too; nothing was deleted`,
      {
        hint: `When both may go: \`maops env teardown ${name}\`.`,
      },
    );
  }
  const [resource] = plan.filter((item) => item.kind === kind);
  if (resource !== undefined && resource.action === 'leave') {
    throw new OperationRefusedError(`${kind} ${name} (${resource.id}) stays: ${resource.why}, but ${resource.rule}`);
  }
  if (resource === undefined && open.length === 0) return sayGone(context, name);
  // What is only being made has no plan yet: calling it off is all there is to do.
  return await tearDown(context, name, { reason, wait, ...(resource === undefined ? {} : { hash }) });
}
