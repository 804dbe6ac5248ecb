import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { afterUnconfirmed } from '../../../src/domain/provision/after-create.js';
import { decideCreate, type ExistingResource, hasLeftOrStays, roomFor } from '../../../src/domain/provision/create.js';
import type { LastCreate } from '../../../src/domain/provision/resource-state.js';
import {
  formatMarker,
  isProtected,
  type Marker,
  type MarkerOwnership,
  markedDescription,
  parseMarker,
  withProtection,
} from '../../../src/domain/resource/marker.js';

const us: MarkerOwnership = { installation: 'aaaaaa', owner: '11111111', specs: ['22222222', '33333333'] };
const ours: Marker = { installation: 'aaaaaa', owner: '11111111', spec: '33333333' };
const found = (change: Partial<ExistingResource> = {}): ExistingResource => ({
  id: 'p-1',
  createdAt: '2026-01-01T00:00:00Z',
  marker: ours,
  leaving: false,
  failed: false,
  wanted: {},
  ...change,
});
const consistencyWindowMs = 120_000;
const decide = (list: readonly ExistingResource[], since: number | null = null, now = 0) =>
  decideCreate(
    'pool p',
    list,
    us,
    since === null ? { outcome: 'none' } : { outcome: 'unknown', sentAt: since, since, why: 'lost' },
    consistencyWindowMs,
    now,
  );

