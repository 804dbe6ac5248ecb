import { describe, expect, test } from '@jest/globals';
import { parseMarker } from '../../src/domain/resource/marker.js';
import type { Testbed, TestbedOptions } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { currentNotebookPart } from '../workflows/documents.js';
import { changeProtection, control, terminate } from './outside-changes.js';
import { finishMainJob, name, onlyCurrentNotebook, startMainJob, untilPhase } from './steps.js';

const hour = 3_600_000;
const minute = 60_000;
const notebook = currentNotebookPart();
const newTestbed = testbedsForFile();
const teardown = `teardown/${name}`;

async function ready(change: Record<string, unknown> = {}, options: TestbedOptions = {}): Promise<Testbed> {
  const testbed = await newTestbed(options);
  await finishMainJob(testbed, { notebook, ...change });
  return testbed;
}

async function tearDown({ temporal }: Testbed): Promise<void> {
  await temporal.start('teardownEnvironment', teardown, [{ name }]);
  await temporal.run({ maxTime: 3 * hour, until: () => temporal.status(teardown) !== 'RUNNING' });
}

describe('an environment with a notebook of the current API', () => {
  test('becomes Ready: one create each, with our marker and a duration, and no call of the historical API creates', async () => {
    const testbed = await ready();
    const { simulator } = testbed;
    expect(await testbed.progress(`env/${name}`)).toMatchObject({
      phase: 'Ready',
      notebook: {
        id: onlyCurrentNotebook(testbed).id,
        status: 'RUNNING',
        url: expect.any(String),
        autoStopAt: expect.any(String),
      },
    });
    expect(onlyCurrentNotebook(testbed)).toMatchObject({
      status: 'RUNNING',
      pool: { id: simulator.state().pools[0]?.id },
    });
    expect(parseMarker(onlyCurrentNotebook(testbed).description)).not.toBeNull();
    const posts = simulator.requests('currentNotebooks.create');
    expect(posts.map(({ body }) => body)).toEqual([expect.objectContaining({ duration: 72 * hour })]);
    expect(simulator.requests('notebooks.create')).toEqual([]);
  });

  test('is torn down: the notebook first, and without a stop', async () => {
    const testbed = await ready();
    await tearDown(testbed);
    const { simulator } = testbed;
    expect(simulator.state()).toMatchObject({ pools: [], currentNotebooks: [] });
    expect(simulator.requests('currentNotebooks.stop')).toEqual([]);
    const [first] = simulator.requests('currentNotebooks.delete');
    const [last] = simulator.requests('pools.delete');
    expect(first?.seq).toBeLessThan(last?.seq ?? 0);
    expect(await testbed.progress(teardown)).toMatchObject({
      phase: 'Gone',
      results: [
        { kind: 'notebook', result: 'deleted' },
        { kind: 'pool', result: 'deleted' },
      ],
    });
  });

  test('is torn down by a stop at once, where the service refuses to delete a running notebook', async () => {
    const testbed = await ready({}, { simulator: { behavior: { deleteRunningNotebook: 'refuse' } } });
    await tearDown(testbed);
    const { simulator } = testbed;
    expect(simulator.state()).toMatchObject({ pools: [], currentNotebooks: [] });
    const [refused] = simulator.requests('currentNotebooks.delete');
    const [stop] = simulator.requests('currentNotebooks.stop');
    expect(Date.parse(stop?.at ?? '') - Date.parse(refused?.at ?? '')).toBeLessThan(10_000);
  });

  test.each(['CREATING', 'STOPPED', 'SNAPSHOTTING', 'ERROR', 'START_FAILED', 'DELETE_FAILED', 'PONDERING'])(
    'is torn down when the notebook is %s',
    async (status) => {
      const testbed = await ready();
      await control(testbed, `currentNotebooks/${onlyCurrentNotebook(testbed).id}`, { status });
      await tearDown(testbed);
      expect(testbed.simulator.state()).toMatchObject({ pools: [], currentNotebooks: [] });
    },
  );

  test('is torn down only after the bill is paid, when its notebook is FROZEN', async () => {
    const testbed = await ready();
    const { temporal, simulator } = testbed;
    const { id } = onlyCurrentNotebook(testbed);
    await control(testbed, `currentNotebooks/${id}`, { status: 'FROZEN' });
    await temporal.start('teardownEnvironment', teardown, [{ name }]);
    await temporal.run({ maxTime: hour / 2 });
    expect(temporal.status(teardown)).toBe('RUNNING');
    expect(simulator.requests('pools.delete')).toEqual([]);
    await control(testbed, `currentNotebooks/${id}`, { status: 'STOPPED' });
    await temporal.run({ maxTime: hour, until: () => temporal.status(teardown) !== 'RUNNING' });
    expect(simulator.state()).toMatchObject({ pools: [], currentNotebooks: [] });
  });

  test('is rolled back when its notebook fails, with the reason of the service', async () => {
    const testbed = await newTestbed({
      simulator: { faults: [{ operation: 'currentNotebooks.create', kind: 'notebookFailed' }] },
    });
    await startMainJob(testbed, { notebook });
    await expect(testbed.temporal.result(`env/${name}`)).rejects.toThrow();
    const { phase, failure } = await testbed.progress(`env/${name}`);
    expect({ phase, type: failure?.type }).toEqual({ phase: 'RolledBack', type: 'NotebookFailed' });
    expect(testbed.simulator.state()).toMatchObject({ pools: [], currentNotebooks: [] });
  });

  test('waits while its notebook is in ERROR, which may heal', async () => {
    const testbed = await newTestbed();
    await startMainJob(testbed, { notebook });
    await untilPhase(testbed, 'AwaitingNotebook');
    await control(testbed, `currentNotebooks/${name}`, { status: 'ERROR' });
    await testbed.temporal.run({ maxTime: minute });
    await control(testbed, `currentNotebooks/${name}`, { status: 'RUNNING' });
    await testbed.temporal.result(`env/${name}`);
    expect(await testbed.progress(`env/${name}`)).toMatchObject({ phase: 'Ready' });
  });
});

