import { describe, expect, test } from '@jest/globals';
import { CancelledFailure } from '@temporalio/client';
import type { Progress } from '../../src/contract/progress.js';
import type { SweepProgress } from '../../src/contract/workflows.js';
import { formatMarker } from '../../src/domain/resource/marker.js';
import { ownerHash } from '../../src/spec/hash.js';
import { installation, type VirtualStack } from '../temporal-sim/environment.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { environmentDocument } from '../workflows/documents.js';
import { control } from './outside.js';
import { deadlines } from './stories.js';

const id = 'schedule/evening-2026-01-01T18:00:00Z';
const main = 'provisionPoolThenLaunchNotebook';

const newStack = stacksForFile();

const document = (change: Record<string, unknown> = {}) => environmentDocument('team-a', { deadlines, ...change });
const provisioning = (change: Record<string, unknown> = {}) => ({
  schedule: 'evening',
  reason: 'working hours',
  start: { what: 'provision', document: document(change) },
});
const teardown = { schedule: 'evening', reason: 'end of day', start: { what: 'teardown', name: 'team-a' } };
const phaseOf = ({ world }: VirtualStack, workflowId: string) =>
  world.status(workflowId) === null ? null : world.searchAttributes(workflowId).MaopsPhase;
const begin = ({ world }: VirtualStack, input: unknown) => world.start('runScheduled', id, [input]);

