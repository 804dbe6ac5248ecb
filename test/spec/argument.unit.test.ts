import { describe, expect, test } from '@jest/globals';
import { type ArgumentKind, argumentProblems } from '../../src/spec/argument.js';

const teardown = 'teardown/team-a';
const change = { kind: 'notebook', name: 'team-a', change: 'stop', by: 'ann', reason: 'idle' };

function problems(kind: ArgumentKind, argument: unknown, workflowId = teardown): string[] {
  return argumentProblems(kind, argument, workflowId).map(({ path, message }) => `${path}: ${message}`);
}

describe('the argument of an operation without a spec', () => {
  test.each<[ArgumentKind, unknown]>([
    ['teardownEnvironment', { name: 'team-a' }],
    ['teardownEnvironment', { name: 'team-a', planHash: null }],
    ['teardownEnvironment', { name: 'team-a', planHash: 'ab12' }],
    ['sweepExpired', {}],
    [
      'sweepExpired',
      { apply: true, rules: { anything: 'goes to another check' }, planHash: 'ab12', by: 'ann', reason: 'x' },
    ],
    ['auditResources', {}],
    ['auditResources', { adopt: { id: 'x', by: 'ann', reason: 'ours' } }],
    ['changeResource', change],
    ['changeResource', { ...change, kind: 'environment', change: 'protect' }],
    ['runScheduled', { schedule: 'nightly', start: { what: 'sweep' } }],
    ['runScheduled', { schedule: 'nightly', start: { what: 'sweep', apply: true, rules: null } }],
    ['runScheduled', { schedule: 'nightly', reason: 'x', start: { what: 'teardown', name: 'team-a' } }],
    ['runScheduled', { schedule: 'nightly', start: { what: 'provision', document: { name: 'team-a', pool: {} } } }],
  ])('of %s may be %j', (kind, argument) => {
    expect(problems(kind, argument)).toEqual([]);
  });

  test.each<[ArgumentKind, unknown, string[]]>([
    ['teardownEnvironment', null, ['name: is required']],
    ['teardownEnvironment', 'team-a', [': must be a group of keys with values']],
    ['teardownEnvironment', { name: 'team a' }, ['name: must be a name: 1 to 64 letters, digits, - and _']],
    // Without this it would delete everything of the name instead of what was planned.
    [
      'teardownEnvironment',
      { name: 'team-a', planhash: 'ab12' },
      ['planhash: unknown key `planhash`; did you mean `planHash`?'],
    ],
    ['teardownEnvironment', { name: 'team-a', planHash: ' ' }, ['planHash: must not be empty']],
    [
      'teardownEnvironment',
      { name: 'team-b' },
      ['name: a teardown of team-b has the workflow id teardown/team-b, not teardown/team-a'],
    ],
    [
      'sweepExpired',
      { apply: 'yes', rule: {} },
      ['apply: must be true or false', 'rule: unknown key `rule`; did you mean `rules`?'],
    ],
    ['auditResources', { adopt: { id: 'x' } }, ['adopt.by: is required', 'adopt.reason: is required']],
    [
      'changeResource',
      {},
      ['by: is required', 'change: is required', 'kind: is required', 'name: is required', 'reason: is required'],
    ],
    ['changeResource', { ...change, by: ' ' }, ['by: must not be empty']],
    ['changeResource', { ...change, change: 'protect' }, ['change: must be start or stop for kind notebook']],
    ['runScheduled', { schedule: 'nightly' }, ['start: is required']],
    [
      'runScheduled',
      { schedule: 'nightly', start: { what: 'nothing' } },
      ['start.what: must be sweep, teardown or provision'],
    ],
    [
      'runScheduled',
      { schedule: 'nightly', start: { what: 'teardown', nane: 'x' } },
      ['start.name: is required', 'start.nane: unknown key `nane`; did you mean `name`?'],
    ],
    [
      'runScheduled',
      { schedule: 'nightly', start: { what: 'provision', document: {} } },
      ['start.document.name: is required'],
    ],
  ])('of %s may not be %j', (kind, argument, expected) => {
    expect(problems(kind, argument)).toEqual(expected);
  });
});
