import { describe, expect, test } from '@jest/globals';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Progress } from '../../src/contract/progress.js';
import type { Fault } from '../../src/simulator/faults/fault.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import type { TimeForms } from '../../src/simulator/time-forms.js';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { orphaned } from './outside-changes.js';
import { finishMainJob, name, nothing, startMainJob } from './steps.js';

const minute = 60_000;
const newStack = testbedsForFile();
const teardownId = `teardown/${name}`;

/** Forms of one instant that differ between the calls that an operation compares. */
const mixed: readonly (readonly [string, TimeForms])[] = [
  ['milliseconds in lists', { 'pools.list': 'milliseconds', 'notebooks.list': 'milliseconds' }],
  ['milliseconds in shows', { 'pools.show': 'milliseconds', 'notebooks.show': 'milliseconds' }],
  ['+08:00 from creates', { 'pools.create': '+08:00', 'notebooks.create': '+08:00' }],
  ['no zone in lists', { 'pools.list': 'none', 'notebooks.list': 'none' }],
  ['no zone in shows, -05:30 in lists', { '*': 'none', 'pools.list': '-05:30', 'notebooks.list': '-05:30' }],
];

const withoutTime = (...operations: Fault['operation'][]): Fault[] =>
  operations.map((operation) => ({
    operation,
    kind: 'missingFields',
    times: 'always',
    paths: ['metadata.creationTimestamp', 'creation_timestamp'],
    optional: true,
  }));

const missing: readonly (readonly [string, Fault[]])[] = [
  ['lists', withoutTime('pools.list', 'notebooks.list')],
  ['shows', withoutTime('pools.show', 'notebooks.show')],
  ['creates', withoutTime('pools.create', 'notebooks.create')],
  ['every answer', withoutTime('pools.*', 'notebooks.*')],
];

const deletes = ({ simulator }: Testbed) => simulator.requests().filter(({ method }) => method === 'DELETE');

async function tearDown({ temporal, progress }: Testbed): Promise<Progress> {
  await temporal.start('teardownEnvironment', teardownId, [{ name }]);
  await temporal.run({ maxTime: 60 * minute, until: () => temporal.status(teardownId) !== 'RUNNING' });
  return await progress(teardownId);
}

async function comesAndGoes(testbed: Testbed): Promise<void> {
  await finishMainJob(testbed);
  expect(await testbed.progress(`env/${name}`)).toMatchObject({ phase: 'Ready' });
  expect(await tearDown(testbed)).toMatchObject({ phase: 'Gone' });
  expect(testbed.simulator.state()).toMatchObject({ pools: [], notebooks: [] });
}

async function isRolledBack(testbed: Testbed): Promise<void> {
  const { temporal, simulator, progress } = testbed;
  simulator.faults.plan({ operation: 'notebooks.create', kind: 'notebookFailed' });
  await startMainJob(testbed);
  await temporal.run({ maxTime: 60 * minute, until: () => temporal.status(`env/${name}`) !== 'RUNNING' });
  expect(await progress(`env/${name}`)).toMatchObject({ phase: 'RolledBack' });
  expect({ ...simulator.state(), open: temporal.openWorkflows() }).toMatchObject(nothing);
}

describe('one instant written in several ways', () => {
  test.each(mixed)('with %s, an environment becomes Ready and is torn down', async (_, timeForms) => {
    await comesAndGoes(await newStack({ simulator: { timeForms } }));
  });

  test.each(mixed)('with %s, what a failed run created is deleted', async (_, timeForms) => {
    await isRolledBack(await newStack({ simulator: { timeForms } }));
  });

  test.each(mixed)('with %s, a plan keeps its hash and its text', async (_, timeForms) => {
    const plans = [];
    for (const forms of [{}, timeForms]) {
      const testbed = await newStack({ simulator: { timeForms: forms } });
      await orphaned(testbed);
      await testbed.temporal.start('sweepExpired', 'sweep/test', [{ rules: { orphans: { minAge: '0s' } } }]);
      const { plan } = await testbed.temporal.result<{ plan: { hash: string; items: unknown } }>('sweep/test');
      plans.push({ hash: plan.hash, items: plan.items });
    }
    expect(plans[1]).toEqual(plans[0]);
  });
});