describe('a scheduled run in virtual time', () => {
  test('starts the workflow under its true id, shows its phases, and is done when that is', async () => {
    const stack = await newStack();
    const { world, progress } = stack;
    await begin(stack, provisioning());
    await world.run({ until: () => phaseOf(stack, 'env/team-a') === 'AwaitingPool' });
    await world.run({ maxTime: 60_000 });
    expect(await progress(id)).toMatchObject({ phase: 'Applying', why: 'env/team-a is AwaitingPool' });
    expect(await world.result<Progress>(id)).toMatchObject({
      name: 'evening',
      phase: 'Done',
      percent: 100,
      why: 'env/team-a ended Ready: team-a is ready to use',
      notebook: { status: 'RUNNING' },
      audit: [{ verb: 'started', by: 'schedule/evening', reason: 'env/team-a' }],
    });
    const { memo } = await world.client.workflow.getHandle('env/team-a').describe();
    expect(memo).toMatchObject({ maopsBy: 'schedule/evening', maopsSpecHash: expect.any(String) });
  }, 120_000);

  test('tears down with who and why in the audit of what it calls off', async () => {
    const stack = await newStack();
    const { world, simulator, progress } = stack;
    await world.start(main, 'env/team-a', [document()]);
    await world.run({ until: () => phaseOf(stack, 'env/team-a') === 'AwaitingPool' });
    await begin(stack, teardown);
    expect(await world.result(id)).toMatchObject({ phase: 'Done', why: expect.stringContaining('ended Gone') });
    expect((await progress('env/team-a')).audit).toMatchObject([{ by: 'schedule/evening', reason: 'end of day' }]);
    expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  });

  test('sweeps under an id with the time that the schedule gave it, and deletes only when it says apply', async () => {
    const stack = await newStack();
    const { world, simulator } = stack;
    await world.start(main, 'env/team-a', [document()]);
    await world.result('env/team-a');
    await world.client.workflow.getHandle('lease/team-a').terminate('the owner is lost');
    await world.run({ maxTime: 48 * 3_600_000 });
    const sweep = (apply: boolean) => ({
      schedule: 'evening',
      start: { what: 'sweep', apply, rules: { orphans: { minAge: '1h' } } },
    });
    await begin(stack, sweep(false));
    expect(await world.result(id)).toMatchObject({ phase: 'Done', audit: [{ reason: `sweep/${id.slice(9)}` }] });
    expect(simulator.state().pools).toHaveLength(1);
    const real = 'schedule/evening-2026-01-02T18:00:00Z';
    await world.start('runScheduled', real, [sweep(true)]);
    expect(await world.result(real)).toMatchObject({ phase: 'Done' });
    expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  });

  test('joins what is under way already, and ends with it', async () => {
    const stack = await newStack();
    const { world, simulator } = stack;
    await world.start(main, 'env/team-a', [document()]);
    await world.run({ until: () => phaseOf(stack, 'env/team-a') === 'AwaitingPool' });
    await begin(stack, provisioning());
    expect(await world.result(id)).toMatchObject({ phase: 'Done', audit: [{ verb: 'joined', reason: 'env/team-a' }] });
    expect(simulator.summary()).toMatchObject({ 'pools.create': 1, 'notebooks.create': 1 });
  });

  test('counts an environment that is ready already as done, and makes nothing', async () => {
    const stack = await newStack();
    const { world, simulator } = stack;
    await world.start(main, 'env/team-a', [document()]);
    await world.result('env/team-a');
    await begin(stack, provisioning());
    expect(await world.result(id)).toMatchObject({ phase: 'Done' });
    expect(simulator.summary()).toMatchObject({ 'pools.create': 1, 'notebooks.create': 1 });
  });

  test('fails with SpecConflict when the name runs with another spec, which it leaves alone', async () => {
    const stack = await newStack();
    const { world } = stack;
    await world.start(main, 'env/team-a', [document({ deadlines: { ...deadlines, pool: '80m' } })]);
    await world.run({ until: () => phaseOf(stack, 'env/team-a') === 'AwaitingPool' });
    await begin(stack, provisioning());
    await expect(world.result(id)).rejects.toMatchObject({
      cause: { type: 'SpecConflict', message: expect.stringContaining('deadlines.pool: 80m, asked for 90m') },
    });
    expect(world.status('env/team-a')).toBe('RUNNING');
  });

  test('fails as the inner run fails, so that the schedule pauses', async () => {
    const stack = await newStack({
      simulator: { faults: [{ operation: 'notebooks.create', kind: 'notebookFailed' }] },
    });
    const { world, progress } = stack;
    await begin(stack, provisioning());
    await expect(world.result(id)).rejects.toMatchObject({
      cause: { type: 'NotebookFailed', nonRetryable: true, details: [{ phase: 'Failed', name: 'evening' }] },
    });
    const inner = await progress('env/team-a');
    expect((await progress(id)).failure?.message).toBe(inner.failure?.message);
  });

  describe('of a sweep', () => {
    const sweep = (change: Record<string, unknown> = {}) => ({
      schedule: 'evening',
      start: { what: 'sweep', apply: true, rules: { orphans: { minAge: '1h' } }, ...change },
    });

    /** An orphan, and one that the service does not delete. */
    async function withUndeletable(): Promise<VirtualStack> {
      const stack = await newStack();
      const { world, simulator } = stack;
      const createdAt = new Date(world.now() - 48 * 3_600_000).toISOString();
      for (const name of ['team-a', 'team-b']) {
        const description = formatMarker({ installation, owner: ownerHash(`env/${name}`), spec: '00000000' });
        await control(stack, 'pools', { name, description, createdAt });
      }
      simulator.faults.plan({
        operation: 'pools.delete',
        match: { name: 'team-b' },
        kind: 'status',
        status: 500,
        times: 'always',
      });
      return stack;
    }

    test('is done although something could not be deleted, and shows it as its failure', async () => {
      const stack = await withUndeletable();
      await begin(stack, sweep());
      const done = await stack.world.result<Progress>(id);
      expect(done).toMatchObject({ phase: 'Done', failure: { type: 'ServiceUnavailable' } });
      expect(stack.simulator.state().pools.map(({ name }) => name)).toEqual(['team-b']);
      const inner = await stack.world.query<SweepProgress>(`sweep/${id.slice(9)}`, 'progress');
      expect(inner).toMatchObject({ phase: 'Done', failure: done.failure });
      expect(inner.results.map(({ result }) => result).sort()).toEqual(['deleted', 'failed']);
    });

    test('is done when the project cannot be read tonight, and shows why', async () => {
      const stack = await newStack();
      stack.simulator.faults.plan({ operation: 'pools.list', kind: 'status', status: 502, times: 'always' });
      await begin(stack, sweep());
      expect(await stack.world.result(id)).toMatchObject({ phase: 'Done', failure: { type: 'ServiceUnavailable' } });
    });

    test('is done when somebody cancels the sweep', async () => {
      const stack = await withUndeletable();
      await begin(stack, sweep());
      const inner = `sweep/${id.slice(9)}`;
      await stack.world.run({ until: () => phaseOf(stack, inner) === 'Applying' });
      await stack.world.cancel(inner);
      expect(await stack.world.result(id)).toMatchObject({ phase: 'Done', failure: { type: 'RequestRejected' } });
    });

    test('fails for bad rules, and for a share that is refused, so that the schedule pauses', async () => {
      const stack = await newStack();
      await begin(stack, sweep({ rules: { orphan: {} } }));
      await expect(stack.world.result(id)).rejects.toMatchObject({ cause: { type: 'InvalidSpec' } });
      const createdAt = new Date(stack.world.now() - 48 * 3_600_000).toISOString();
      for (let number = 0; number < 8; number += 1) {
        const owner = ownerHash(`env/lost-${number}`);
        const description = formatMarker({ installation, owner, spec: '00000000' });
        await control(stack, 'pools', { name: `lost-${number}`, description, createdAt });
      }
      const second = 'schedule/evening-2026-01-02T18:00:00Z';
      await stack.world.start('runScheduled', second, [sweep()]);
      await expect(stack.world.result(second)).rejects.toMatchObject({ cause: { type: 'RequestRejected' } });
    });
  });

  test('fails when the inner run is called off, naming who and why', async () => {
    const stack = await newStack();
    const { world } = stack;
    await begin(stack, provisioning());
    await world.run({ until: () => phaseOf(stack, 'env/team-a') === 'AwaitingPool' });
    await world.signal('env/team-a', 'announceCancel', { cause: 'operator', by: 'ana', reason: 'not today' });
    await world.cancel('env/team-a');
    await expect(world.result(id)).rejects.toMatchObject({
      cause: { type: 'RequestRejected', message: 'env/team-a was called off by ana: not today' },
    });
  });

  test('fails with UnknownOutcome when the inner run is terminated', async () => {
    const stack = await newStack();
    const { world } = stack;
    await begin(stack, provisioning());
    await world.run({ until: () => phaseOf(stack, 'env/team-a') === 'AwaitingPool' });
    await world.client.workflow.getHandle('env/team-a').terminate('by hand');
    await expect(world.result(id)).rejects.toMatchObject({ cause: { type: 'UnknownOutcome' } });
  });

  test('a cancel ends only the waiting', async () => {
    const stack = await newStack();
    const { world, progress } = stack;
    await begin(stack, provisioning());
    await world.run({ until: () => phaseOf(stack, 'env/team-a') === 'AwaitingPool' });
    await world.cancel(id);
    await expect(world.result(id)).rejects.toMatchObject({ cause: expect.any(CancelledFailure) });
    expect(await progress(id)).toMatchObject({
      phase: 'Cancelled',
      why: 'no longer waited for: env/team-a goes on',
    });
    expect(await world.result('env/team-a')).toMatchObject({ phase: 'Ready' });
  });

  test('follows an inner run that continues as new, and continues as new itself', async () => {
    const stack = await newStack({ suggestContinueAsNewAfter: 30 });
    const { world } = stack;
    await begin(stack, provisioning());
    expect(await world.result(id)).toMatchObject({ phase: 'Done', audit: [{ verb: 'started' }] });
    const runs = (workflowId: string) => world.namespace.runs.filter((run) => run.workflowId === workflowId).length;
    expect(runs('env/team-a')).toBeGreaterThan(1);
    expect(runs(id)).toBeGreaterThan(1);
  });

  test('starts nothing twice when its worker is lost before it could tell, although the inner run has ended by then', async () => {
    let isKilled = false;
    const stack = await newStack({
      settings: { pollMinMs: 500 },
      restartMs: null,
      onServerCall: (method, worker) => {
        if (isKilled || worker === null || method !== 'describeWorkflowExecution') return;
        isKilled = true;
        stack.world.killWorker(worker);
      },
    });
    const { world } = stack;
    world.startWorker();
    await begin(stack, teardown);
    expect(await world.result(id)).toMatchObject({ phase: 'Done', audit: [{ verb: 'started' }] });
    expect(isKilled).toBe(true);
    expect(world.namespace.runs.filter(({ workflowId }) => workflowId === 'teardown/team-a')).toHaveLength(1);
  });

  test('refuses an argument that says nothing to start', async () => {
    const stack = await newStack();
    await begin(stack, { schedule: 'evening' });
    await expect(stack.world.result(id)).rejects.toMatchObject({ cause: { type: 'InvalidSpec' } });
  });
});
