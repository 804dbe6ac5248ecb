import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  judgeNotebook,
  nextCurrentNotebookRemoval,
  notebookApiOf,
  notebookRules,
} from '../../../src/domain/resource/notebook.js';
import type { Condition } from '../../../src/domain/resource/observation.js';
import {
  commandRefused,
  commandSent,
  decideRemoval,
  noCommand,
  type RemovalCommand,
} from '../../../src/domain/resource/removal.js';
import { notebookFacts } from '../facts.js';

const id = '7a5c1f0e-52a1-4b0e-8a9d-3f6f0f1f7b11';
const facts = (status: string, change = {}) => notebookFacts({ id, status, ...change });

test('the id says which API a notebook belongs to', () => {
  expect(notebookApiOf(`DE-${id}`)).toBe('historical');
  expect(notebookApiOf(id)).toBe('current');
  fc.assert(fc.property(fc.uuid(), (uuid) => notebookApiOf(uuid) === 'current'));
});

describe('a notebook that is awaited', () => {
  test.each<[string, Condition]>([
    ['INIT', 'pending'],
    ['CREATING', 'pending'],
    ['STARTING', 'pending'],
    ['RUNNING', 'usable'],
    ['SNAPSHOTTING', 'pending'],
    ['STOPPING', 'pending'],
    ['STOPPED', 'pending'],
    ['DELETING', 'leaving'],
    ['DELETED', 'absent'],
    ['CREATE_FAILED', 'failed'],
    ['START_FAILED', 'failed'],
    // Neither is a failure of the create: it may heal.
    ['ERROR', 'unhealthy'],
    ['FROZEN', 'unhealthy'],
    ['DELETE_FAILED', 'unhealthy'],
    ['PONDERING', 'pending'],
  ])('and is %s is %s', (status, condition) => {
    expect(judgeNotebook('n', facts(status), 'running').condition).toBe(condition);
  });

  test.each<[string | undefined, Condition]>([
    [undefined, 'usable'],
    ['INITIALIZING', 'pending'],
    ['RESIZING', 'pending'],
    ['DELETING', 'pending'],
    ['AVAILABLE', 'usable'],
  ])('and runs while its storage is %s is %s', (volumeStatus, condition) => {
    const running = facts('RUNNING', volumeStatus === undefined ? {} : { volumeStatus });
    expect(judgeNotebook('n', running, 'running').condition).toBe(condition);
    expect(notebookRules.stateChanged(facts('RUNNING'), running)).toBe(volumeStatus !== undefined);
  });

  test('is not usable because it shows a url', () => {
    const stopping = facts('STOPPING', { url: 'https://authoring.example/lab' });
    expect(judgeNotebook('n', stopping, 'running').condition).toBe('pending');
  });

  test('shows the reason of its failure, which has no code', () => {
    const failure = { code: null, message: 'no IP address left' };
    expect(judgeNotebook('n', facts('CREATE_FAILED', { failure }), 'running').why).toContain('no IP address left');
    expect(judgeNotebook('n', facts('ERROR', { failure }), 'running').why).toContain('no IP address left');
  });
});

describe('the removal', () => {
  test.each([
    ['INIT', 'delete'],
    ['CREATING', 'delete'],
    ['STARTING', 'delete'],
    ['STOPPED', 'delete'],
    ['CREATE_FAILED', 'delete'],
    ['START_FAILED', 'delete'],
    ['ERROR', 'delete'],
    ['DELETE_FAILED', 'delete'],
    ['FROZEN', 'delete'],
    ['PONDERING', 'delete'],
    ['STOPPING', 'wait'],
    ['SNAPSHOTTING', 'wait'],
    ['DELETING', 'wait'],
  ])('of a notebook that is %s: %s', (status, next) => {
    expect(nextCurrentNotebookRemoval({ status })).toBe(next);
    expect(nextCurrentNotebookRemoval({ status }, 1)).toBe(next);
  });

  test('of a running one is tried without a stop, then with one, at once when the service refuses', () => {
    const next = (tries: number) => nextCurrentNotebookRemoval({ status: 'RUNNING' }, tries);
    const decide = (last: typeof noCommand, now: number) =>
      decideRemoval('RUNNING', next, last, { isRetriedNow: false, pollMaxMs: 30_000, now });
    const first = decide(noCommand, 1_000);
    expect(first.command).toBe('delete');
    const sent = commandSent(first.last, 'RUNNING', 1_000);
    // Accepted: it gets time.
    expect(decide(sent, 1_001).command).toBeNull();
    const refused = commandRefused(sent, 'delete', next);
    const second = decide(refused, 1_001);
    expect(second.command).toBe('stop');
    // Both were refused: not one after the other without a pause.
    const both = commandRefused(commandSent(second.last, 'RUNNING', 1_001), 'stop', next);
    expect(decide(both, 1_002).command).toBeNull();
    expect(decide(both, 1_001 + 120_000).command).toBe('delete');
  });

  test('never sends commands of a refused removal without a growing pause, but for the first other one', () => {
    const commands: RemovalCommand[] = ['stop', 'dequeue', 'delete'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...commands), { minLength: 1, maxLength: 4 }), (turns) => {
        const next = (tries: number) => turns[tries % turns.length] ?? 'delete';
        let last = noCommand;
        let now = 0;
        let quick = 0;
        let lastAt = Number.NaN;
        for (let sent = 0; sent < 12; sent += 1) {
          const { command } = decideRemoval('S', next, last, { isRetriedNow: false, pollMaxMs: 1_000, now });
          if (command === null) {
            now += 500;
            continue;
          }
          if (last.times > 0 && now === lastAt) quick += 1;
          last = commandRefused(commandSent(last, 'S', now), command, next);
          lastAt = now;
        }
        expect(quick).toBeLessThanOrEqual(1);
      }),
    );
  });
});
