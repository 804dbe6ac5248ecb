import { describe, expect, test } from '@jest/globals';
import { judgeNotebook, nextNotebookRemoval } from '../../../src/domain/resource/notebook.js';
import type { Condition } from '../../../src/domain/resource/observation.js';
import { judgePool, type PoolFacts, type PoolGoal } from '../../../src/domain/resource/pool.js';
import { notebookFacts, poolFacts } from '../facts.js';

const goal: PoolGoal = { nodes: { gpu: 2 }, scopes: ['Train', 'Notebook'], driver: true };
const whole: Partial<PoolFacts> = {
  phase: 'Running',
  available: { gpu: 2 },
  scopes: { Train: 'Enabled', Notebook: 'Enabled' },
  driver: 'Running',
};

describe('a pool is usable only when every condition holds', () => {
  const table: readonly [string, PoolFacts | null, Condition][] = [
    ['everything there', poolFacts(whole), 'usable'],
    ['no phase yet', poolFacts({ phase: null }), 'pending'],
    ['an empty phase', poolFacts({ phase: '' }), 'pending'],
    ['waiting for payment', poolFacts({ phase: 'Waiting' }), 'pending'],
    ['creating', poolFacts({ phase: 'Creating' }), 'pending'],
    ['creating with all nodes there', poolFacts({ ...whole, phase: 'Creating' }), 'pending'],
    ['one node missing', poolFacts({ ...whole, available: { gpu: 1 }, creating: { gpu: 1 } }), 'pending'],
    [
      'one node abnormal and none on its way',
      poolFacts({ ...whole, available: { gpu: 1 }, abnormal: { gpu: 1 } }),
      'unhealthy',
    ],
    ['nodes of another flavor', poolFacts({ ...whole, available: { cpu: 2 } }), 'pending'],
    ['a scope still enabling', poolFacts({ ...whole, scopes: { Train: 'Enabled', Notebook: 'Enabling' } }), 'pending'],
    ['a scope not reported', poolFacts({ ...whole, scopes: { Train: 'Enabled' } }), 'pending'],
    [
      'a scope that failed',
      poolFacts({ ...whole, scopes: { Train: 'Enabled', Notebook: 'EnableFailed' } }),
      'unhealthy',
    ],
    ['a driver not reported though asked for', poolFacts({ ...whole, driver: null }), 'pending'],
    ['a driver upgrading', poolFacts({ ...whole, driver: 'Upgrading' }), 'pending'],
    ['a driver abnormal', poolFacts({ ...whole, driver: 'Abnormal' }), 'unhealthy'],
    ['abnormal', poolFacts({ ...whole, phase: 'Abnormal' }), 'unhealthy'],
    ['error', poolFacts({ phase: 'Error' }), 'unhealthy'],
    ['scaling failed', poolFacts({ phase: 'ScalingFailed' }), 'unhealthy'],
    ['creation failed', poolFacts({ phase: 'CreationFailed' }), 'failed'],
    ['deleting by its phase', poolFacts({ phase: 'Deleting' }), 'leaving'],
    ['deleting by its timestamp, phase still Running', poolFacts({ ...whole, deleting: true }), 'leaving'],
    ['an unknown word', poolFacts({ phase: 'Pondering' }), 'pending'],
    ['not there', null, 'absent'],
  ];
  test.each(table)('%s', (_title, facts, condition) => {
    expect(judgePool('team-a', facts, goal).condition).toBe(condition);
  });

  test('the reason names nodes and scopes that are missing', () => {
    const facts = poolFacts({
      phase: 'Creating',
      available: { gpu: 3 },
      creating: { gpu: 5 },
      scopes: { Notebook: 'Enabling' },
    });
    const verdict = judgePool('team-a', facts, { nodes: { gpu: 8 }, scopes: ['Notebook'], driver: false });
    expect(verdict.why).toBe('pool team-a: 3 of 8 nodes available, 5 creating; scope Notebook Enabling');
  });
});

describe('a notebook', () => {
  test.each([
    ['CREATING', 'running', 'pending'],
    ['RUNNING', 'running', 'usable'],
    ['CREATE_FAILED', 'running', 'failed'],
    ['START_FAILED', 'running', 'failed'],
    ['UNAVAILABLE', 'running', 'unhealthy'],
    ['SLEEPWALKING', 'running', 'pending'],
    ['STOPPED', 'running', 'pending'],
    ['STOPPED', 'stopped', 'usable'],
    ['RUNNING', 'stopped', 'pending'],
    ['CREATE_FAILED', 'gone', 'pending'],
    ['DELETED', 'gone', 'absent'],
  ] as const)('%s when %s is waited for is %s', (status, wanted, condition) => {
    expect(judgeNotebook('n', notebookFacts({ status }), wanted).condition).toBe(condition);
  });

  test.each([
    ['RUNNING', 'stop'],
    ['UNAVAILABLE', 'stop'],
    ['STOPPED', 'delete'],
    ['CREATE_FAILED', 'delete'],
    ['START_FAILED', 'delete'],
    ['STOPPING', 'wait'],
    ['CREATING', 'wait'],
    ['SLEEPWALKING', 'wait'],
  ] as const)('that is %s is removed by: %s', (status, next) => {
    expect(nextNotebookRemoval({ status })).toBe(next);
    expect(nextNotebookRemoval({ status }, 1)).toBe(next);
  });

  test.each([
    ['UNAVAILABLE', 'stop stop delete stop'],
    ['CREATE_QUEUING', 'delete dequeue delete dequeue'],
    ['START_QUEUING', 'dequeue delete dequeue delete'],
    ['READY_TO_START', 'dequeue delete dequeue delete'],
  ])('that stays %s gets in turn: %s', (status, turns) => {
    const commands = [0, 1, 2, 3].map((tries) => nextNotebookRemoval({ status }, tries));
    expect(commands.join(' ')).toBe(turns);
  });
});
