import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import { renderExplanation } from '../../src/cli/output/explanation.js';
import type { Explanation } from '../../src/client/explanation.js';

const since = '2026-03-02T09:00:00Z';
const calm: Explanation = {
  name: 'team-a',
  workflowId: 'env/team-a',
  phase: 'AwaitingPool',
  phaseSince: since,
  why: 'pool team-a: 0 of 2 nodes available',
  awaiting: null,
  paused: null,
  failure: null,
  overdueSince: null,
  retrying: null,
  alive: null,
  jobs: [],
  inTheWay: null,
  heldUpBy: null,
  throttledUntil: null,
  lastError: null,
  time: [],
  pending: [],
};
const pause = { phase: 'Paused', paused: { at: since, by: 'ops', verb: 'pause', reason: 'lunch' } } as const;
const awaiting = { since, deadline: null };

const failure = {
  step: 'pool',
  type: 'RequestRejected',
  message: 'refused until 2026-03-02T10:00:00Z',
  errorCode: null,
  requestId: null,
  hint: 'Change the spec.',
} as const;

function shown(explanation: Partial<Explanation>): Map<string, string> {
  const view = { now: Date.parse(since), timeZone: 'Europe/Berlin', colors: pc.createColors(false) };
  const lines = renderExplanation({ ...calm, ...explanation }, view).split('\n');
  return new Map(lines.map((line) => line.split(/ {2,}/) as [string, string]));
}

describe('the possible commands in `env why`', () => {
  const resume = '`maops env resume team-a --reason …`';

  test.each([
    [
      'no pause while it is paused',
      { ...pause, awaiting: { kind: 'capacity', ...awaiting, verbs: ['pause', 'cancel'] } },
    ],
    ['resume and cancel in a pause of a wait', pause],
  ] as const)('are %s', (_case, explanation) => {
    expect(shown(explanation).get('commands')).toBe('resume, cancel');
    expect(shown(explanation).get('next')).toBe(resume);
  });

  test('include an approval in a pause, with the resume next', () => {
    const lines = shown({ ...pause, awaiting: { kind: 'approval', ...awaiting, verbs: ['approve', 'reject'] } });
    expect(lines.get('commands')).toBe('resume, cancel, approve, reject');
    expect(lines.get('next')).toBe(resume);
  });

  test('are the verbs for a failed step, and in a pause the resume next', () => {
    const decision = { kind: 'operator', ...awaiting, verbs: ['retry', 'rollback'] } as const;
    const possible = 'retry, rollback: `maops env resolve team-a VERB --reason …`';
    const open = shown({ phase: 'AwaitingOperator', awaiting: decision, failure });
    expect([open.get('commands'), open.get('next')]).toEqual([possible, 'Change the spec.']);
    expect(open.get('failure')).toBe('RequestRejected: refused until 2026-03-02 11:00 CET');
    const held = shown({ ...pause, awaiting: decision, failure });
    expect([held.get('commands'), held.get('next')]).toEqual([possible, resume]);
  });
});

test('the failure of an operation is not repeated as its last error', () => {
  const lastError = { at: since, activity: 'createPool', message: failure.message };
  expect(shown({ phase: 'Failed', failure, lastError }).has('last error')).toBe(false);
  expect(shown({ phase: 'Failed', failure, lastError: { ...lastError, message: 'another' } }).get('last error')).toBe(
    'another (createPool, 2026-03-02 10:00:00 CET)',
  );
});
