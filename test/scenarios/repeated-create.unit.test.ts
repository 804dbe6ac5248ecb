import { describe, expect, test } from '@jest/globals';
import type { Progress } from '../../src/contract/progress.js';
import type { Testbed, TestbedOptions } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { environmentDocument, poolPart, publicNotebookPart } from '../workflows/documents.js';
import { control } from './outside-changes.js';
import { deadlines, name } from './steps.js';

const minute = 60_000;
const newStack = testbedsForFile();

interface Repeated {
  readonly seconds: number;
  readonly reads: readonly string[];
  readonly progress: Progress;
}

const documents = {
  provisionPoolThenLaunchNotebook: environmentDocument(name, { deadlines }),
  provisionPool: { name, pool: poolPart(), deadlines },
  launchNotebook: { name, notebook: publicNotebookPart(), deadlines },
} as const;
const prefixes = { provisionPoolThenLaunchNotebook: 'env', provisionPool: 'pool', launchNotebook: 'notebook' } as const;
type Type = keyof typeof documents;

async function create({ temporal }: Testbed, type: Type, change: object = {}): Promise<Progress> {
  const workflowId = `${prefixes[type]}/${name}`;
  await temporal.start(type, workflowId, [{ ...documents[type], ...change }]);
  return await temporal.result<Progress>(workflowId);
}

/** Creates, waits a minute, and creates again. */
async function repeat(
  type: Type,
  {
    meanwhile = async () => undefined,
    change = {},
    after = minute,
    ...options
  }: TestbedOptions & {
    meanwhile?: (testbed: Testbed) => Promise<unknown>;
    change?: object;
    after?: number;
  } = {},
): Promise<Repeated & { testbed: Testbed }> {
  const testbed = await newStack(options);
  const { temporal, simulator } = testbed;
  await create(testbed, type, change);
  await temporal.run({ maxTime: after });
  await meanwhile(testbed);
  const before = simulator.requests().length;
  const began = temporal.now();
  const progress = await create(testbed, type, change);
  const sent = simulator.requests().slice(before);
  const reads = sent.flatMap(({ method, operation }) => (method === 'GET' ? [operation] : []));
  return { testbed, seconds: (temporal.now() - began) / 1_000, reads, progress };
}

const all: [Type, string[]][] = [
  ['provisionPoolThenLaunchNotebook', ['pools.show', 'notebooks.show']],
  ['provisionPool', ['pools.show']],
  ['launchNotebook', ['notebooks.show']],
];

test.each(all)('%s again is Ready within 2 s after %j', async (type, expected) => {
  const { seconds, reads, progress, testbed } = await repeat(type);
  expect({ reads, isFast: seconds < 2, seconds }).toMatchObject({ reads: expected, isFast: true });
  expect(progress).toMatchObject({ phase: 'Ready', percent: 100, lease: { endsAt: null }, failure: null });
  expect(progress.steps.map(({ state }) => state)).toEqual(progress.steps.map(() => 'done'));
  expect(progress.audit.map(({ verb }) => verb)).toEqual(expected.map(() => 'adopt'));
  expect(testbed.temporal.openWorkflows()).toEqual([`lease/${name}`]);
});

test('shows the same resources as a create that waited', async () => {
  const fast = await repeat('provisionPoolThenLaunchNotebook');
  const slow = await repeat('provisionPoolThenLaunchNotebook', { after: 0 });
  expect(slow.reads.length).toBeGreaterThan(3);
  expect(fast.progress.pool).toEqual({ ...slow.progress.pool, observedAt: expect.any(String) });
  expect(fast.progress.notebook?.status).toEqual(slow.progress.notebook?.status);
});

