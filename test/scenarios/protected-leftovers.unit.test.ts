import { describe, expect, test } from '@jest/globals';
import { ownedQuery } from '../../src/contract/messages.js';
import type { EnvironmentResources } from '../../src/contract/workflows.js';
import { isProtected } from '../../src/domain/resource/marker.js';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { changeProtection, control, orphaned } from './outside-changes.js';
import { finishMainJob, name, startMainJob, untilPhase } from './steps.js';

const env = `env/${name}`;
const lease = `lease/${name}`;
const newStack = testbedsForFile();

/** What is there, with whether it is protected. */
function alive({ simulator }: Testbed) {
  const { pools, notebooks } = simulator.state();
  return {
    pools: pools.map(({ annotations }) => isProtected(annotations['os.modelarts/description'])),
    notebooks: notebooks.map(({ description }) => isProtected(description)),
  };
}

async function end({ temporal, progress }: Testbed) {
  await temporal.run({ until: () => temporal.status(env) !== 'RUNNING' });
  const { phase, failure } = await progress(env);
  return { phase, type: failure?.type, open: temporal.openWorkflows() };
}

async function fail(testbed: Testbed, kind: 'pool' | 'notebook'): Promise<void> {
  const { pools, notebooks } = testbed.simulator.state();
  if (kind === 'pool') await control(testbed, `pools/${pools[0]?.id}`, { phase: 'CreationFailed' });
  else await control(testbed, `notebooks/${notebooks[0]?.id}`, { status: 'CREATE_FAILED' });
}

describe('a protected resource of an earlier run stays', () => {
  test.each(['pool', 'notebook'] as const)('failed, and owned by a lease, which keeps it: %s', async (kind) => {
    const testbed = await newStack();
    const { temporal, simulator } = testbed;
    await finishMainJob(testbed);
    await changeProtection(testbed, 'protect');
    await fail(testbed, kind);
    await startMainJob(testbed);
    expect(await end(testbed)).toEqual({ phase: 'Failed', type: 'Protected', open: [lease] });
    expect(alive(testbed)).toEqual({ pools: [true], notebooks: [true] });
    const owned = await temporal.query<EnvironmentResources>(lease, ownedQuery.name);
    expect(owned).toMatchObject({
      pool: { id: simulator.state().pools[0]?.id },
      notebooks: [{ id: simulator.state().notebooks[0]?.id }],
    });
  });

  test('failed, until it is unprotected and an operator retries', async () => {
    const testbed = await newStack();
    await startMainJob(testbed, { onFailure: 'ask' });
    await testbed.temporal.result(env);
    await changeProtection(testbed, 'protect');
    await fail(testbed, 'notebook');
    await startMainJob(testbed, { onFailure: 'ask' });
    await untilPhase(testbed, 'AwaitingOperator');
    await changeProtection(testbed, 'unprotect');
    await testbed.temporal.update(env, 'resolve', { verb: 'retry', by: 'op', reason: 'unprotected' });
    expect(await end(testbed)).toMatchObject({ phase: 'Ready' });
    expect(alive(testbed)).toEqual({ pools: [false], notebooks: [false] });
    expect(testbed.simulator.summary()).toMatchObject({ 'notebooks.create': 2, 'pools.create': 1 });
  });

  test('and adopted, when the run that adopted it is cancelled', async () => {
    const testbed = await newStack();
    const { temporal, simulator } = testbed;
    await orphaned(testbed);
    await changeProtection(testbed, 'protect');
    simulator.faults.plan({ operation: 'notebooks.show', kind: 'status', status: 503, times: 'always' });
    await startMainJob(testbed);
    await untilPhase(testbed, 'AwaitingNotebook');
    await temporal.cancel(env);
    simulator.faults.clear();
    expect(await end(testbed)).toEqual({ phase: 'Failed', type: 'Protected', open: [lease] });
    expect(alive(testbed)).toEqual({ pools: [true], notebooks: [true] });
  });

  test('as a second notebook with our marker', async () => {
    const testbed = await newStack();
    const { temporal, simulator } = testbed;
    await finishMainJob(testbed);
    const snapshot = simulator.snapshot();
    const copies = snapshot.state.notebooks.map((one) => ({
      ...one,
      id: one.id.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
      description: `${one.description} maops:keep`,
      createdAt: one.createdAt + 60_000,
    }));
    const notebooks = [...snapshot.state.notebooks, ...copies];
    simulator.restore({ ...snapshot, state: { ...snapshot.state, notebooks } });
    await temporal.run({ maxTime: 120_000 });
    // Without the short path of a repeated create, the steps search for existing resources.
    simulator.faults.plan({ operation: 'pools.show', kind: 'status', status: 503 });
    await startMainJob(testbed);
    expect(await end(testbed)).toEqual({ phase: 'Failed', type: 'Protected', open: [lease] });
    expect(alive(testbed)).toEqual({ pools: [false], notebooks: [false, true] });
  });
});
