import { expect, test } from '@jest/globals';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { resolveUpdate } from '../../src/contract/messages.js';
import { stackForFile } from '../support/in-process-stack-for-file.js';
import { environmentDocument, freshName } from './documents.js';

const stack = stackForFile();
const type = 'provisionPoolThenLaunchNotebook';
const signed = { by: 'op', reason: 'test' };

/** Every stack trace inside of what Temporal keeps, at any depth. */
function stackTraces(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'stackTrace' ? [String(inner)].filter((text) => text !== '') : stackTraces(inner),
  );
}

async function kept(workflowId: string): Promise<{ history: string[]; pending: string[] }> {
  const handle = stack().client.workflow.getHandle(workflowId);
  const { raw } = await handle.describe();
  return {
    history: stackTraces(JSON.parse(JSON.stringify(await handle.fetchHistory()))),
    pending: stackTraces(JSON.parse(JSON.stringify(raw.pendingActivities ?? []))),
  };
}
const none = { history: [], pending: [] };

async function start(change: Record<string, unknown> = {}) {
  const name = freshName();
  const handle = await stack().start(type, `env/${name}`, environmentDocument(name, change));
  const ended = async () => await handle.result().catch((error: unknown) => error);
  return { name, workflowId: `env/${name}`, handle, ended };
}

test('a run that failed in an activity, and was rolled back, has no stack trace', async () => {
  stack().simulator.faults.plan({ operation: 'pools.create', kind: 'forbidden' });
  const { workflowId, ended } = await start();
  await ended();
  expect(await kept(workflowId)).toEqual(none);
});

test('a run that refuses its document has no stack trace', async () => {
  const { workflowId, ended } = await start({ pool: { flavor: 'x' } });
  await ended();
  expect(await kept(workflowId)).toEqual(none);
});

test('a run that was cancelled in a wait, and its rollback with a failing delete, have no stack trace', async () => {
  stack().simulator.faults.plan({ operation: 'pools.delete', kind: 'status', status: 500, times: 1 });
  const { workflowId, handle, ended } = await start();
  await stack().until(workflowId, ({ phase }) => phase === 'AwaitingPool');
  await handle.cancel();
  await ended();
  expect(await kept(workflowId)).toEqual(none);
});

test('a rejected approval and a refused update have no stack trace', async () => {
  const { workflowId, handle, ended } = await start({ approval: { required: true, timeout: '1h' } });
  await stack().until(workflowId, ({ phase }) => phase === 'AwaitingApproval');
  const refused = await handle
    .executeUpdate(resolveUpdate, { args: [{ verb: 'retry', step: 'pool', ...signed }] })
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(WorkflowUpdateFailedError);
  expect(refused instanceof WorkflowUpdateFailedError && refused.cause?.stack).toBe('');
  await handle.executeUpdate('reject', { args: [signed] });
  await ended();
  expect(await kept(workflowId)).toEqual(none);
});

test('an activity that is retried has no stack trace', async () => {
  stack().simulator.faults.plan({ operation: 'networks.show', kind: 'status', status: 503, times: 'always' });
  const { workflowId, handle, ended } = await start();
  for (let attempt = 1; attempt < 3; ) {
    const { raw } = await handle.describe();
    attempt = raw.pendingActivities?.[0]?.attempt ?? 1;
  }
  expect(await kept(workflowId)).toEqual(none);
  await handle.cancel();
  await ended();
  expect(await kept(workflowId)).toEqual(none);
});

test('a schedule whose operation was terminated has no stack trace', async () => {
  stack().simulator.faults.plan({
    operation: 'pools.list',
    kind: 'status',
    status: 503,
    times: 'always',
    optional: true,
  });
  const name = freshName();
  const workflowId = `scheduled/${name}`;
  const input = { schedule: name, start: { what: 'teardown', name }, reason: 'night' };
  const handle = await stack().start('runScheduled', workflowId, input);
  await stack().until(workflowId, ({ phase }) => phase === 'Applying');
  await stack().client.workflow.getHandle(`teardown/${name}`).terminate('test');
  await handle.result().catch(() => undefined);
  expect(await kept(workflowId)).toEqual(none);
});
