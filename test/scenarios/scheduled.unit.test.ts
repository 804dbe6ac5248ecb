import { describe, expect, test } from '@jest/globals';
import { CancelledFailure } from '@temporalio/client';
import type { Progress } from '../../src/contract/progress.js';
import type { SweepProgress } from '../../src/contract/workflows.js';
import { formatMarker } from '../../src/domain/resource/marker.js';
import { ownerHash } from '../../src/spec/hash.js';
import { installation, type Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { environmentDocument } from '../workflows/documents.js';
import { control } from './outside-changes.js';
import { deadlines } from './steps.js';

const id = 'schedule/evening-2026-01-01T18:00:00Z';
const main = 'provisionPoolThenLaunchNotebook';

const newStack = testbedsForFile();

const document = (change: Record<string, unknown> = {}) => environmentDocument('team-a', { deadlines, ...change });
const provisioning = (change: Record<string, unknown> = {}) => ({
  schedule: 'evening',
  reason: 'working hours',
  start: { what: 'provision', document: document(change) },
});
const teardown = { schedule: 'evening', reason: 'end of day', start: { what: 'teardown', name: 'team-a' } };
const phaseOf = ({ temporal }: Testbed, workflowId: string) =>
  temporal.status(workflowId) === null ? null : temporal.searchAttributes(workflowId).MaopsPhase;
const begin = ({ temporal }: Testbed, input: unknown) => temporal.start('runScheduled', id, [input]);

describe('a scheduled run in virtual time', () => {
  test('starts the workflow under its true id, shows its phases, and is done when that is', async () => {
    const testbed = await newStack();
    const { temporal, progress } = testbed;
    await begin(testbed, provisioning());
    await temporal.run({ until: () => phaseOf(testbed, 'env/team-a') === 'AwaitingPool' });
    await temporal.run({ maxTime: 60_000 });
    expect(await progress(id)).toMatchObject({ phase: 'Applying', why: 'env/team-a is AwaitingPool' });
    expect(await temporal.result<Progress>(id)).toMatchObject({
      name: 'evening',
      phase: 'Done',
      percent: 100,
      why: 'env/team-a ended Ready: team-a is ready to use',
      notebook: { status: 'RUNNING' },
      audit: [{ verb: 'started', by: 'schedule/evening', reason: 'env/team-a' }],
    });
    const { memo } = await temporal.client.workflow.getHandle('env/team-a').describe();
    expect(memo).toMatchObject({ maopsBy: 'schedule/evening', maopsSpecHash: expect.any(String) });
  }, 120_000);

  test('tears down, and records actor and reason in the audit of what it cancels', async () => {
    const testbed = await newStack();
    const { temporal, simulator, progress } = testbed;
    await temporal.start(main, 'env/team-a', [document()]);
    await temporal.run({ until: () => phaseOf(testbed, 'env/team-a') === 'AwaitingPool' });
    await begin(testbed, teardown);
    expect(await temporal.result(id)).toMatchObject({ phase: 'Done', why: expect.stringContaining('ended Gone') });
    expect((await progress('env/team-a')).audit).toMatchObject([{ by: 'schedule/evening', reason: 'end of day' }]);
    expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  });

  test('sweeps under an id with the time of the schedule, and deletes only with apply', async () => {
    const testbed = await newStack();
    const { temporal, simulator } = testbed;
    await temporal.start(main, 'env/team-a', [document()]);
    await temporal.result('env/team-a');
    await temporal.client.workflow.getHandle('lease/team-a').terminate('the owner is lost');
    await temporal.run({ maxTime: 48 * 3_600_000 });
    const sweep = (apply: boolean) => ({
      schedule: 'evening',
      start: { what: 'sweep', apply, rules: { orphans: { minAge: '1h' } } },
    });
    await begin(testbed, sweep(false));
    expect(await temporal.result(id)).toMatchObject({ phase: 'Done', audit: [{ reason: `sweep/${id.slice(9)}` }] });
    expect(simulator.state().pools).toHaveLength(1);
    const real = 'schedule/evening-2026-01-02T18:00:00Z';
    await temporal.start('runScheduled', real, [sweep(true)]);
    expect(await temporal.result(real)).toMatchObject({ phase: 'Done' });
    expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  });

  test('joins a running operation, and ends with it', async () => {
    const testbed = await newStack();
    const { temporal, simulator } = testbed;
    await temporal.start(main, 'env/team-a', [document()]);
    await temporal.run({ until: () => phaseOf(testbed, 'env/team-a') === 'AwaitingPool' });
    await begin(testbed, provisioning());
    expect(await temporal.result(id)).toMatchObject({
      phase: 'Done',
      audit: [{ verb: 'joined', reason: 'env/team-a' }],
    });
    expect(simulator.summary()).toMatchObject({ 'pools.create': 1, 'notebooks.create': 1 });
  });

  test('counts an environment that is already ready as done, and creates nothing', async () => {
    const testbed = await newStack();
    const { temporal, simulator } = testbed;
    await temporal.start(main, 'env/team-a', [document()]);
    await temporal.result('env/team-a');
    await begin(testbed, provisioning());
    expect(await temporal.result(id)).toMatchObject({ phase: 'Done' });
    expect(simulator.summary()).toMatchObject({ 'pools.create': 1, 'notebooks.create': 1 });
  });

  test('fails with SpecConflict when the name runs with another spec, which it leaves alone', async () => {
    const testbed = await newStack();
    const { temporal } = testbed;
    await temporal.start(main, 'env/team-a', [document({ deadlines: { ...deadlines, pool: '80m' } })]);
    await temporal.run({ until: () => phaseOf(testbed, 'env/team-a') === 'AwaitingPool' });
    await begin(testbed, provisioning());
    await expect(temporal.result(id)).rejects.toMatchObject({
      cause: { type: 'SpecConflict', message: expect.stringContaining('deadlines.pool: 80m, requested 90m') },
    });
    expect(temporal.status('env/team-a')).toBe('RUNNING');
  });

  test('fails as the inner run fails, so that the schedule pauses', async () => {
    const testbed = await newStack({
      simulator: { faults: [{ operation: 'notebooks.create', kind: 'notebookFailed' }] },
    });
    const { temporal, progress } = testbed;
    await begin(testbed, provisioning());
    await expect(temporal.result(id)).rejects.toMatchObject({
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
    async function withUndeletable(): Promise<Testbed> {
      const testbed = await newStack();
      const { temporal, simulator } = testbed;
      const createdAt = new Date(temporal.now() - 48 * 3_600_000).toISOString();
      for (const name of ['team-a', 'team-b']) {
        const description = formatMarker({ installation, owner: ownerHash(`env/${name}`), spec: '00000000' });
        await control(testbed, 'pools', { name, description, createdAt });
      }
      simulator.faults.plan({
        operation: 'pools.delete',
        match: { name: 'team-b' },
        kind: 'status',
        status: 500,
        times: 'always',
      });
      return testbed;
    }

    test('is done although something could not be deleted, and shows it as its failure', async () => {
      const testbed = await withUndeletable();
      await begin(testbed, sweep());
      const done = await testbed.temporal.result<Progress>(id);
      expect(done).toMatchObject({ phase: 'Done', failure: { type: 'ServiceUnavailable' } });
      expect(testbed.simulator.state().pools.map(({ name }) => name)).toEqual(['team-b']);
      const inner = await testbed.temporal.query<SweepProgress>(`sweep/${id.slice(9)}`, 'progress');
      expect(inner).toMatchObject({ phase: 'Done', failure: done.failure });
      expect(inner.results.map(({ result }) => result).sort()).toEqual(['deleted', 'failed']);
    });

    test('is done when the project cannot be read, and shows the reason', async () => {
      const testbed = await newStack();
      testbed.simulator.faults.plan({ operation: 'pools.list', kind: 'status', status: 502, times: 'always' });
      await begin(testbed, sweep());
      expect(await testbed.temporal.result(id)).toMatchObject({
        phase: 'Done',
        failure: { type: 'ServiceUnavailable' },
      });
    });

    test('is done when an operator cancels the sweep', async () => {
      const testbed = await withUndeletable();
      await begin(testbed, sweep());
      const inner = `sweep/${id.slice(9)}`;
      await testbed.temporal.run({ until: () => testbed.simulator.requests('pools.delete').length > 0 });
      expect(phaseOf(testbed, inner)).toBe('Applying');
      await testbed.temporal.cancel(inner);
      expect(await testbed.temporal.result(id)).toMatchObject({ phase: 'Done', failure: { type: 'RequestRejected' } });
    });

    test('fails for bad rules, and for a share that is refused, so that the schedule pauses', async () => {
      const testbed = await newStack();
      await begin(testbed, sweep({ rules: { orphan: {} } }));
      await expect(testbed.temporal.result(id)).rejects.toMatchObject({ cause: { type: 'InvalidSpec' } });
      const createdAt = new Date(testbed.temporal.now() - 48 * 3_600_000).toISOString();
      for (let number = 0; number < 8; number += 1) {
        const owner = ownerHash(`env/lost-${number}`);
        const description = formatMarker({ installation, owner, spec: '00000000' });
        await control(testbed, 'pools', { name: `lost-${number}`, description, createdAt });
      }
      const second = 'schedule/evening-2026-01-02T18:00:00Z';
      await testbed.temporal.start('runScheduled', second, [sweep()]);
      await expect(testbed.temporal.result(second)).rejects.toMatchObject({ cause: { type: 'RequestRejected' } });
    });
  });

  test('fails with actor and reason when the inner run is cancelled', async () => {
    const testbed = await newStack();
    const { temporal } = testbed;
    await begin(testbed, provisioning());
    await temporal.run({ until: () => phaseOf(testbed, 'env/team-a') === 'AwaitingPool' });
    await temporal.signal('env/team-a', 'announceCancel', { cause: 'operator', by: 'ana', reason: 'not today' });
    await temporal.cancel('env/team-a');
    await expect(temporal.result(id)).rejects.toMatchObject({
      cause: { type: 'RequestRejected', message: 'env/team-a was cancelled by ana: not today' },
    });
  });

  test('fails with UnknownOutcome when the inner run is terminated', async () => {
    const testbed = await newStack();
    const { temporal } = testbed;
    await begin(testbed, provisioning());
    await temporal.run({ until: () => phaseOf(testbed, 'env/team-a') === 'AwaitingPool' });
    await temporal.client.workflow.getHandle('env/team-a').terminate('by hand');
    await expect(temporal.result(id)).rejects.toMatchObject({ cause: { type: 'UnknownOutcome' } });
  });

  test('a cancel ends only the waiting', async () => {
    const testbed = await newStack();
    const { temporal, progress } = testbed;
    await begin(testbed, provisioning());
    await temporal.run({ until: () => phaseOf(testbed, 'env/team-a') === 'AwaitingPool' });
    await temporal.cancel(id);
    await expect(temporal.result(id)).rejects.toMatchObject({ cause: expect.any(CancelledFailure) });
    expect(await progress(id)).toMatchObject({
      phase: 'Cancelled',
      why: 'cancelled; env/team-a is still running',
    });
    expect(await temporal.result('env/team-a')).toMatchObject({ phase: 'Ready' });
  });

  test('follows an inner run that continues as new, and continues as new itself', async () => {
    const testbed = await newStack({ suggestContinueAsNewAfter: 30 });
    const { temporal } = testbed;
    await begin(testbed, provisioning());
    expect(await temporal.result(id)).toMatchObject({ phase: 'Done', audit: [{ verb: 'started' }] });
    const runs = (workflowId: string) => temporal.namespace.runs.filter((run) => run.workflowId === workflowId).length;
    expect(runs('env/team-a')).toBeGreaterThan(1);
    expect(runs(id)).toBeGreaterThan(1);
  });

  test('starts nothing twice when its worker crashes before it reports the start, although the inner run has ended', async () => {
    let isKilled = false;
    const testbed = await newStack({
      settings: { pollMinMs: 500 },
      restartMs: null,
      onServerCall: (method, worker) => {
        if (isKilled || worker === null || method !== 'describeWorkflowExecution') return;
        isKilled = true;
        testbed.temporal.killWorker(worker);
      },
    });
    const { temporal } = testbed;
    temporal.startWorker();
    await begin(testbed, teardown);
    expect(await temporal.result(id)).toMatchObject({ phase: 'Done', audit: [{ verb: 'started' }] });
    expect(isKilled).toBe(true);
    expect(temporal.namespace.runs.filter(({ workflowId }) => workflowId === 'teardown/team-a')).toHaveLength(1);
  });

  test('refuses an argument with nothing to start', async () => {
    const testbed = await newStack();
    await begin(testbed, { schedule: 'evening' });
    await expect(testbed.temporal.result(id)).rejects.toMatchObject({ cause: { type: 'InvalidSpec' } });
  });
});