describe('before a create', () => {
  test('nothing there leads to a create', () => {
    expect(decide([])).toEqual({ act: 'create' });
  });

  test('our resource is adopted, also when it was created from an earlier spec', () => {
    expect(decide([found()])).toMatchObject({ act: 'adopt' });
    expect(decide([found({ marker: { ...ours, spec: '22222222' } })])).toMatchObject({ act: 'adopt' });
  });

  test.each([
    ['no marker', null],
    ['the marker of another installation', { ...ours, installation: 'bbbbbb' }],
    ['the marker of another operation', { ...ours, owner: '44444444' }],
  ])('%s takes the name', (_title, marker) => {
    expect(decide([found({ marker })])).toMatchObject({ act: 'refuse', type: 'NameTaken' });
  });

  test('our resource from another spec is a conflict', () => {
    expect(decide([found({ marker: { ...ours, spec: '99999999' } })])).toMatchObject({
      act: 'refuse',
      type: 'SpecConflict',
    });
  });

  test('our resource that is being deleted is awaited, and one that failed is cleaned up', () => {
    expect(decide([found({ leaving: true })])).toMatchObject({ act: 'awaitGone' });
    expect(decide([found({ failed: true })])).toMatchObject({ act: 'cleanUp' });
  });

  test("after an unknown outcome, a new resource without a marker awaits an operator's decision", () => {
    const bare = found({ marker: null, createdAt: '2026-01-01T00:00:00Z' });
    const sentAt = Date.parse('2025-12-31T23:59:50Z');
    expect(decide([bare], sentAt, sentAt)).toMatchObject({
      act: 'refuse',
      type: 'UnknownOutcome',
      why: expect.stringContaining('maops:aaaaaa-11111111-33333333'),
    });
    expect(decide([bare], sentAt + 600_000, sentAt + 600_000)).toMatchObject({ act: 'refuse', type: 'NameTaken' });
    expect(decide([bare])).toMatchObject({ act: 'refuse', type: 'NameTaken' });
  });

  test('a resource without a marker is foreign after every create was refused because the name exists', () => {
    const bare = found({ marker: null, createdAt: '2026-01-01T00:00:00Z' });
    const sentAt = Date.parse('2025-12-31T23:59:50Z');
    const call = (last: LastCreate, outcome: 'unknown' | 'exists', at: number) =>
      afterUnconfirmed(last, { outcome, why: `${outcome} at ${at}` }, at, at + 1);
    const type = (last: LastCreate) => decideCreate('pool p', [bare], us, last, consistencyWindowMs, sentAt);
    const refused = call(call({ outcome: 'none' }, 'exists', sentAt), 'exists', sentAt + 1_000);
    expect(type(refused)).toMatchObject({ type: 'NameTaken' });
    const ids = { errorCode: 'ModelArts.1', requestId: 'request-1' };
    const named = afterUnconfirmed({ outcome: 'none' }, { outcome: 'exists', why: 'exists', ...ids }, sentAt, sentAt);
    expect(type(named)).toMatchObject({ type: 'NameTaken', ...ids });
    const lostFirst = call(call({ outcome: 'none' }, 'unknown', sentAt), 'exists', sentAt + 90_000);
    expect(type(lostFirst)).toMatchObject({ type: 'UnknownOutcome', why: expect.stringContaining('exists at') });
    expect(type(call(refused, 'unknown', sentAt + 2_000))).toMatchObject({ type: 'UnknownOutcome' });
  });

  test('our resource is adopted, whatever else has the name', () => {
    expect(decide([found({ id: 'x', marker: null }), found()])).toMatchObject({ act: 'adopt', found: { id: 'p-1' } });
  });

  test.each([
    ['no response', ['unknown'], 'DeadlineExceeded'],
    ['all were refused because the name exists', ['exists', 'exists'], 'NameTaken'],
    ['one was not answered and the next refused because the name exists', ['unknown', 'exists'], 'UnknownOutcome'],
    ['one was refused because the name exists and the next not answered', ['exists', 'unknown'], 'DeadlineExceeded'],
  ] as const)('creates of which %s, and nothing seen by the deadline', (_title, outcomes, failure) => {
    const last = outcomes.reduce<LastCreate>(
      (before, outcome, at) => afterUnconfirmed(before, { outcome, why: 'w' }, at, at),
      { outcome: 'none' },
    );
    expect(decideCreate('pool p', [], us, last, consistencyWindowMs, 1)).toMatchObject({ act: 'checkAgain', failure });
  });

  test('of two that are ours the older is kept', () => {
    const older = found({ id: 'old', createdAt: '2025-01-01T00:00:00Z' });
    expect(decide([found({ id: 'new' }), older])).toMatchObject({
      act: 'adopt',
      found: { id: 'old' },
      duplicates: [{ id: 'new' }],
    });
  });

  test('after an unknown outcome, absence counts only when the consistency window is over', () => {
    expect(decide([], 0, 1)).toMatchObject({ act: 'checkAgain' });
    expect(decide([], 0, consistencyWindowMs - 1)).toMatchObject({ act: 'checkAgain', pauseMs: 1 });
    expect(decide([], 0, consistencyWindowMs)).toEqual({ act: 'create' });
  });

  test('checking again is bounded in number and never continues past the consistency window', () => {
    let now = 0;
    let looks = 0;
    for (;;) {
      const decision = decide([], 0, now);
      if (decision.act !== 'checkAgain') break;
      expect(decision.pauseMs).toBeGreaterThan(0);
      now += decision.pauseMs;
      looks += 1;
    }
    expect(now).toBe(consistencyWindowMs);
    expect(looks).toBeLessThan(20);
  });

  test('a create is never decided while a resource with the name exists', () => {
    const anyFound = fc.record({
      id: fc.string({ minLength: 1 }),
      createdAt: fc.string(),
      marker: fc.constantFrom(ours, null, { ...ours, spec: '99999999' }, { ...ours, installation: 'bbbbbb' }),
      leaving: fc.boolean(),
      failed: fc.boolean(),
      wanted: fc.constant({}),
    });
    fc.assert(
      fc.property(fc.array(anyFound, { minLength: 1, maxLength: 4 }), fc.nat(), (list, now) => {
        expect(decide(list, 0, now).act).not.toBe('create');
      }),
    );
  });
});

describe('room for a create', () => {
  test.each([
    ['awaitGone', false, false, 'await'],
    ['awaitGone', false, true, 'await'],
    ['cleanUp', false, false, 'cleanUp'],
    ['cleanUp', false, true, 'refuse'],
    ['awaitGone', true, false, 'clear'],
    ['cleanUp', true, false, 'clear'],
    ['cleanUp', true, true, 'clear'],
  ] as const)('%s (by marker %s, prepaid %s): %s', (act, byMarker, isPrepaid, room) => {
    expect(roomFor(act, { byMarker, isPrepaid })).toBe(room);
  });

  test.each([
    ['absent', false, false],
    ['absent', true, true],
    ['leaving', false, false],
    ['leaving', true, false],
    ['usable', false, true],
    ['pending', false, true],
    ['failed', false, true],
  ])('the wait for a deletion: %s (absence confirmed %s): over %s', (condition, isConfirmed, isOver) => {
    expect(hasLeftOrStays(condition, isConfirmed)).toBe(isOver);
  });
});

