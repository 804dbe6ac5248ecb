import { describe, expect, test } from '@jest/globals';
import type { Activities } from '../../src/activities/index.js';
import { renderRunHistory } from '../../src/cli/output/history.js';
import { activityDescriptions, describeCall } from '../../src/client/descriptions.js';
import { describeRun, type HistoryEntry } from '../../src/client/run-events.js';
import type { HistoryEvent } from '../../src/client/temporal/history-event.js';
import { memoryTerminal } from '../cli/memory-terminal.js';

const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 10, 0, second));
const texts = (events: readonly HistoryEvent[]) => describeRun(events).map(({ text }) => text);
const scheduled = (second: number, id: number, type: string, summary: string | null = 'pool team-a'): HistoryEvent => ({
  at: at(second),
  event: 'activityScheduled',
  id,
  type,
  summary,
});
const done = (second: number, id: number): HistoryEvent => ({
  at: at(second),
  event: 'activityClosed',
  id,
  end: 'done',
  failure: null,
  answer: null,
});

describe('a history', () => {
  test('has phases, calls, commands and the end in the order in which they started', () => {
    const events: HistoryEvent[] = [
      { at: at(0), event: 'started', type: 'provisionPoolThenLaunchNotebook', continues: null, by: 'ana' },
      { at: at(1), event: 'phase', phase: 'CreatingPool' },
      scheduled(1, 7, 'createPool'),
      { at: at(2), event: 'message', id: 9, kind: 'signal', name: 'pause', argument: { by: 'ops', reason: 'quota' } },
      { at: at(3), event: 'activityStarted', id: 7, attempt: 1, lastFailure: null },
      { ...done(3, 7), answer: { outcome: 'created', why: null, pauseMs: null } } as HistoryEvent,
      { at: at(9), event: 'closed', status: 'Completed', reason: null },
    ];
    expect(describeRun(events).map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
      'run: provisionPoolThenLaunchNotebook started by ana',
      'phase: CreatingPool',
      'activity: create pool team-a: created in 2s',
      'command: pause by ops: quota',
      'run: Completed',
    ]);
  });

  test('has the attempts of a call, their time and the previous failure', () => {
    const events: HistoryEvent[] = [
      scheduled(0, 1, 'findExistingPool'),
      {
        at: at(4),
        event: 'activityStarted',
        id: 1,
        attempt: 3,
        lastFailure: { message: 'HTTP 502', type: 'ServiceUnavailable' },
      },
      done(5, 1),
    ];
    expect(texts(events)).toEqual([
      'look for pool team-a: done in 5s (attempt 3, after retries over 4s); previous attempt: HTTP 502',
    ]);
    expect(describeRun(events)[0]?.activity).toEqual({
      type: 'findExistingPool',
      does: 'look for pool team-a',
      end: 'done',
      attempts: 3,
      durationMs: 5_000,
      lastFailure: 'HTTP 502',
    });
  });

  test('does not treat the end of a poll window as a failure', () => {
    const lastFailure = { message: 'pool team-a: 3 of 8 nodes available', type: 'StillPending' };
    const events: HistoryEvent[] = [
      scheduled(0, 1, 'observePool'),
      { at: at(8), event: 'activityStarted', id: 1, attempt: 2, lastFailure },
      done(9, 1),
    ];
    expect(texts(events)).toEqual(['wait for pool team-a: done in 9s (2 poll windows)']);
  });

  test('shows a wait as cancelled that was cancelled between two poll windows', () => {
    const failure = { message: 'pool team-a: 3 of 8 nodes available', type: 'StillPending' };
    const events: HistoryEvent[] = [
      scheduled(0, 1, 'observePool'),
      { at: at(8), event: 'activityStarted', id: 1, attempt: 2, lastFailure: failure },
      { at: at(9), event: 'activityClosed', id: 1, end: 'failed', failure, answer: null },
    ];
    expect(texts(events)).toEqual(['wait for pool team-a: cancelled in 9s (2 poll windows)']);
    expect(describeRun(events)[0]?.activity).toMatchObject({ end: 'cancelled', lastFailure: null });
  });

  test('has the outcome of a create that created nothing, and the pause after it', () => {
    const answer = { outcome: 'notSent', why: 'HTTP 429', pauseMs: 30_000 };
    expect(texts([scheduled(0, 1, 'createPool'), { ...done(1, 1), answer } as HistoryEvent])).toEqual([
      'create pool team-a: not created (HTTP 429), next attempt in 30s; in 1s',
    ]);
  });

  test.each([
    [
      'replaced',
      'pool team-a was replaced by another resource',
      'notSent',
      'not sent (pool team-a was replaced by another resource);',
    ],
    ['gone', 'pool team-a does not exist', 'notSent', 'not sent (pool team-a does not exist);'],
  ])('never calls a delete done that was not sent (%s)', (reason, why, end, text) => {
    const answer = { outcome: 'notSent', reason, why, pauseMs: null };
    const events = [scheduled(0, 1, 'deletePool'), { ...done(1, 1), answer } as HistoryEvent];
    expect(texts(events)).toEqual([`delete pool team-a: ${text} in 1s`]);
    expect(describeRun(events)[0]?.activity).toMatchObject({ end });
  });

  test.each([
    ['sent', null, 'done', 'done'],
    ['refused', 'HTTP 409', 'refused', 'refused (HTTP 409);'],
  ])('says what a command came to that was sent (%s)', (outcome, why, end, text) => {
    const events = [
      scheduled(0, 1, 'deletePool'),
      { ...done(1, 1), answer: { outcome, why, pauseMs: null } } as HistoryEvent,
    ];
    expect(texts(events)).toEqual([`delete pool team-a: ${text} in 1s`]);
    expect(describeRun(events)[0]?.activity).toMatchObject({ end });
  });

  test('has a call that is still running', () => {
    expect(texts([scheduled(0, 1, 'observePool')])).toEqual(['wait for pool team-a: running']);
  });

  test('has the actor of a resolution, a refused update, and a run that continues another', () => {
    const message = (id: number, name: string, argument: unknown): HistoryEvent => ({
      at: at(id),
      event: 'message',
      id,
      kind: 'update',
      name,
      argument,
    });
    const events: HistoryEvent[] = [
      { at: at(0), event: 'started', type: 'leaseEnvironment', continues: 'earlier run', by: null },
      message(1, 'resolve', {
        verb: 'retry',
        by: 'ops',
        reason: 'raised',
        changes: {
          'pool.count': 1,
          'pool.flavor': 'modelarts.vm.cpu.8ud',
          'notebook.long': 'x'.repeat(80),
          'lease.webhook': 'https://hooks.example.com/password',
        },
      }),
      message(2, 'extendLease', { by: 'ana', reason: 'late', duration: '4h' }),
      { at: at(3), event: 'updateFailed', id: 2, failure: { message: 'beyond the maximum', type: null } },
    ];
    expect(texts(events)).toEqual([
      'leaseEnvironment continued as new',
      `resolve retry with pool.count=1, pool.flavor=modelarts.vm.cpu.8ud, notebook.long=${'x'.repeat(60)}…, lease.webhook by ops: raised`,
      'extend 4h by ana: late (refused: beyond the maximum)',
    ]);
  });
});

test('equal successful waits in a row are rendered as one line', () => {
  const entries: HistoryEntry[] = describeRun([
    scheduled(0, 1, 'observePool'),
    done(5, 1),
    scheduled(5, 2, 'observePool'),
    done(9, 2),
    scheduled(9, 3, 'createNotebook', 'notebook team-a'),
  ]);
  const { colors, timeZone } = memoryTerminal();
  expect(renderRunHistory(entries, { colors, timeZone, now: 0 }).split('\n')).toEqual([
    '2026-03-01 UTC',
    '  10:00:00  activity  wait for pool team-a: done 2 times in 9s',
    '  10:00:09  activity  create notebook team-a: running',
  ]);
});

describe('the description of an activity', () => {
  test('is made from its type when it has no entry', () => {
    expect(describeCall('weighPool', 'pool a')).toBe('weigh pool: pool a');
  });

  test('exists for every activity', () => {
    // The compiler names the activities without one.
    const complete: Readonly<Record<keyof Activities, string>> = activityDescriptions;
    expect(complete).toBe(activityDescriptions);
  });

  test('has a place for the resource', () => {
    for (const [type, words] of Object.entries(activityDescriptions))
      expect([type, words]).toEqual([type, expect.stringContaining('{}')]);
  });
});
