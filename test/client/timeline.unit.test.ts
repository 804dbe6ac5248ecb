import { describe, expect, test } from '@jest/globals';
import { type HistoryEvent, tellTimeline } from '../../src/client/timeline.js';

const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 10, 0, second));
const texts = (events: readonly HistoryEvent[]) => tellTimeline(events).map(({ text }) => text);

describe('a timeline', () => {
  test('tells phases, activities, commands and the end in the order in which they began', () => {
    const events: HistoryEvent[] = [
      { at: at(0), event: 'started', type: 'provisionPoolThenLaunchNotebook', continues: null },
      { at: at(1), event: 'phase', phase: 'CreatingPool' },
      { at: at(1), event: 'activityScheduled', id: 7, type: 'createPool', summary: 'create pool team-a' },
      { at: at(2), event: 'message', kind: 'signal', name: 'pause', argument: { by: 'ops', reason: 'quota' } },
      { at: at(3), event: 'activityStarted', id: 7, attempt: 1, lastFailure: null },
      { at: at(3), event: 'activityClosed', id: 7, end: 'done', failure: null },
      { at: at(9), event: 'closed', status: 'Completed', reason: null },
    ];
    expect(tellTimeline(events).map(({ kind, text }) => `${kind}: ${text}`)).toEqual([
      'run: provisionPoolThenLaunchNotebook started',
      'phase: CreatingPool',
      'activity: createPool (create pool team-a) done in 2.0 s',
      'command: pause (signal) by ops: quota',
      'run: Completed',
    ]);
  });

  test('says how many attempts an activity took, and what went wrong last', () => {
    const events: HistoryEvent[] = [
      { at: at(0), event: 'activityScheduled', id: 1, type: 'awaitPool', summary: null },
      { at: at(1), event: 'activityStarted', id: 1, attempt: 3, lastFailure: 'HTTP 502' },
      { at: at(5), event: 'activityClosed', id: 1, end: 'done', failure: null },
    ];
    expect(texts(events)).toEqual(['awaitPool done after 3 attempts in 5.0 s; last failure: HTTP 502']);
    expect(tellTimeline(events)[0]?.activity).toEqual({
      type: 'awaitPool',
      end: 'done',
      attempts: 3,
      durationMs: 5_000,
      lastFailure: 'HTTP 502',
    });
  });

  test('keeps an activity that is under way', () => {
    expect(texts([{ at: at(0), event: 'activityScheduled', id: 1, type: 'awaitPool', summary: null }])).toEqual([
      'awaitPool under way',
    ]);
  });

  test('names who resolved what, and that a run goes on from another', () => {
    const events: HistoryEvent[] = [
      { at: at(0), event: 'started', type: 'leaseEnvironment', continues: 'earlier run' },
      {
        at: at(1),
        event: 'message',
        kind: 'update',
        name: 'resolve',
        argument: { verb: 'retry', by: 'ops', reason: 'quota raised' },
      },
    ];
    expect(texts(events)).toEqual([
      'leaseEnvironment goes on in a new run',
      'resolve retry (update) by ops: quota raised',
    ]);
  });
});
