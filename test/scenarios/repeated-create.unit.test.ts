import { describe, expect, test } from '@jest/globals';
import type { Progress } from '../../src/contract/progress.js';
import type { VirtualStack, VirtualStackOptions } from '../temporal-sim/environment.js';
import { stacksForFile } from '../temporal-sim/stacks-for-file.js';
import { environmentDocument, poolPart, publicNotebookPart } from '../workflows/documents.js';
import { control } from './outside.js';
import { deadlines, name } from './stories.js';

const minute = 60_000;
const newStack = stacksForFile();

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

async function create({ world }: VirtualStack, type: Type, change: object = {}): Promise<Progress> {
  const workflowId = `${prefixes[type]}/${name}`;
  await world.start(type, workflowId, [{ ...documents[type], ...change }]);
  return await world.result<Progress>(workflowId);
}

/** Creates, waits a minute, and creates again. */
async function repeat(
  type: Type,
  {
    meanwhile = async () => undefined,
    change = {},
    after = minute,
    ...options
  }: VirtualStackOptions & {
    meanwhile?: (stack: VirtualStack) => Promise<unknown>;
    change?: object;
    after?: number;
  } = {},
): Promise<Repeated & { stack: VirtualStack }> {
  const stack = await newStack(options);
  const { world, simulator } = stack;
  await create(stack, type, change);
  await world.run({ maxTime: after });
  await meanwhile(stack);
  const before = simulator.requests().length;
  const began = world.now();
  const progress = await create(stack, type, change);
  const sent = simulator.requests().slice(before);
  const reads = sent.flatMap(({ method, operation }) => (method === 'GET' ? [operation] : []));
  return { stack, seconds: (world.now() - began) / 1_000, reads, progress };
}

const all: [Type, string[]][] = [
  ['provisionPoolThenLaunchNotebook', ['pools.show', 'notebooks.show']],
  ['provisionPool', ['pools.show']],
  ['launchNotebook', ['notebooks.show']],
];

test.each(all)('%s again is Ready within 2 s after %j', async (type, expected) => {
  const { seconds, reads, progress, stack } = await repeat(type);
  expect({ reads, isFast: seconds < 2, seconds }).toMatchObject({ reads: expected, isFast: true });
  expect(progress).toMatchObject({ phase: 'Ready', percent: 100, lease: { endsAt: null }, failure: null });
  expect(progress.steps.map(({ state }) => state)).toEqual(progress.steps.map(() => 'done'));
  expect(progress.audit.map(({ verb }) => verb)).toEqual(expected.map(() => 'adopt'));
  expect(stack.world.openWorkflows()).toEqual([`lease/${name}`]);
});

test('shows the same resources as a create that waited', async () => {
  const fast = await repeat('provisionPoolThenLaunchNotebook');
  const slow = await repeat('provisionPoolThenLaunchNotebook', { after: 0 });
  expect(slow.reads.length).toBeGreaterThan(3);
  expect(fast.progress.pool).toEqual({ ...slow.progress.pool, observedAt: expect.any(String) });
  expect(fast.progress.notebook?.status).toEqual(slow.progress.notebook?.status);
});