describe('an account with one of the two APIs', () => {
  test.each(['currentNotebookApi', 'historicalNotebookApi'] as const)(
    'without %s refuses a spec for it before anything costs money, and names the other',
    async (api) => {
      const testbed = await newTestbed({ simulator: { behavior: { [api]: false } } });
      const wanted = api === 'currentNotebookApi' ? { notebook } : {};
      await startMainJob(testbed, wanted);
      await expect(testbed.temporal.result(`env/${name}`)).rejects.toThrow();
      const { failure } = await testbed.progress(`env/${name}`);
      expect(failure).toMatchObject({ type: 'RequestRejected', errorCode: 'APIGW.0101' });
      expect(failure?.hint).toContain(api === 'currentNotebookApi' ? 'profileId' : 'notebook.image');
      expect(testbed.simulator.requests('pools.create')).toEqual([]);
    },
  );

  test.each(['currentNotebookApi', 'historicalNotebookApi'] as const)(
    'without %s creates, audits and tears down with the other',
    async (api) => {
      const wanted = api === 'currentNotebookApi' ? { notebook: undefined } : { notebook };
      const testbed = await newTestbed({ simulator: { behavior: { [api]: false } } });
      const { temporal, simulator } = testbed;
      await startMainJob(testbed, api === 'currentNotebookApi' ? {} : wanted);
      await temporal.result(`env/${name}`);
      await temporal.start('auditResources', 'audit/1', [{}]);
      expect(await temporal.result('audit/1')).toMatchObject({ report: { counts: { owned: 2 }, unread: [] } });
      await tearDown(testbed);
      expect(simulator.state()).toMatchObject({ pools: [], notebooks: [], currentNotebooks: [] });
    },
  );
});

