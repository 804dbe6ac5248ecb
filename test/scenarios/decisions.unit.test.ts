import { describe, expect, test } from '@jest/globals';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { control } from './outside-changes.js';
import { name, startMainJob, untilPhase } from './steps.js';

const hour = 3_600_000;
const env = `env/${name}`;
const newStack = testbedsForFile();

/** The create of the notebook got no response, and a notebook without a marker has its name: only an operator can tell. */
async function undecided(change: Record<string, unknown>): Promise<Testbed> {
  const testbed = await newStack({
    simulator: { faults: [{ operation: 'notebooks.create', kind: 'lost', at: 'before' }] },
  });
  const { temporal, simulator } = testbed;
  await startMainJob(testbed, change);
  await temporal.run({ until: () => simulator.requests('notebooks.create').length === 1 });
  await control(testbed, 'notebooks', { name, user: 'ops' });
  await untilPhase(testbed, 'AwaitingOperator');
  expect(await testbed.progress(env)).toMatchObject({ failure: { step: 'notebook', type: 'UnknownOutcome' } });
  return testbed;
}

async function resolve({ temporal }: Testbed, verb: string, more: Record<string, unknown> = {}): Promise<void> {
  await temporal.update(env, 'resolve', { verb, by: 'op', reason: 'see to it', ...more });
}

async function end({ temporal, simulator, progress }: Testbed) {
  await temporal.run({ until: () => temporal.status(env) !== 'RUNNING' });
  const { phase, failure } = await progress(env);
  const pools = simulator.state().pools.length;
  return { phase, type: failure?.type, pools, open: temporal.openWorkflows() };
}

describe('a decision on a step whose outcome is unknown', () => {
  test.each(['rollback', 'keep'])('rollback deletes what the run created, with onFailure: %s', async (onFailure) => {
    const testbed = await undecided({ onFailure });
    await resolve(testbed, 'rollback');
    expect(await end(testbed)).toEqual({ phase: 'RolledBack', type: 'UnknownOutcome', pools: 0, open: [] });
    expect(testbed.simulator.state().notebooks).toMatchObject([{ name, status: 'RUNNING' }]);
  });

  test.each([
    ['rollback', { phase: 'RolledBack', pools: 0, open: [] }],
    ['keep', { phase: 'Failed', pools: 1, open: [`lease/${name}`] }],
  ])('is taken after deadlines.ask as onFailure says: %s', async (onFailure, ending) => {
    const testbed = await undecided({ onFailure });
    await testbed.temporal.run({ maxTime: 25 * hour });
    expect(await end(testbed)).toEqual({ type: 'UnknownOutcome', ...ending });
  });
});
