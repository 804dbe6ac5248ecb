import { describe, expect, test } from '@jest/globals';
import { describeCauses, lastErrorOf } from '../../src/client/causes.js';
import type { HistoryEvent } from '../../src/client/temporal/history-event.js';

const start = Date.UTC(2026, 2, 1, 10);
const at = (minute: number) => new Date(start + minute * 60_000);
const now = (minute: number) => at(minute).getTime();
const minutes = (events: readonly HistoryEvent[], until: number, ...open: Parameters<typeof describeCauses>[2][]) =>
  Object.fromEntries(describeCauses(events, now(until), open[0]).map(({ cause, ms }) => [cause, ms / 60_000]));

const started: HistoryEvent = { at: at(0), event: 'started', type: 'x', continues: null, by: null };
const phase = (minute: number, name: string): HistoryEvent => ({ at: at(minute), event: 'phase', phase: name });
const scheduled = (minute: number, id: number, type: string): HistoryEvent => ({
  at: at(minute),
  event: 'activityScheduled',
  id,
  type,
  summary: null,
});
const attempt = (minute: number, id: number, count: number, message: string | null, type = 'ServiceUnavailable') =>
  ({
    at: at(minute),
    event: 'activityStarted',
    id,
    attempt: count,
    lastFailure: message === null ? null : { message, type },
  }) as const;
/** The failure of a throttled call. The message does not mention the throttling. */
const throttled = {
  message: 'not now',
  type: 'ServiceUnavailable',
  facts: { status: 429, errorCode: null, requestId: null, throttledUntil: at(60).toISOString() },
} as const;
const answered = (minute: number, id: number, outcome: string, why: string, isThrottled = false): HistoryEvent => ({
  at: at(minute),
  event: 'activityClosed',
  id,
  end: 'done',
  failure: null,
  answer: { outcome, why, isThrottled, pauseMs: null },
});

describe('the time of an operation', () => {
  test('is counted for what its phases wait for, until now or its end', () => {
    const events = [
      started,
      phase(1, 'AwaitingApproval'),
      phase(6, 'AwaitingCapacity'),
      phase(16, 'CreatingPool'),
      phase(17, 'AwaitingPool'),
    ];
    expect(minutes(events, 37)).toEqual({ checking: 1, approval: 5, capacity: 10, creating: 1, nodes: 20 });
    const ended: HistoryEvent = { at: at(20), event: 'closed', status: 'Failed', reason: null };
    expect(minutes([...events, ended], 90)).toMatchObject({ nodes: 3 });
  });

  test('is counted for what delayed a call: throttling, failures, missing rights, a missing worker', () => {
    const events = [
      started,
      phase(0, 'CreatingPool'),
      scheduled(0, 1, 'findExistingPool'),
      { ...attempt(2, 1, 3, ''), lastFailure: throttled },
      scheduled(3, 2, 'findExistingPool'),
      attempt(7, 2, 5, 'pools.list failed: HTTP 429 in the text alone'),
      scheduled(8, 3, 'findExistingPool'),
      attempt(9, 3, 2, 'refused', 'NotAuthorized'),
      scheduled(10, 4, 'findExistingPool'),
      attempt(15, 4, 1, null),
    ];
    expect(minutes(events, 20)).toEqual({
      throttled: 2,
      'service trouble': 4,
      'not authorised': 1,
      'no worker': 5,
      creating: 8,
    });
  });

  test('includes the pause after a refused create, and the consistency window after a lost response', () => {
    const events = [
      started,
      phase(0, 'CreatingPool'),
      scheduled(0, 1, 'createPool'),
      answered(0, 1, 'notSent', 'not now', true),
      scheduled(3, 2, 'createPool'),
      answered(3, 2, 'unknown', 'the connection was lost'),
      phase(5, 'AwaitingPool'),
    ];
    expect(minutes(events, 6)).toEqual({ throttled: 3, settling: 2, nodes: 1 });
  });

  test('is counted as waiting for a person during a decision, whatever else fails', () => {
    const events = [
      started,
      scheduled(0, 1, 'findExistingPool'),
      phase(1, 'Paused'),
      attempt(4, 1, 9, 'HTTP 502'),
      phase(5, 'AwaitingOperator'),
    ];
    expect(minutes(events, 8)).toEqual({ 'service trouble': 1, paused: 4, operator: 3 });
  });

  test('is not counted as a delay when a wait has had poll windows', () => {
    const events = [
      started,
      phase(0, 'AwaitingPool'),
      scheduled(0, 1, 'observePool'),
      attempt(10, 1, 3, 'x', 'StillPending'),
    ];
    expect(minutes(events, 10)).toEqual({ nodes: 10 });
  });

  test('is not counted for the failure of one poll window, whose length is unknown', () => {
    const events = [started, phase(0, 'AwaitingPool'), scheduled(0, 1, 'observePool'), attempt(10, 1, 3, 'HTTP 502')];
    expect(minutes(events, 10)).toEqual({ nodes: 10 });
  });

  test('includes a call that fails now and is not in the history yet', () => {
    const events = [started, phase(0, 'CreatingPool'), scheduled(1, 1, 'findExistingPool')];
    expect(minutes(events, 4, [{ activity: 'findExistingPool', failure: throttled }])).toEqual({
      creating: 1,
      throttled: 3,
    });
  });

  test('continues over continue-as-new', () => {
    const events: HistoryEvent[] = [
      started,
      phase(0, 'Leased'),
      { at: at(5), event: 'closed', status: 'ContinuedAsNew', reason: null },
      { at: at(5), event: 'started', type: 'x', continues: 'before', by: null },
    ];
    expect(minutes(events, 9)).toEqual({ leased: 9 });
  });
});

describe('the last error', () => {
  test('is the last failure, also when the call succeeded later', () => {
    const events = [
      scheduled(0, 1, 'findExistingPool'),
      attempt(2, 1, 3, 'HTTP 502'),
      scheduled(3, 2, 'createPool'),
      answered(4, 2, 'created', ''),
    ];
    expect(lastErrorOf(events)).toEqual({ at: at(2).toISOString(), activity: 'findExistingPool', message: 'HTTP 502' });
  });

  test('is null when only poll windows have ended', () => {
    const waited = [scheduled(0, 1, 'observePool'), attempt(2, 1, 3, 'x', 'StillPending')];
    expect(lastErrorOf(waited)).toBeNull();
    // A wait that is cancelled between two poll windows, for example by a pause, closes like this.
    const failure = { message: 'x', type: 'StillPending' };
    const closed: HistoryEvent = { at: at(3), event: 'activityClosed', id: 1, end: 'failed', failure, answer: null };
    expect(lastErrorOf([...waited, closed])).toBeNull();
  });
});
