import type { Command } from 'commander';
import { OperationRefusedError } from '../client/errors.js';
import { nameOf, operationId } from '../contract/ids.js';
import type { ChangeInput } from '../contract/workflows.js';
import { example, type Run } from './command.js';
import type { Context } from './context.js';
import type { ExitCode } from './exit-codes.js';
import { followToEnd } from './follow.js';
import { offerReason, readDuration, requireReason } from './options.js';
import { openOperations, readPlan, refuseInUse, reportGone, tearDown } from './teardown.js';

interface ChangeOptions {
  readonly reason: string;
  readonly timeout?: string;
  readonly for?: string;
}

/** An option that one change has. */
interface ChangeOption {
  readonly flags: '--for <duration>';
  readonly description: string;
  readonly example: string;
}

/**
 * Declares a command that changes a resource. The change runs as the workflow `change/<kind>/<name>`, and the command
 * waits for it.
 */
export function defineChange(
  command: Command,
  run: Run,
  target: ChangeInput['kind'],
  change: ChangeInput['change'],
  reason: string,
  option?: ChangeOption,
): void {
  const group = target === 'environment' ? 'env' : 'notebook';
  command.argument(
    '<name>',
    target === 'environment' ? 'the environment, or a pool or notebook created alone' : 'name of the notebook',
  );
  if (option !== undefined) command.option(option.flags, option.description);
  const more = option === undefined ? '' : `${option.example} `;
  requireReason(command)
    .option('--timeout <duration>', 'stop waiting after this time (exit 8); the change continues')
    .addHelpText('after', example(`maops ${group} ${change} team-a ${more}--reason '${reason}'`))
    .action((name: string, options: ChangeOptions) =>
      run(async (context) => {
        const timeoutMs = readDuration('--timeout', options.timeout);
        readDuration('--for', options.for);
        const { workflowId } = await (await context.operations()).change(target, nameOf(name), change, {
          reason: options.reason,
          ...(options.for === undefined ? {} : { duration: options.for }),
        });
        return await followToEnd(context, workflowId, { attention: context.json ? 'ending' : 'changes', timeoutMs });
      }),
    );
}

interface DeleteOptions {
  readonly wait?: boolean;
  readonly reason: string;
}

/**
 * Declares the delete command of a single resource. It runs as a teardown of the same name, so it is refused where the
 * teardown would delete anything else.
 */
export function defineDelete(command: Command, run: Run, kind: 'pool' | 'notebook'): void {
  command.argument('<name>', `name of the ${kind}`).option('--wait', 'wait until the deletion is verified');
  offerReason(command, 'why; recorded in the audit of the operations that it cancels', 'delete')
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
  const [removal, open] = await Promise.all([readPlan(context, name), openOperations(context, name)]);
  const { hash, items: plan, unread } = removal;
  if (unread.length > 0) {
    const message = `${kind} ${name}: its resources could not be read: ${unread.join('; ')}. Nothing was deleted.`;
    throw new OperationRefusedError(message, { hint: 'Run the command again when the service responds.' });
  }
  const env = operationId('env', name);
  if (plan.some(({ owner }) => owner === env) || open.includes(env)) {
    throw new OperationRefusedError(`${kind} ${name} belongs to environment ${name}. Nothing was deleted.`, {
      hint: `Delete the environment: \`maops env teardown ${name}\`.`,
    });
  }
  const other = plan.find((item) => item.owner !== null && item.kind !== kind);
  if (other !== undefined) {
    throw new OperationRefusedError(
      `deleting ${kind} ${name} would also delete ${other.kind} ${other.id}. Nothing was deleted.`,
      {
        hint: `To delete both: \`maops env teardown ${name}\`.`,
      },
    );
  }
  const [resource] = plan.filter((item) => item.kind === kind);
  if (resource !== undefined && resource.action === 'leave') {
    throw new OperationRefusedError(`${kind} ${name} (${resource.id}) is kept: ${resource.rule}. Nothing was deleted.`);
  }
  if (resource === undefined && open.length === 0) return reportGone(context, name);
  if (!open.includes(operationId('teardown', name))) refuseInUse(name, removal, context.terminal.now());
  // Without a resource there is no plan: the teardown only cancels the operation that is creating one.
  return await tearDown(context, name, { reason, wait, ...(resource === undefined ? {} : { hash }) });
}
