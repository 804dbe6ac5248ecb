import { describe, expect, test } from '@jest/globals';
import { WorkflowUpdateFailedError } from '@temporalio/client';
import { approveUpdate, type Resolution, rejectUpdate, resolveUpdate } from '../../src/contract/messages.js';
import type { Progress } from '../../src/contract/progress.js';
import { stackForFile } from '../support/in-process-stack-for-file.js';
import { environmentDocument, freshName } from './documents.js';

const stack = stackForFile();

const command = { by: 'op', reason: 'because' };
const start = (name: string, change: Record<string, unknown> = {}) =>
  stack().start('provisionPoolThenLaunchNotebook', `env/${name}`, environmentDocument(name, change));
const creates = (kind: 'pools' | 'notebooks') => stack().simulator.requests(`${kind}.create`).length;

describe('an approval', () => {
  test('is awaited before anything is created, and counts once', async () => {
    const handle = await start(freshName(), { approval: { required: true, timeout: '30s' } });
    const waiting = await stack().until(handle.workflowId, ({ phase }) => phase === 'AwaitingApproval');
    expect(waiting.awaiting).toMatchObject({ kind: 'approval', verbs: ['approve', 'reject'] });
    await expect(handle.executeUpdate(approveUpdate, { args: [{ by: 'op', reason: '' }] })).rejects.toThrow(
      WorkflowUpdateFailedError,
    );
    expect(creates('pools')).toBe(0);
    await handle.executeUpdate(approveUpdate, { args: [command] });
    await expect(handle.executeUpdate(rejectUpdate, { args: [command] })).rejects.toThrow(WorkflowUpdateFailedError);
    expect(await handle.result()).toMatchObject({ phase: 'Ready', audit: [{ verb: 'approve', ...command }] });
  });

  test('that is refused ends Rejected, with nothing created', async () => {
    const handle = await start(freshName(), { approval: { required: true, timeout: '30s' } });
    await stack().until(handle.workflowId, ({ phase }) => phase === 'AwaitingApproval');
    await handle.executeUpdate(rejectUpdate, { args: [command] });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'ApprovalRejected' } });
    expect(await stack().progress(handle.workflowId)).toMatchObject({ phase: 'Rejected' });
    expect(creates('pools')).toBe(0);
  });

  test('that is not given in time ends in ApprovalTimedOut', async () => {
    const handle = await start(freshName(), { approval: { required: true, timeout: '1s' } });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'ApprovalTimedOut' } });
  });
});

describe('a failed step with onFailure ask', () => {
  async function awaitingDecision(change: Record<string, unknown> = {}) {
    stack().simulator.faults.plan({ operation: 'notebooks.create', kind: 'notebookFailed' });
    const handle = await start(freshName(), { onFailure: 'ask', ...change });
    const progress = await stack().until(handle.workflowId, ({ phase }) => phase === 'AwaitingOperator');
    expect(progress).toMatchObject({
      awaiting: { kind: 'operator', verbs: ['retry', 'skip', 'rollback', 'abandon'] },
      failure: { step: 'notebook', type: 'NotebookFailed' },
    });
    const resolve = (resolution: Partial<Resolution>) =>
      handle.executeUpdate(resolveUpdate, { args: [{ verb: 'retry', ...command, ...resolution }] });
    return { handle, resolve };
  }

  test('is retried after its remains are deleted', async () => {
    const { handle, resolve } = await awaitingDecision();
    await resolve({ verb: 'retry', step: 'notebook', attempt: 1 });
    const progress = (await handle.result()) as Progress;
    expect(progress).toMatchObject({ phase: 'Ready', failure: null });
    expect(progress.steps[2]).toMatchObject({ state: 'done', attempt: 2 });
    expect([creates('pools'), creates('notebooks'), stack().simulator.state().notebooks.length]).toEqual([1, 2, 1]);
  });

  test("is retried with the operator's changes", async () => {
    const { handle, resolve } = await awaitingDecision();
    await resolve({ changes: { 'notebook.flavor': 'modelarts.vm.gpu.p100' } });
    expect(await handle.result()).toMatchObject({ phase: 'Ready' });
    expect(stack().simulator.state().notebooks[0]).toMatchObject({ flavor: 'modelarts.vm.gpu.p100' });
  });

  test('keeps awaiting a decision about the failed step when the change is not valid', async () => {
    const { handle, resolve } = await awaitingDecision();
    await resolve({ changes: { 'pool.count': 3 } });
    const progress = await stack().until(handle.workflowId, ({ audit }) => audit.at(-1)?.verb === 'refuse');
    expect(progress).toMatchObject({
      phase: 'AwaitingOperator',
      failure: { type: 'NotebookFailed' },
      why: expect.stringContaining('; not retried: pool.count: '),
    });
    await resolve({ verb: 'rollback' });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'NotebookFailed' } });
    expect(stack().simulator.state().pools).toEqual([]);
  });

  test('is skipped: the pool alone is Ready', async () => {
    const { handle, resolve } = await awaitingDecision();
    await resolve({ verb: 'skip' });
    expect(await handle.result()).toMatchObject({
      phase: 'Ready',
      steps: [{}, { state: 'done' }, { state: 'skipped' }],
    });
  });

  test('is abandoned: all resources stay, owned by a lease', async () => {
    const { handle, resolve } = await awaitingDecision();
    await resolve({ verb: 'abandon' });
    const progress = (await handle.result()) as Progress;
    expect(progress.phase).toBe('Abandoned');
    expect(await stack().progress(`lease/${progress.name}`)).toMatchObject({ phase: 'Leased' });
    expect(stack().simulator.state().pools).toHaveLength(1);
  });

  test('refuses a decision from a stale view, and one that is not possible', async () => {
    const { handle, resolve } = await awaitingDecision();
    await expect(resolve({ step: 'pool' })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('check the present state') },
    });
    await expect(resolve({ step: 'notebook', attempt: 7 })).rejects.toThrow(WorkflowUpdateFailedError);
    await expect(resolve({ verb: 'explode' as 'retry' })).rejects.toThrow(WorkflowUpdateFailedError);
    await resolve({ verb: 'rollback' });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'NotebookFailed' } });
    expect(await stack().progress(handle.workflowId)).toMatchObject({ phase: 'RolledBack' });
  });

  test('rolls back when nobody answers in time', async () => {
    const deadlines = { pool: '60s', notebook: '30s', capacity: '30s', ask: '1s', undo: '30s' };
    const { handle } = await awaitingDecision({ deadlines });
    await expect(handle.result()).rejects.toMatchObject({ cause: { type: 'NotebookFailed' } });
    expect(await stack().progress(handle.workflowId)).toMatchObject({ phase: 'RolledBack' });
  });
});
