import { describe, expect, test } from '@jest/globals';
import {
  afterDecision,
  afterFailedStep,
  type ChangedRun,
  refusalOfChanges,
  refusalOfResolution,
  resolutionVerbs,
} from '../../../src/domain/provision/resolution.js';
import { newResource, type ResourceState } from '../../../src/domain/provision/resource-state.js';

describe('after a failed step', () => {
  test.each([
    ['DeadlineExceeded', 'rollback', true, 'fail'],
    ['DeadlineExceeded', 'keep', true, 'fail'],
    ['DeadlineExceeded', 'ask', true, 'ask'],
    ['UnknownOutcome', 'rollback', false, 'ask'],
    ['UnknownOutcome', 'keep', false, 'ask'],
    ['NameTaken', 'rollback', false, 'fail'],
    ['NameTaken', 'ask', false, 'ask'],
    ['SpecConflict', 'rollback', false, 'fail'],
    ['NotAuthorized', 'rollback', false, 'fail'],
  ])('%s with onFailure %s: check what it needs %s, then %s', (type, onFailure, checkNeeded, act) => {
    expect(afterFailedStep(type, onFailure)).toEqual({ checkNeeded, act });
  });

  const failure = { type: 'DeadlineExceeded', message: 'm' };
  test.each<[Parameters<typeof afterDecision>[0], object]>([
    ['retry', { act: 'retry' }],
    ['skip', { act: 'skip' }],
    ['undecided', { act: 'fail' }],
    ['abandon', { act: 'end', ending: { why: 'abandoned' } }],
    ['rollback', { act: 'end', ending: { why: 'failed', failure, keep: false } }],
  ])('the decision %s', (verb, next) => {
    expect(afterDecision(verb, failure)).toEqual(next);
  });
});

test.each([
  ['pool', false, ['retry', 'rollback', 'abandon']],
  ['pool', true, ['retry', 'abandon']],
  ['notebook', false, ['retry', 'skip', 'rollback', 'abandon']],
  ['notebook', true, ['retry', 'skip', 'abandon']],
] as const)('the decisions on a failed %s (prepaid %s)', (step, isPrepaid, verbs) => {
  expect(resolutionVerbs(step, isPrepaid)).toEqual(verbs);
});

describe('a decision', () => {
  const progress: Parameters<typeof refusalOfResolution>[0] = {
    phase: 'AwaitingOperator',
    awaiting: { kind: 'operator', verbs: ['retry', 'rollback'] },
    steps: [
      { name: 'validate', state: 'done', attempt: 1 },
      { name: 'pool', state: 'failed', attempt: 2 },
    ],
  };
  test.each<[string, Parameters<typeof refusalOfResolution>[0], Parameters<typeof refusalOfResolution>[1], boolean]>([
    ['that fits', progress, { verb: 'retry' }, true],
    ['that names the failed step and attempt', progress, { verb: 'retry', step: 'pool', attempt: 2 }, true],
    ['that changes the spec', progress, { verb: 'retry', changes: { 'pool.count': 1 } }, true],
    ['that is not possible', progress, { verb: 'skip' }, false],
    ['on an earlier step', progress, { verb: 'retry', step: 'validate' }, false],
    ['on an earlier attempt', progress, { verb: 'retry', attempt: 1 }, false],
    ['with changes that are a list', progress, { verb: 'retry', changes: [1] }, false],
    ['with changes that are a text', progress, { verb: 'retry', changes: 'pool' }, false],
    ['with changes that are too large', progress, { verb: 'retry', changes: { a: 'x'.repeat(1e6) } }, false],
    ['that nobody awaits', { ...progress, awaiting: null }, { verb: 'retry' }, false],
    [
      'while an approval is awaited',
      { ...progress, awaiting: { kind: 'approval', verbs: ['retry'] } },
      { verb: 'retry' },
      false,
    ],
  ])('%s', (_title, state, resolution, isAccepted) => {
    expect(refusalOfResolution(state, resolution) === null).toBe(isAccepted);
  });
});

describe('changes of the spec', () => {
  const ref = { id: 'p-1', createdAt: '2026-01-01T00:00:00Z' };
  type Known = ChangedRun['resources']['pool'];
  const none: Known = newResource;
  const created: Known = { ...none, known: ref, undo: true };
  const adopted: Known = { ...none, known: ref };
  const leased: Known = { ...none, leased: [ref] };
  const unseen: Known = { ...none, lastCreate: { outcome: 'unseen', owner: 'lease', sentAt: 1, since: 1 } };
  const unknown: ResourceState['lastCreate'] = { outcome: 'unknown', sentAt: 1, since: 1, why: 'lost' };
  const run = (pool: Known, notebook: Known, change: Partial<ChangedRun> = {}): ChangedRun => ({
    name: 'a',
    failed: 'pool',
    resources: { pool, notebook },
    cleared: [],
    isPrepaid: false,
    ...change,
  });
  const notebookFailed = { failed: 'notebook' } as const;
  test.each<[string, string, ChangedRun, boolean]>([
    ['of a pool that does not exist', 'pool.count', run(none, none), true],
    ['of a failed pool that this run created', 'pool.count', run(created, none), true],
    ['of a failed pool that is prepaid', 'pool.count', run(created, none, { isPrepaid: true }), false],
    ['of a pool that existed before', 'pool.count', run(adopted, none), false],
    ['of a pool that a lease owns', 'pool.count', run(leased, none), false],
    ['of a pool that a lease owned and this run removed', 'pool.count', run(leased, none, { cleared: [ref] }), true],
    ['of a pool that is not visible yet', 'pool.count', run(unseen, none), false],
    ['of a pool whose create was refused', 'pool.count', run({ ...none, lastCreate: unknown }, none), true],
    ['of the pool below a failed notebook', 'pool.count', run(created, created, notebookFailed), true],
    ['of the pool below an adopted notebook', 'pool.count', run(created, adopted, notebookFailed), false],
    [
      'of a prepaid pool below a failed notebook',
      'pool.count',
      run(created, created, { ...notebookFailed, isPrepaid: true }),
      false,
    ],
    [
      'of a failed notebook on a prepaid pool',
      'notebook.flavor',
      run(created, created, { ...notebookFailed, isPrepaid: true }),
      true,
    ],
    ['of another section', 'deadlines.pool', run(adopted, adopted), true],
    ['of nothing', '', run(adopted, adopted), true],
  ])('%s', (_title, path, given, isAccepted) => {
    expect(refusalOfChanges(path === '' ? null : { [path]: 1 }, given) === null).toBe(isAccepted);
  });
});