describe('the marker', () => {
  test('is found again in any description that it was written into', () => {
    const hex = (length: number) =>
      fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: length, maxLength: length });
    const words = fc.string().filter((text) => !text.includes('maops:'));
    fc.assert(
      fc.property(hex(6), hex(8), hex(8), words, (installation, owner, spec, description) => {
        const marker = { installation, owner, spec };
        expect(parseMarker(markedDescription(description, marker))).toEqual(marker);
      }),
    );
  });

  test('stays readable when an operator protects and unprotects the resource', () => {
    const description = markedDescription('for team a', ours);
    const kept = withProtection(description, true);
    expect(isProtected(kept)).toBe(true);
    expect(parseMarker(kept)).toEqual(ours);
    expect(withProtection(kept, false)).toBe(description);
    expect(isProtected(description)).toBe(false);
  });

  test('keeps the rest of a description unchanged, wherever the mark is', () => {
    const words = fc.string().filter((text) => !text.includes('maops:keep'));
    fc.assert(
      fc.property(words, (description) => {
        const kept = withProtection(description, true);
        expect(isProtected(kept)).toBe(true);
        expect(kept.length).toBeLessThanOrEqual(description.length + 11);
        expect(withProtection(kept, true)).toBe(kept);
        expect(withProtection(kept, false)).toBe(description);
      }),
    );
    expect(withProtection('maops:keep for  team a', false)).toBe('for  team a');
    expect(withProtection('for team a maops:keep, really', false)).toBe('for team a, really');
  });

  test('takes 30 characters, so that a pool description keeps room for the user', () => {
    expect(formatMarker(ours)).toHaveLength(30);
  });
});

describe('the evidence for a resource that is not visible', () => {
  const at = Date.parse('2026-01-01T00:00:00Z');
  const bare = found({ marker: null, createdAt: '2026-01-01T00:00:30Z' });
  const requests = /create request with marker \S+ was sent at/;
  const whyOf = (lastCreate: LastCreate, list: readonly ExistingResource[] = []) => {
    const decision = decideCreate('pool p', list, us, lastCreate, consistencyWindowMs, at + 60_000);
    return 'why' in decision ? decision : { act: decision.act, why: '' };
  };

  test.each(['run', 'lease'] as const)('names no lost request when the %s owns it', (owner) => {
    const unseen: LastCreate = { outcome: 'unseen', owner, sentAt: at, since: at };
    expect(whyOf(unseen)).toMatchObject({ act: 'checkAgain', failure: 'DeadlineExceeded' });
    expect(whyOf(unseen, [bare])).toMatchObject({ act: 'refuse', type: 'UnknownOutcome' });
    for (const list of [[], [bare]]) {
      expect(whyOf(unseen, list).why).not.toMatch(requests);
      expect(whyOf(unseen, list).why).toContain(owner);
    }
  });

  test('names the requests of this run alone', () => {
    const lost = (owner: 'run' | 'lease') =>
      afterUnconfirmed(
        { outcome: 'unseen', owner, sentAt: at, since: at },
        { outcome: 'unknown', why: 'lost' },
        at + 1,
        at + 2,
      );
    expect(lost('lease')).toMatchObject({ sentAt: at + 1, why: 'lost' });
    expect(lost('lease')).not.toHaveProperty('again');
    expect(lost('run')).toMatchObject({ sentAt: at, again: { sentAt: at + 1, why: 'lost' } });
  });

  test('carries the code and request id of the latest response that had one', () => {
    const first = { outcome: 'unknown', why: '502', errorCode: 'ModelArts.0010', requestId: 'r-1' } as const;
    const lost = { outcome: 'unknown', why: 'reset', errorCode: null, requestId: null } as const;
    const taken = { outcome: 'exists', why: 'exists', errorCode: 'ModelArts.6301', requestId: 'r-2' } as const;
    let last: LastCreate = { outcome: 'none' };
    for (const [outcome, requestId, errorCode] of [
      [first, 'r-1', 'ModelArts.0010'],
      [lost, 'r-1', 'ModelArts.0010'],
      [taken, 'r-2', 'ModelArts.6301'],
    ] as const) {
      last = afterUnconfirmed(last, outcome, at, at);
      expect(whyOf(last)).toMatchObject({ act: 'checkAgain', requestId, errorCode });
      expect(whyOf(last, [bare])).toMatchObject({ act: 'refuse', type: 'UnknownOutcome', requestId, errorCode });
    }
  });
});
