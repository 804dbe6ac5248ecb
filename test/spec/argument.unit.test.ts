import { describe, expect, test } from '@jest/globals';
import { type ArgumentKind, argumentProblems } from '../../src/spec/argument.js';

const teardown = 'teardown/team-a';
const change = { kind: 'notebook', name: 'team-a', change: 'stop', by: 'ann', reason: 'idle' };

function paths(kind: ArgumentKind, argument: unknown, workflowId = teardown): string[] {
  return argumentProblems(kind, argument, workflowId).map(({ path }) => path);
}

describe('the argument of an operation without a spec', () => {
  test.each<[ArgumentKind, unknown]>([
    ['teardownEnvironment', { name: 'team-a' }],
    ['teardownEnvironment', { name: 'team-a', planHash: null }],
    ['teardownEnvironment', { name: 'team-a', planHash: 'ab12' }],
    ['sweepExpired', {}],
    [
      'sweepExpired',
      { apply: true, rules: { anything: 'checked elsewhere' }, planHash: 'ab12', by: 'ann', reason: 'x' },
    ],
    ['auditResources', {}],
    ['auditResources', { adopt: { id: 'x', by: 'ann', reason: 'ours' } }],
    ['changeResource', change],
    ['changeResource', { ...change, change: 'renew' }],
    ['changeResource', { ...change, change: 'renew', duration: '72h' }],
    ['changeResource', { ...change, kind: 'environment', change: 'protect' }],
    ['runScheduled', { schedule: 'nightly', start: { what: 'sweep' } }],
    ['runScheduled', { schedule: 'nightly', start: { what: 'sweep', apply: true, rules: null } }],
    ['runScheduled', { schedule: 'nightly', reason: 'x', start: { what: 'teardown', name: 'team-a' } }],
    ['runScheduled', { schedule: 'nightly', start: { what: 'provision', document: { name: 'team-a', pool: {} } } }],
  ])('of %s is accepted: %j', (kind, argument) => {
    expect(paths(kind, argument)).toEqual([]);
  });

  test.each<[ArgumentKind, unknown, string[]]>([
    ['teardownEnvironment', null, ['name']],
    ['teardownEnvironment', 'team-a', ['']],
    ['teardownEnvironment', { name: 'team a' }, ['name']],
    // Without the key, the teardown would delete everything of the name instead of the plan.
    ['teardownEnvironment', { name: 'team-a', planhash: 'ab12' }, ['planhash']],
    ['teardownEnvironment', { name: 'team-a', planHash: ' ' }, ['planHash']],
    ['teardownEnvironment', { name: 'team-b' }, ['name']],
    ['sweepExpired', { apply: 'yes', rule: {} }, ['apply', 'rule']],
    ['auditResources', { adopt: { id: 'x' } }, ['adopt.by', 'adopt.reason']],
    ['changeResource', {}, ['by', 'change', 'kind', 'name', 'reason']],
    ['changeResource', { ...change, by: ' ' }, ['by']],
    ['changeResource', { ...change, change: 'protect' }, ['change']],
    ['changeResource', { ...change, duration: '4h' }, ['duration']],
    ['changeResource', { ...change, change: 'renew', duration: '59m' }, ['duration']],
    ['changeResource', { ...change, change: 'renew', duration: '73h' }, ['duration']],
    ['changeResource', { ...change, change: 'renew', duration: 4 }, ['duration']],
    ['runScheduled', { schedule: 'nightly' }, ['start']],
    ['runScheduled', { schedule: 'nightly', start: { what: 'nothing' } }, ['start.what']],
    ['runScheduled', { schedule: 'nightly', start: { what: 'teardown', nane: 'x' } }, ['start.name', 'start.nane']],
    ['runScheduled', { schedule: 'nightly', start: { what: 'provision', document: {} } }, ['start.document.name']],
  ])('of %s is refused: %j', (kind, argument, expected) => {
    expect(paths(kind, argument)).toEqual(expected);
  });
});