describe('a creation time that is missing', () => {
  test.each(missing)('from %s does not keep an environment from being Ready and torn down', async (_, faults) => {
    await comesAndGoes(await newStack({ simulator: { faults } }));
  });

  test.each(missing)('from %s does not keep a rollback from deleting', async (_, faults) => {
    await isRolledBack(await newStack({ simulator: { faults } }));
  });

  test.each(missing)('from %s does not keep an environment from being protected', async (_, faults) => {
    const testbed = await newStack({ simulator: { faults } });
    await finishMainJob(testbed);
    const change = { kind: 'environment', name, change: 'protect', by: 'op', reason: 'demo' };
    await testbed.temporal.start('changeResource', `change/environment/${name}`, [change]);
    expect(await testbed.temporal.result(`change/environment/${name}`)).toMatchObject({ phase: 'Done' });
    expect(await tearDown(testbed)).toMatchObject({ phase: 'Failed', failure: { type: 'Protected' } });
  });

  test('without a marker keeps a pool that this run cannot tell from another, and reports it until it can', async () => {
    const testbed = await newStack();
    const { temporal, simulator, progress } = testbed;
    await finishMainJob(testbed);
    simulator.faults.plan({
      operation: 'pools.*',
      kind: 'missingFields',
      times: 'always',
      paths: ['metadata.creationTimestamp', 'metadata.annotations'],
    });
    await tearDown(testbed);
    expect(temporal.status(teardownId)).toBe('RUNNING');
    const { why } = await progress(teardownId);
    expect(why).toContain('neither a creation time nor our marker');
    expect(deletes(testbed).filter(({ operation }) => operation === 'pools.delete')).toEqual([]);
    simulator.faults.clear();
    await temporal.run({ maxTime: 30 * minute, until: () => temporal.status(teardownId) !== 'RUNNING' });
    expect(await progress(teardownId)).toMatchObject({ phase: 'Gone' });
  });
});

/** Replaces the pool of the name when a worker is about to delete the earlier one. */
function replacing(simulator: () => Simulator): ActivityInterceptorsFactory {
  let isDone = false;
  return ({ info }) => ({
    inbound: {
      execute: async (input, next) => {
        if (info.activityType === 'deletePool' && !isDone) {
          isDone = true;
          const state = simulator().snapshot();
          const pools = state.state.pools.map((pool) => ({ ...pool, createdAt: pool.createdAt + 10 * minute }));
          simulator().restore({ ...state, state: { ...state.state, pools } });
        }
        return await next(input);
      },
    },
  });
}

test('a delete for an earlier pool of the name is not sent, and is not reported as done', async () => {
  const testbeds: Testbed[] = [];
  const simulator = () => {
    if (testbeds[0] === undefined) throw new Error('The testbed has not begun.');
    return testbeds[0].simulator;
  };
  const testbed = await newStack({ interceptors: [replacing(simulator)] });
  testbeds.push(testbed);
  await finishMainJob(testbed);
  const { temporal, progress } = testbed;
  await temporal.start('teardownEnvironment', teardownId, [{ name }]);
  const isDeleting = ({ commands }: { commands: readonly string[] }) =>
    commands.some((command) => command.startsWith('schedule deletePool'));
  await temporal.run({ until: () => temporal.history(teardownId).some(isDeleting) });
  await temporal.run({ maxTime: 2_000 });
  expect((await progress(teardownId)).why).toContain('Nothing was sent');
  expect(deletes(testbed).filter(({ operation }) => operation === 'pools.delete')).toEqual([]);
  await temporal.run({ maxTime: 60 * minute, until: () => temporal.status(teardownId) !== 'RUNNING' });
  expect(await progress(teardownId)).toMatchObject({ phase: 'Gone' });
  expect(deletes(testbed).filter(({ operation }) => operation === 'pools.delete')).toHaveLength(1);
});