describe('a notebook of the current API', () => {
  test('is found by an audit, protected, kept by a teardown, unprotected and adopted', async () => {
    const testbed = await ready();
    const { temporal, simulator } = testbed;
    await changeProtection(testbed, 'protect');
    expect(onlyCurrentNotebook(testbed).description).toContain('maops:keep');
    await tearDown(testbed);
    expect(await testbed.progress(teardown)).toMatchObject({ phase: 'Failed', failure: { type: 'Protected' } });
    await changeProtection(testbed, 'unprotect');
    await terminate(testbed, `lease/${name}`);
    await temporal.run({ maxTime: 20 * minute });
    const adopt = { id: onlyCurrentNotebook(testbed).id, by: 'op', reason: 'still needed' };
    await temporal.start('auditResources', 'audit/1', [{ adopt }]);
    await temporal.result('audit/1');
    expect(temporal.openWorkflows()).toEqual([`lease/${name}`]);
    await temporal.update(`lease/${name}`, 'releaseLease', { by: 'op', reason: 'done' });
    await temporal.run({ until: () => temporal.status(`lease/${name}`) !== 'RUNNING' });
    expect(simulator.state()).toMatchObject({ pools: [], currentNotebooks: [] });
  });

  test('of another user keeps the pool that it runs on', async () => {
    const testbed = await ready();
    const pool = testbed.simulator.state().pools[0]?.id;
    await control(testbed, 'currentNotebooks', { name: 'guest', pool, user: 'neighbour' });
    await tearDown(testbed);
    expect(await testbed.progress(teardown)).toMatchObject({ phase: 'Failed', failure: { type: 'Protected' } });
    expect(testbed.simulator.requests('pools.delete')).toEqual([]);
    expect(testbed.simulator.state().currentNotebooks).toContainEqual(expect.objectContaining({ name: 'guest' }));
  });

  test('is stopped and started by an operator, with what its lease has left', async () => {
    const testbed = await ready({ lease: { ttl: '8h', max: '8h', warnings: [] } });
    const { temporal, simulator } = testbed;
    for (const change of ['stop', 'start'] as const) {
      const id = `change/notebook/${name}`;
      await temporal.start('changeResource', id, [{ kind: 'notebook', name, change, by: 'op', reason: 'x' }]);
      expect(await temporal.result(id)).toMatchObject({ phase: 'Done' });
    }
    const { progress } = testbed;
    const endsAt = Date.parse((await progress(`lease/${name}`)).lease?.endsAt ?? '');
    const { createAt, duration } = onlyCurrentNotebook(testbed).lease;
    expect(Math.abs(createAt + duration - endsAt)).toBeLessThan(minute);
    expect(simulator.requests('currentNotebooks.start')).toHaveLength(1);
  });

  test('gets its tags after RUNNING, and Ready does not wait for them', async () => {
    const testbed = await ready(
      { notebook: currentNotebookPart({ tags: { team: 'a', cost: '42' } }) },
      { simulator: { faults: [{ operation: 'currentNotebooks.addTags', kind: 'status', status: 503, times: 3 }] } },
    );
    expect(await testbed.progress(`env/${name}`)).toMatchObject({ phase: 'Ready' });
    await testbed.temporal.run({ maxTime: 10 * minute });
    expect(onlyCurrentNotebook(testbed).tags).toMatchObject({ team: 'a', cost: '42' });
  });

  test('of a lease conflicts with a spec for the other API', async () => {
    const testbed = await ready();
    const { temporal, simulator } = testbed;
    await startMainJob(testbed);
    await expect(temporal.result(`env/${name}`)).rejects.toThrow();
    expect(await testbed.progress(`env/${name}`)).toMatchObject({ failure: { type: 'SpecConflict' } });
    expect(simulator.requests('notebooks.create')).toEqual([]);
    expect(onlyCurrentNotebook(testbed).status).toBe('RUNNING');
  });
});

describe('two notebooks with our marker', () => {
  /** The first create takes effect so late that the second one has been sent. */
  const late = { operation: 'currentNotebooks.create', kind: 'lost', at: 'after' } as const;

  test.each([
    ['becomes visible during the wait', 140_000],
    ['becomes visible at once after the second create', 121_000],
  ])('of which the first %s: the oldest stays, and the audit names the other', async (_title, lag) => {
    const testbed = await newTestbed({
      simulator: {
        faults: [late, { operation: 'currentNotebooks.create', kind: 'listLag', ms: lag }],
      },
    });
    const { temporal, simulator, progress } = testbed;
    await startMainJob(testbed, { notebook });
    await temporal.result(`env/${name}`);
    const posts = simulator.requests('currentNotebooks.create').filter(({ effect }) => effect !== null);
    expect(posts).toHaveLength(2);
    const { audit, notebook: shown } = await progress(`env/${name}`);
    expect(audit).toContainEqual(expect.objectContaining({ verb: 'clear' }));
    expect(shown?.id).toBe(onlyCurrentNotebook(testbed).id);
    const seconds = (ms: number) => Math.floor(ms / 1_000);
    expect(seconds(onlyCurrentNotebook(testbed).createdAt)).toBe(
      Math.min(...posts.map(({ at }) => seconds(Date.parse(at)))),
    );
    expect(temporal.openWorkflows()).toEqual([`lease/${name}`]);
  });
});

test('the image that the first check has found is not looked for again', async () => {
  const { simulator } = await ready();
  expect(simulator.requests('images.list')).toHaveLength(1);
});

test('an image that cannot be found after an hour ends the step at its deadline, and nothing is created', async () => {
  const testbed = await newTestbed({ simulator: { durations: { poolCreate: 70 * minute } } });
  const { simulator, temporal } = testbed;
  await startMainJob(testbed, { notebook, deadlines: { pool: '3h', notebook: '20m' } });
  await temporal.run({ until: () => simulator.state().pools.some(({ phase }) => phase === 'Running') });
  simulator.faults.plan({ operation: 'images.list', kind: 'status', status: 500, times: 'always' });
  await temporal.run({ maxTime: 4 * hour, until: () => temporal.status(`env/${name}`) !== 'RUNNING' });
  expect(await testbed.progress(`env/${name}`)).toMatchObject({
    phase: 'RolledBack',
    failure: { type: 'DeadlineExceeded', step: 'notebook' },
  });
  expect(simulator.requests('currentNotebooks.create')).toEqual([]);
  expect(simulator.state()).toMatchObject({ pools: [], currentNotebooks: [] });
});
