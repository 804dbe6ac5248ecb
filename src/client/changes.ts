import { changeId, operationId } from '../contract/ids.js';
import { announceCancelSignal } from '../contract/messages.js';
import type { ChangeInput } from '../contract/workflows.js';
import { isFields } from '../spec/finding.js';
import type { CommandOptions, OperationHandle } from './call-types.js';
import { type CommandContext, signatureOf } from './command.js';
import { OperationRefusedError } from './errors.js';

/** Starts the teardown of a name, or joins the open one; who and why travel with the start. */
export async function teardown(
  speaker: CommandContext,
  name: string,
  said: CommandOptions,
  planHash?: string,
): Promise<OperationHandle> {
  const workflowId = operationId('teardown', name);
  const argument = { name, ...(planHash === undefined ? {} : { planHash }) };
  const start = { type: 'teardownEnvironment', workflowId, argument, memo: {}, summary: `teardown ${name}` };
  const announcement = { cause: 'teardown', ...signatureOf(speaker, said) };
  return { workflowId, ...(await speaker.runs.signalWithStart(start, announceCancelSignal.name, announcement)) };
}

/** Starts a change of one resource; an open one of the same resource is joined, or refused when it is another change. */
export async function change(
  speaker: CommandContext,
  { kind, name, change: wanted }: Pick<ChangeInput, 'kind' | 'name' | 'change'>,
  said: CommandOptions,
): Promise<OperationHandle> {
  const { runs } = speaker;
  const workflowId = changeId(kind, name);
  const argument: ChangeInput = { kind, name, change: wanted, ...signatureOf(speaker, said) };
  const start = { type: 'changeResource', workflowId, argument, memo: {}, summary: `${wanted} ${kind} ${name}` };
  const { runId } = await runs.start(start);
  const under = await runs.argument(workflowId, runId);
  const underWay = isFields(under) ? under.change : 'change';
  if (underWay === wanted) return { workflowId, runId };
  throw new OperationRefusedError(`${wanted} ${kind} ${name}: a ${String(underWay)} of it is under way`, {
    hint: `Wait for its end: \`maops env watch ${workflowId}\`.`,
  });
}
