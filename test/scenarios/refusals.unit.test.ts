import { describe, expect, test } from '@jest/globals';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { documents } from './launch-alone.js';
import { name, startMainJob, untilPhase } from './steps.js';

const minute = 60_000;
const workflowId = `notebook/${name}`;
const newStack = testbedsForFile();

const busy = {
  operation: 'notebooks.action',
  kind: 'status',
  status: 400,
  body: { json: { error_code: 'ModelArts.6357', error_msg: 'another operation is being performed' } },
} as const;

async function change({ temporal }: Testbed, verb: 'start' | 'stop'): Promise<void> {
  const changeId = `change/notebook/${name}`;
  await temporal.start('changeResource', changeId, [{ kind: 'notebook', name, change: verb, by: 'ann', reason: 'x' }]);
  expect(await temporal.result(changeId)).toMatchObject({ phase: 'Done' });
}

/** A notebook that a run has created and that does not change. */
async function stopped(): Promise<Testbed> {
  const testbed = await newStack();
  await testbed.temporal.start('launchNotebook', workflowId, [documents.notebook]);
  await testbed.temporal.result(workflowId);
  await change(testbed, 'stop');
  expect(testbed.simulator.state().notebooks).toMatchObject([{ status: 'STOPPED' }]);
  return testbed;
}

describe('a start that is refused because another operation is under way', () => {
  test('is sent again while the notebook does not change: to one that a run has adopted', async () => {
    const testbed = await stopped();
    const { temporal, simulator } = testbed;
    simulator.faults.plan({ ...busy, times: 2 });
    const began = temporal.now();
    await temporal.start('launchNotebook', workflowId, [documents.notebook]);
    expect(await temporal.result(workflowId)).toMatchObject({ phase: 'Ready' });
    expect(temporal.now() - began).toBeLessThan(5 * minute);
    expect(simulator.requests('notebooks.action').map(({ status }) => status)).toEqual([200, 400, 400, 200]);
  });

  test('is sent again while the notebook does not change: to one that an operator starts', async () => {
    const testbed = await stopped();
    testbed.simulator.faults.plan(busy);
    await change(testbed, 'start');
    expect(testbed.simulator.state().notebooks).toMatchObject([{ status: 'RUNNING' }]);
  });

  test('is not sent again when the notebook has left that state', async () => {
    const testbed = await stopped();
    testbed.simulator.faults.plan({ ...busy, commit: true });
    await change(testbed, 'start');
    expect(testbed.simulator.requests('notebooks.action').map(({ status }) => status)).toEqual([200, 400]);
  });
});

describe('a create that is refused for lack of capacity with HTTP 500', () => {
  /** It does not show whether a resource was created anyway. */
  const noResources = {
    kind: 'status',
    status: 500,
    body: { json: { error_code: 'ModelArts.6200', error_msg: 'No resources available.' } },
  } as const;

  test('of a notebook is awaited as long as capacity may take, and then reported as sold out', async () => {
    const testbed = await newStack({
      simulator: { faults: [{ operation: 'notebooks.create', ...noResources, times: 'always' }] },
    });
    const { temporal, simulator } = testbed;
    await startMainJob(testbed);
    await untilPhase(testbed, 'AwaitingCapacity');
    const began = temporal.now();
    await expect(temporal.result(`env/${name}`)).rejects.toMatchObject({ cause: { type: 'SoldOut' } });
    expect(temporal.now() - began).toBeGreaterThan(12 * 60 * minute);
    expect(simulator.requests('notebooks.create').length).toBeGreaterThan(60);
    expect(simulator.state()).toMatchObject({ pools: [], notebooks: [] });
  });

  test.each([
    ['a notebook that it created is adopted', 'notebooks.create', []],
    ['a pool that it created is cleaned up before the next attempt', 'pools.create', ['pools.delete']],
  ] as const)('leaves no duplicate behind: %s', async (_title, operation, commands) => {
    // Lists and shows lag: a read that comes too early does not find it.
    const late = { operation, kind: 'listLag', ms: 90_000, in: ['list', 'show'] } as const;
    const testbed = await newStack({ simulator: { faults: [{ operation, ...noResources, commit: true }, late] } });
    await startMainJob(testbed);
    expect(await testbed.temporal.result(`env/${name}`)).toMatchObject({ phase: 'Ready' });
    const effects = testbed.simulator.requests().filter(({ method, effect }) => method !== 'GET' && effect !== null);
    const again = commands.length === 0 ? [] : [...commands, 'pools.create'];
    expect(effects.map((one) => one.operation)).toEqual(['pools.create', ...again, 'notebooks.create']);
  });
});

test.each([
  ['pools.create', 'CreatingPool'],
  ['notebooks.create', 'CreatingNotebook'],
] as const)('the pauses between refusals for lack of capacity grow in the same way: %s', async (operation, phase) => {
  const body = { json: { error_code: 'ModelArts.3952', error_msg: 'sold out' } };
  const testbed = await newStack({
    simulator: { faults: [{ operation, kind: 'status', status: 400, body, times: 6 }] },
  });
  await startMainJob(testbed);
  await testbed.temporal.result(`env/${name}`);
  const sent = testbed.simulator.requests(operation).map(({ at }) => Date.parse(at));
  const gaps = sent.slice(1).map((at, index) => Math.floor((at - (sent[index] ?? 0)) / minute));
  expect({ phase, gaps }).toEqual({ phase, gaps: [1, 2, 4, 8, 10, 10] });
});