describe('a repeated create looks for itself, as a first one does,', () => {
  const type = 'provisionPoolThenLaunchNotebook';
  const isSlow = ({ seconds, reads }: Repeated) => seconds >= 5 && reads.length > 3;
  const first = ({ simulator }: VirtualStack) => ({
    pool: simulator.state().pools[0]?.id,
    notebook: simulator.state().notebooks[0]?.id,
  });

  test('while the lease has only just observed', async () => {
    const repeated = await repeat(type, { after: 2_000 });
    expect([isSlow(repeated), repeated.progress.phase]).toEqual([true, 'Ready']);
  });

  test('when the pool is not usable any more', async () => {
    const repeated = await repeat(type, {
      meanwhile: async (stack) => {
        await control(stack, `pools/${first(stack).pool}`, { phase: 'Abnormal' });
        setTimeoutIn(stack, 2 * minute, () => control(stack, `pools/${first(stack).pool}`, { phase: 'Running' }));
      },
    });
    expect([isSlow(repeated), repeated.progress.phase]).toEqual([true, 'Ready']);
    expect(repeated.stack.simulator.state().pools).toMatchObject([{ phase: 'Running' }]);
  });

  test('when the notebook has stopped, and starts it', async () => {
    const repeated = await repeat(type, {
      meanwhile: async (stack) => await control(stack, `notebooks/${first(stack).notebook}`, { status: 'STOPPED' }),
    });
    expect([isSlow(repeated), repeated.progress.phase]).toEqual([true, 'Ready']);
    expect(repeated.stack.simulator.state().notebooks).toMatchObject([{ status: 'RUNNING' }]);
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
      meanwhile: async ({ world, simulator }) => {
        await world.client.workflow.getHandle(`lease/${name}`).terminate();
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
    const stack = await newStack();
    const { world, simulator } = stack;
    const change = { approval: { required: true, timeout: '1h' } };
    const approve = async () => {
      await world.run({ until: () => world.searchAttributes(`env/${name}`).MaopsPhase === 'AwaitingApproval' });
      await world.update(`env/${name}`, 'approve', { by: 'op', reason: 'yes' });
    };
    const looks: number[] = [];
    for (let round = 1; round <= 2; round += 1) {
      await world.start(type, `env/${name}`, [{ ...documents[type], ...change }]);
      await approve();
      expect(await world.result(`env/${name}`)).toMatchObject({ phase: 'Ready' });
      looks.push(simulator.requests('pools.list').length);
      await world.run({ maxTime: minute });
    }
    expect(looks[1]).toBeGreaterThan((looks[0] ?? 0) + 1);
    expect(simulator.summary()).toMatchObject({ 'pools.create': 1, 'notebooks.create': 1 });
  });

  test('when it is paused while it observes', async () => {
    const stack = await newStack();
    const { world, simulator } = stack;
    await create(stack, type);
    await world.run({ maxTime: minute });
    await world.start(type, `env/${name}`, [documents[type]]);
    const isObserving = () => world.history(`env/${name}`).at(-1)?.commands.join().includes('lookAtLeased') === true;
    await world.run({ until: isObserving });
    await world.signal(`env/${name}`, 'pause', { by: 'op', reason: 'lunch' });
    await world.run({ maxTime: 10 * minute });
    const [pool] = simulator.state().pools;
    expect((await stack.progress(`env/${name}`)).phase).toBe('Paused');
    await control(stack, `pools/${pool?.id}`, { phase: 'Abnormal' });
    await world.signal(`env/${name}`, 'resume', { by: 'op' });
    await world.run({ maxTime: 2 * minute });
    expect((await stack.progress(`env/${name}`)).phase).not.toBe('Ready');
    await control(stack, `pools/${pool?.id}`, { phase: 'Running' });
    expect(await world.result(`env/${name}`)).toMatchObject({ phase: 'Ready' });
  });
});

test('a replaced pool is not taken for the leased one', async () => {
  const type = 'provisionPool';
  const stack = await newStack();
  const { world, simulator } = stack;
  await create(stack, type);
  await world.run({ maxTime: minute });
  const [pool] = simulator.state().pools;
  await control(stack, `pools/${pool?.id}`, { phase: 'Deleting' });
  await world.run({ maxTime: 20 * minute, until: () => simulator.state().pools.length === 0 });
  await create(stack, type);
  expect(simulator.summary()).toMatchObject({ 'pools.create': 2 });
});

test('another spec is refused, and a lease that is ending too', async () => {
  const type = 'provisionPoolThenLaunchNotebook';
  const stack = await newStack();
  const { world, simulator } = stack;
  await create(stack, type);
  await world.run({ maxTime: minute });
  await expect(create(stack, type, { pool: poolPart({ count: 1 }) })).rejects.toMatchObject({
    cause: { type: 'SpecConflict' },
  });
  simulator.faults.plan({ operation: 'pools.delete', kind: 'status', status: 500, times: 'always', optional: true });
  await world.update(`lease/${name}`, 'releaseLease', { by: 'op', reason: 'done' });
  await world.run({ until: () => world.searchAttributes(`lease/${name}`).MaopsPhase === 'DeletingPool' });
  await expect(create(stack, type)).rejects.toMatchObject({ cause: { type: 'SpecConflict' } });
});

/** Does something of the outside after a while of virtual time. */
function setTimeoutIn({ world }: VirtualStack, ms: number, act: () => Promise<void>): void {
  void world.sleep(ms).then(act);
}
