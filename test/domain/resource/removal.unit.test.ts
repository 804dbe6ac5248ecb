import { describe, expect, test } from '@jest/globals';
import {
  commandSent,
  decideRemoval,
  guardRemoval,
  noCommand,
  type RemovalScope,
  untilRepeat,
} from '../../../src/domain/resource/removal.js';
import type { PlanItem } from '../../../src/domain/teardown/plan.js';
import { notebookFacts, poolFacts } from '../facts.js';

const pollMaxMs = 30_000;
const marker = 'maops:aaaaaa-11111111-22222222';
const foreignMarker = 'maops:bbbbbb-11111111-22222222';
const known = { id: 'p-0123', createdAt: '2026-01-01T00:00:00Z' };
const scope = (change: Partial<RemovalScope> = {}): RemovalScope => ({
  kind: 'pool',
  name: 'team-a',
  environment: 'team-a',
  installation: 'aaaaaa',
  owners: ['11111111'],
  byName: { known: null },
  respectProtection: true,
  plan: undefined,
  ...change,
});
const item = (change: Partial<PlanItem> = {}): PlanItem => ({
  ...known,
  kind: 'pool',
  name: 'team-a',
  marker,
  isProtected: false,
  reason: 'asked',
  environment: 'team-a',
  workspaceId: null,
  why: '',
  ...change,
});

describe('a resource that has the name of a pool', () => {
  test.each([
    ['our marker', { description: marker }, null, 'allowed'],
    ['another marker, whatever was recorded', { description: foreignMarker }, known, 'foreign'],
    ['no marker, and nothing was recorded', {}, null, 'foreign'],
    ['no marker, and the recorded creation time', {}, known, 'allowed'],
    ['no marker, and another creation time', { createdAt: '2026-02-01T00:00:00Z' }, known, 'foreign'],
    ['no marker, and no creation time', { createdAt: '' }, known, 'undecided'],
  ])('with %s', (_title, facts, recorded, verdict) => {
    expect(guardRemoval(scope({ byName: { known: recorded } }), poolFacts(facts)).verdict).toBe(verdict);
  });

  test('is not asked for its marker when it was found by its marker', () => {
    expect(guardRemoval(scope({ kind: 'notebook', byName: null }), notebookFacts()).verdict).toBe('allowed');
  });
});

describe('a protected resource', () => {
  const facts = poolFacts({ description: `${marker} maops:keep` });
  test('is not deleted', () => {
    expect(guardRemoval(scope(), facts)).toMatchObject({ verdict: 'refused', type: 'Protected' });
  });
  test('is deleted by a run that rolls back its own create', () => {
    expect(guardRemoval(scope({ respectProtection: false }), facts).verdict).toBe('allowed');
  });
});

describe('a removal by plan', () => {
  const facts = poolFacts({ description: marker });
  test.each([
    ['its item', [item()], [], { verdict: 'allowed' }],
    ['no item', [], [], { verdict: 'refused', type: 'PlanChanged' }],
    ['an item of another kind', [item({ kind: 'notebook' })], [], { verdict: 'refused', type: 'PlanChanged' }],
    [
      'an older resource',
      [item({ createdAt: '2025-01-01T00:00:00Z' })],
      [],
      { verdict: 'refused', type: 'PlanChanged' },
    ],
    ['a rule that keeps it', [item()], [{ ...item(), rule: 'minAge' }], { verdict: 'refused', type: 'Protected' }],
  ])('with %s', (_title, items, kept, verdict) => {
    expect(guardRemoval(scope({ plan: { items, kept } }), facts)).toMatchObject(verdict);
  });

  test('accepts a pool without a creation time by the marker of its item only', () => {
    const facts2 = poolFacts({ description: marker, createdAt: '' });
    expect(guardRemoval(scope({ plan: { items: [item()], kept: [] } }), facts2).verdict).toBe('allowed');
    const other = { items: [item({ marker: foreignMarker })], kept: [] };
    expect(guardRemoval(scope({ plan: other }), facts2).verdict).toBe('undecided');
  });
});

describe('the next command', () => {
  const at = (now: number, isRetriedNow = false) => ({ isRetriedNow, pollMaxMs, now });
  const remove = () => 'delete' as const;
  const wait = () => 'wait' as const;

  test('is sent at once, and repeated only after growing times without effect', () => {
    let last = noCommand;
    let now = 0;
    const gaps: number[] = [];
    for (let round = 0; round < 7; round += 1) {
      expect(decideRemoval('Running', remove, last, at(now)).command).toBe('delete');
      last = commandSent(last, 'Running', now);
      const gap = untilRepeat(last, pollMaxMs, now);
      expect(decideRemoval('Running', remove, last, at(now)).command).toBeNull();
      expect(decideRemoval('Running', remove, last, at(now + gap - 1)).command).toBeNull();
      gaps.push(gap / pollMaxMs);
      now += gap;
    }
    expect(gaps).toEqual([2, 4, 8, 16, 32, 32, 32]);
  });

  test('is due at once in another state', () => {
    const last = commandSent(noCommand, 'RUNNING', 0);
    expect(decideRemoval('STOPPED', remove, last, at(1)).command).toBe('delete');
  });

  test('is due at once after a tryNow', () => {
    const last = commandSent(noCommand, 'Running', 0);
    expect(decideRemoval('Running', remove, last, at(1, true)).command).toBe('delete');
  });

  test('is a delete when a change that needs no command takes eight times longer', () => {
    const { command, last, patienceMs } = decideRemoval('STOPPING', wait, noCommand, at(0));
    expect({ command, patienceMs }).toEqual({ command: null, patienceMs: 8 * pollMaxMs });
    const gap = untilRepeat(last, patienceMs, 0);
    expect(gap).toBe(16 * pollMaxMs);
    expect(decideRemoval('STOPPING', wait, last, at(gap - 1)).command).toBeNull();
    expect(decideRemoval('STOPPING', wait, last, at(gap)).command).toBe('delete');
  });

  test('depends on the commands without effect in the present state', () => {
    const tries: number[] = [];
    const next = (count: number) => {
      tries.push(count);
      return 'stop' as const;
    };
    const last = commandSent(commandSent(noCommand, 'A', 0), 'A', 1);
    decideRemoval('A', next, last, at(2));
    decideRemoval('B', next, last, at(2));
    expect(tries).toEqual([2, 0]);
  });
});