describe('a repeated create checks for existing resources, like the first one,', () => {
  const type = 'provisionPoolThenLaunchNotebook';
  const isSlow = ({ seconds, reads }: Repeated) => seconds >= 5 && reads.length > 3;
  const first = ({ simulator }: Testbed) => ({
    pool: simulator.state().pools[0]?.id,
    notebook: simulator.state().notebooks[0]?.id,
  });

  test('while the lease has only just observed', async () => {
    const repeated = await repeat(type, { after: 2_000 });
    expect([isSlow(repeated), repeated.progress.phase]).toEqual([true, 'Ready']);
  });

  test('when the pool is no longer usable', async () => {
    const repeated = await repeat(type, {
      meanwhile: async (testbed) => {
        await control(testbed, `pools/${first(testbed).pool}`, { phase: 'Abnormal' });
        setTimeoutIn(testbed, 2 * minute, () => control(testbed, `pools/${first(testbed).pool}`, { phase: 'Running' }));
      },
    });
    expect([isSlow(repeated), repeated.progress.phase]).toEqual([true, 'Ready']);
    expect(repeated.testbed.simulator.state().pools).toMatchObject([{ phase: 'Running' }]);
  });

  test('when the notebook has stopped, and starts it', async () => {
    const repeated = await repeat(type, {
      meanwhile: async (testbed) =>
        await control(testbed, `notebooks/${first(testbed).notebook}`, { status: 'STOPPED' }),
    });
    expect([isSlow(repeated), repeated.progress.phase]).toEqual([true, 'Ready']);
    expect(repeated.testbed.simulator.state().notebooks).toMatchObject([{ status: 'RUNNING' }]);
  });

  test('when the fresh observation gets no answer', async () => {
    const repeated = await repeat(type, {
      meanwhile: async ({ simulator }) =>
        simulator.faults.plan({ operation: 'pools.show', kind: 'status', status: 503, times: 1 }),
    });
    expect([isSlow(repeated), repeated.progress.phase]).toEqual([true, 'Ready']);
  });

  test('when the lease could not observe anything', async () => {
    const repeated = await repeat(type, {
      after: 0,
      meanwhile: async ({ temporal, simulator }) => {
        await temporal.client.workflow.getHandle(`lease/${name}`).terminate();
        simulator.faults.plan({
          operation: 'notebooks.show',
          kind: 'status',
          status: 503,
          times: 'always',
          optional: true,
        });
      },
    });
    expect([isSlow(repeated), repeated.progress.phase]).toEqual([true, 'Ready']);
  });

  test('when an approval is required', async () => {
    const testbed = await newStack();
    const { temporal, simulator } = testbed;
    const change = { approval: { required: true, timeout: '1h' } };
    const approve = async () => {
      await temporal.run({ until: () => temporal.searchAttributes(`env/${name}`).MaopsPhase === 'AwaitingApproval' });
      await temporal.update(`env/${name}`, 'approve', { by: 'op', reason: 'yes' });
    };
    const looks: number[] = [];
    for (let round = 1; round <= 2; round += 1) {
      await temporal.start(type, `env/${name}`, [{ ...documents[type], ...change }]);
      await approve();
      expect(await temporal.result(`env/${name}`)).toMatchObject({ phase: 'Ready' });
      looks.push(simulator.requests('pools.list').length);
      await temporal.run({ maxTime: minute });
    }
    expect(looks[1]).toBeGreaterThan((looks[0] ?? 0) + 1);
    expect(simulator.summary()).toMatchObject({ 'pools.create': 1, 'notebooks.create': 1 });
  });

  test('when it is paused while it observes', async () => {
    const testbed = await newStack();
    const { temporal, simulator } = testbed;
    await create(testbed, type);
    await temporal.run({ maxTime: minute });
    await temporal.start(type, `env/${name}`, [documents[type]]);
    const isObserving = () =>
      temporal.history(`env/${name}`).at(-1)?.commands.join().includes('observeLeased') === true;
    await temporal.run({ until: isObserving });
    await temporal.signal(`env/${name}`, 'pause', { by: 'op', reason: 'lunch' });
    await temporal.run({ maxTime: 10 * minute });
    const [pool] = simulator.state().pools;
    expect((await testbed.progress(`env/${name}`)).phase).toBe('Paused');
    await control(testbed, `pools/${pool?.id}`, { phase: 'Abnormal' });
    await temporal.signal(`env/${name}`, 'resume', { by: 'op' });
    await temporal.run({ maxTime: 2 * minute });
    expect((await testbed.progress(`env/${name}`)).phase).not.toBe('Ready');
    await control(testbed, `pools/${pool?.id}`, { phase: 'Running' });
    expect(await temporal.result(`env/${name}`)).toMatchObject({ phase: 'Ready' });
  });
});

test('a replaced pool is not mistaken for the leased one', async () => {
  const type = 'provisionPool';
  const testbed = await newStack();
  const { temporal, simulator } = testbed;
  await create(testbed, type);
  await temporal.run({ maxTime: minute });
  const [pool] = simulator.state().pools;
  await control(testbed, `pools/${pool?.id}`, { phase: 'Deleting' });
  await temporal.run({ maxTime: 20 * minute, until: () => simulator.state().pools.length === 0 });
  await create(testbed, type);
  expect(simulator.summary()).toMatchObject({ 'pools.create': 2 });
});

test('another spec is refused, and a lease that is ending too', async () => {
  const type = 'provisionPoolThenLaunchNotebook';
  const testbed = await newStack();
  const { temporal, simulator } = testbed;
  await create(testbed, type);
  await temporal.run({ maxTime: minute });
  await expect(create(testbed, type, { pool: poolPart({ count: 1 }) })).rejects.toMatchObject({
    cause: { type: 'SpecConflict' },
  });
  simulator.faults.plan({ operation: 'pools.delete', kind: 'status', status: 500, times: 'always', optional: true });
  await temporal.update(`lease/${name}`, 'releaseLease', { by: 'op', reason: 'done' });
  await temporal.run({ until: () => temporal.searchAttributes(`lease/${name}`).MaopsPhase === 'DeletingPool' });
  await expect(create(testbed, type)).rejects.toMatchObject({ cause: { type: 'SpecConflict' } });
});

/** Does something of the outside after a while of virtual time. */
function setTimeoutIn({ temporal }: Testbed, ms: number, act: () => Promise<void>): void {
  void temporal.sleep(ms).then(act);
}
