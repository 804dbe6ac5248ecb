import type { Command } from 'commander';
import { OperationRefusedError } from '../client/errors.js';
import { nameOf } from '../client/name.js';
import { operationId } from '../contract/ids.js';
import { example, offerReason, type Run } from './command.js';
import type { Context } from './context.js';
import type { ExitCode } from './exit-codes.js';
import { openOperations, readPlan, sayGone, tearDown } from './tearing-down.js';

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
