import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideCreate, type ExistingResource } from '../../../src/domain/provision/create.js';
import { keepOldest, olderRival, planDuplicates } from '../../../src/domain/provision/duplicates.js';
import type { LastCreate } from '../../../src/domain/provision/resource-state.js';
import type { Marker, MarkerOwnership } from '../../../src/domain/resource/marker.js';

const us: MarkerOwnership = { installation: 'aaaaaa', owner: '11111111', specs: ['22222222'] };
const ours: Marker = { installation: 'aaaaaa', owner: '11111111', spec: '22222222' };
const windowMs = 120_000;
const sentAt = Date.parse('2026-01-01T00:10:00Z');
const unknown: LastCreate = { outcome: 'unknown', sentAt, since: sentAt, why: 'lost' };
const found = (change: Partial<ExistingResource> = {}): ExistingResource => ({
  id: 'n-1',
  createdAt: '2026-01-01T00:00:00Z',
  marker: ours,
  leaving: false,
  failed: false,
  wanted: {},
  ...change,
});
const decide = (list: readonly ExistingResource[], last: LastCreate = { outcome: 'none' }, now = sentAt) =>
  decideCreate('notebook n', list, us, last, windowMs, now, true);

describe('where names repeat', () => {
  test.each([
    ['no marker', null],
    ['the marker of another installation', { ...ours, installation: 'bbbbbb' }],
  ])('a notebook with %s takes no name', (_title, marker) => {
    expect(decide([found({ marker })])).toEqual({ act: 'create' });
    expect(decide([found({ marker })], unknown)).toMatchObject({ act: 'checkAgain' });
  });

  test("another operation's notebook takes the name, and so does one that a lease has as ours", () => {
    const rival = found({ marker: { ...ours, owner: '44444444' } });
    expect(decide([rival])).toMatchObject({ act: 'refuse', type: 'NameTaken' });
    expect(decide([found({ marker: null, isKnown: true })])).toMatchObject({ act: 'refuse', type: 'NameTaken' });
  });

  test('of two operations that created at the same time, the younger one gives way', () => {
    const mine = found({ id: 'n-2' });
    const rival = (createdAt: string) => found({ createdAt, marker: { ...ours, owner: '44444444' } });
    expect(olderRival([mine, rival('2025-12-31T23:59:00Z')], us, mine)).not.toBeNull();
    expect(olderRival([mine, rival('2026-01-01T00:00:01Z')], us, mine)).toBeNull();
    const same = found({ id: 'n-3', marker: { ...ours, owner: '44444444' } });
    // At the same time, exactly one of the two gives way.
    const other: MarkerOwnership = { ...us, owner: '44444444' };
    expect([olderRival([mine, same], us, mine), olderRival([mine, same], other, same)]).toEqual([null, mine]);
  });

  test('one without a marker that appeared after a lost create may be ours', () => {
    const bare = found({ marker: null, createdAt: '2026-01-01T00:10:05Z' });
    expect(decide([bare], unknown)).toMatchObject({ act: 'refuse', type: 'UnknownOutcome' });
    expect(decide([bare, found()], unknown)).toMatchObject({ act: 'adopt' });
  });

  test('ours from another spec is a conflict, and ours that leaves is awaited', () => {
    expect(decide([found({ marker: { ...ours, spec: '99999999' } })])).toMatchObject({ type: 'SpecConflict' });
    expect(decide([found({ leaving: true })])).toMatchObject({ act: 'awaitGone' });
  });

  const existing = fc.record({
    id: fc.uuid(),
    createdAt: fc.integer({ min: sentAt - 3_600_000, max: sentAt + 3_600_000 }).map((ms) => new Date(ms).toISOString()),
    marker: fc.constantFrom(null, ours, { ...ours, owner: '44444444' }, { ...ours, spec: '99999999' }),
    leaving: fc.boolean(),
    failed: fc.boolean(),
    wanted: fc.constant({}),
  });

  test('no create is sent while one of ours exists, or while a lost one may still appear', () => {
    fc.assert(
      fc.property(fc.array(existing), fc.integer({ min: 0, max: 2 * windowMs }), fc.boolean(), (list, passed, lost) => {
        const { act } = decide(list, lost ? unknown : { outcome: 'none' }, sentAt + passed);
        const isOurs = list.some(({ marker }) => marker !== null);
        if (isOurs || (lost && passed < windowMs)) expect(act).not.toBe('create');
        if (!isOurs && !lost) expect(act).toBe('create');
      }),
    );
  });

  test('of several with our marker the oldest that lives stays, whichever was created by the last call', () => {
    fc.assert(
      fc.property(fc.array(existing), (list) => {
        const kept = keepOldest(list, us);
        const mine = list.filter(({ marker, leaving }) => marker === ours && !leaving);
        const alive = mine.filter(({ failed }) => !failed);
        if (alive.length === 0) return expect(kept).toBeNull();
        expect(mine).toHaveLength(1 + (kept?.duplicates.length ?? 0));
        expect(alive).toContain(kept?.kept);
        for (const one of alive) expect((kept?.kept.createdAt ?? '') <= one.createdAt).toBe(true);
      }),
    );
  });

  describe('duplicates after a create', () => {
    const mine = found({ id: 'n-2', createdAt: '2026-01-01T00:00:10Z' });
    const older = found({ id: 'n-1' });
    const younger = found({ id: 'n-3', createdAt: '2026-01-01T00:00:20Z' });
    const rival = found({ id: 'n-0', marker: { ...ours, owner: '44444444' } });
    test.each<[string, readonly ExistingResource[], ExistingResource | null, object]>([
      ['nothing listed', [], mine, { act: 'nothing' }],
      ['nothing created', [older], null, { act: 'nothing' }],
      ['only the created one', [mine], mine, { act: 'keep', kept: mine, isOther: false, clear: [] }],
      ['a younger one', [younger, mine], mine, { act: 'keep', kept: mine, isOther: false, clear: [younger] }],
      ['an older one', [mine, older], mine, { act: 'keep', kept: older, isOther: true, clear: [mine] }],
      [
        'an older one, and the created one is not listed',
        [younger, older],
        mine,
        { act: 'keep', kept: older, isOther: true, clear: [younger, mine] },
      ],
      [
        'an older one that failed',
        [{ ...older, failed: true }, mine],
        mine,
        { act: 'keep', kept: mine, isOther: false, clear: [{ ...older, failed: true }] },
      ],
      [
        'an older one that leaves',
        [{ ...older, leaving: true }, mine],
        mine,
        { act: 'keep', isOther: false, clear: [] },
      ],
      ['an older rival', [mine, rival], mine, { act: 'giveWay', rival }],
      ['a rival between two of ours', [{ ...rival, createdAt: mine.createdAt }, mine, older], mine, { act: 'keep' }],
    ])('%s', (_title, list, created, plan) => {
      expect(planDuplicates(list, us, created)).toMatchObject(plan);
    });

    test('exactly one of ours is left, and it is never cleared', () => {
      fc.assert(
        fc.property(
          fc.uniqueArray(existing, { selector: ({ id }) => id }),
          existing,
          fc.boolean(),
          (others, one, lists) => {
            const created = { ...one, marker: ours, leaving: false, failed: false };
            const list = lists ? [...others, created] : others;
            const plan = planDuplicates(list, us, created);
            if (plan.act !== 'keep') return;
            const living = [...list, created].filter(({ marker, leaving }) => marker === ours && !leaving);
            const left = new Set(living.map(({ id }) => id));
            for (const { id } of plan.clear) left.delete(id);
            expect([...left]).toEqual([plan.kept.id]);
          },
        ),
      );
    });
  });
});
