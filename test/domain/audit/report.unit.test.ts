import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describeCounts, makeReport, needsAction } from '../../../src/domain/audit/report.js';
import { costOf, type PriceTable } from '../../../src/domain/price.js';
import { type InventoryItem, type Ownership, ownershipStatuses } from '../../../src/domain/resource/inventory.js';

const now = Date.UTC(2026, 0, 10);
const hour = 3_600_000;
const prices: PriceTable = { currency: 'EUR', flavors: { big: 2.5, small: 0.1, free: 0 } };

function item(change: Partial<InventoryItem> = {}): InventoryItem {
  return {
    kind: 'pool',
    id: 'a-p',
    name: 'a',
    createdAt: new Date(now - 10 * hour).toISOString(),
    state: 'Running',
    changedAt: null,
    leaving: false,
    marker: { installation: 'abc123', owner: 'aaaaaaaa', spec: '11111111' },
    isProtected: false,
    labels: {},
    workspaceId: null,
    poolId: null,
    flavors: { big: 2 },
    ...change,
  };
}

const notebook: Partial<InventoryItem> = {
  kind: 'notebook',
  createdAt: String(now - 10 * hour),
  flavors: { small: 1 },
};

describe('the cost of a resource', () => {
  test.each([
    ['a pool', {}, { perHour: 5, sinceCreation: 50 }],
    ['a pool of two flavors', { flavors: { big: 1, small: 3 } }, { perHour: 2.8, sinceCreation: 28 }],
    ['a notebook on a public flavor', notebook, { perHour: 0.1, sinceCreation: 1 }],
    ['a notebook on a pool', { ...notebook, flavors: {}, poolId: 'a-p' }, { perHour: 0, sinceCreation: 0 }],
    [
      'a stopped notebook with an unknown running time',
      { ...notebook, flavors: {} },
      { perHour: 0, sinceCreation: null },
    ],
    ['a notebook on a free flavor', { ...notebook, flavors: { free: 1 } }, { perHour: 0, sinceCreation: null }],
    ['the record of a failed creation', { flavors: {}, state: 'CreationFailed' }, { perHour: 0, sinceCreation: 0 }],
    ['one whose creation time is missing', { createdAt: '' }, { perHour: 5, sinceCreation: null }],
    [
      'one that a clock ahead of ours has dated',
      { createdAt: '2999-01-01T00:00:00Z' },
      { perHour: 5, sinceCreation: null },
    ],
  ])('%s', (_title, change: Partial<InventoryItem>, cost) => {
    expect(costOf(item(change), prices, now)).toEqual({ ...cost, currency: 'EUR' });
  });

  test('is not shown without a table, nor in part', () => {
    expect(costOf(item(), null, now)).toBeNull();
    expect(costOf(item({ flavors: { big: 1, unheard: 1 } }), prices, now)).toBeNull();
  });
});

const owned: Ownership = {
  owner: 'aaaaaaaa',
  name: 'a',
  workflowId: 'env/a',
  open: ['lease/a'],
  answer: 'asked',
  phase: 'Leased',
  phaseSince: new Date(now - hour).toISOString(),
  leaseEndsAt: null,
  isBeingRemoved: false,
  ended: null,
};

const reportOf = (
  items: readonly InventoryItem[],
  ownerships: readonly Ownership[] | null,
  unread: readonly string[] = [],
) => makeReport({ inventory: { at: now, items, unread }, ownerships, installation: 'abc123', prices, now });

describe('the report of an audit', () => {
  test('lists what needs action first, totals without foreign resources, and the flavors without a price', () => {
    const report = reportOf(
      [
        item({ id: 'c-p', name: 'c', marker: null }),
        item(),
        item({ id: 'b-p', name: 'b', marker: { installation: 'abc123', owner: 'bbbbbbbb', spec: '22222222' } }),
        item({ id: 'd-p', name: 'd', flavors: { unheard: 1 } }),
      ],
      [owned, { ...owned, owner: 'bbbbbbbb', name: 'b', workflowId: 'env/b', open: [] }],
    );
    expect(report.findings.map(({ name, standing }) => [name, standing])).toEqual([
      ['b', 'orphan'],
      ['a', 'owned'],
      ['d', 'owned'],
      ['c', 'foreign'],
    ]);
    expect(report.costs).toEqual({ perHour: 10, sinceCreation: 100, currency: 'EUR' });
    expect(report.unpriced).toEqual(['unheard']);
    expect(report.findings[1]).toMatchObject({ marker: 'maops:abc123-aaaaaaaa-11111111', ageSeconds: 36_000 });
  });

  test('has no total since creation for resources without an age', () => {
    const ahead = item({ createdAt: new Date(now + hour).toISOString() });
    expect(reportOf([ahead], [owned]).costs).toEqual({ perHour: 5, sinceCreation: null, currency: 'EUR' });
    expect(reportOf([], [owned]).costs).toEqual({ perHour: 0, sinceCreation: 0, currency: 'EUR' });
  });

  test('reports in its line of counts that there may be more than was read', () => {
    const words = (items: readonly InventoryItem[], unread: readonly string[]) =>
      describeCounts(reportOf(items, [owned], unread));
    expect(words([item()], [])).toBe('1 owned');
    expect(words([], [])).toBe('no pools or notebooks');
    expect(words([item()], ['pools: 502'])).toBe('1 owned, some lists could not be read');
    expect(words([], ['pools: 502'])).toBe('some lists could not be read');
  });

  test.each([
    ['nothing but what is owned and foreign', [item(), item({ id: 'x', marker: null })], [owned], [], false],
    ['an orphan', [item()], [{ ...owned, open: [] }], [], true],
    [
      'the record of a failed creation',
      [item({ state: 'CreationFailed', flavors: {} })],
      [{ ...owned, open: [] }],
      [],
      false,
    ],
    ['an orphan that is protected', [item({ isProtected: true })], [{ ...owned, open: [] }], [], true],
    ['a lease that has ended', [item()], [{ ...owned, leaseEndsAt: new Date(now - 1).toISOString() }], [], true],
    [
      'a lease that has ended of what is protected',
      [item({ isProtected: true })],
      [{ ...owned, leaseEndsAt: new Date(now - 1).toISOString() }],
      [],
      false,
    ],
    ['an item whose owner was not queried', [item()], null, [], true],
    ['a list that could not be read', [item()], [owned], ['pools: 502'], true],
  ])('asks for action over %s', (_title, items, ownerships, unread, expected) => {
    expect(needsAction(reportOf(items, ownerships, unread))).toBe(expected);
  });

  test('counts every finding once, and calls nothing an orphan without Temporal', () => {
    const markers = fc.constantFrom(
      null,
      'unread' as const,
      { installation: 'abc123', owner: 'aaaaaaaa', spec: '11111111' },
      { installation: 'fffff0', owner: 'aaaaaaaa', spec: '11111111' },
    );
    const items = fc.array(fc.record({ marker: markers, isProtected: fc.boolean(), leaving: fc.boolean() }));
    fc.assert(
      fc.property(items, fc.option(fc.constant('abc123')), (drawn, installation) => {
        const inventory = {
          at: now,
          items: drawn.map((one, index) => item({ ...one, id: String(index) })),
          unread: [],
        };
        const report = makeReport({ inventory, ownerships: null, installation, prices: null, now });
        expect(ownershipStatuses.reduce((sum, standing) => sum + report.counts[standing], 0)).toBe(drawn.length);
        expect(report.counts.orphan + report.counts.expired + report.counts.owned + report.counts.stuck).toBe(0);
        const isOthers = ({ marker }: (typeof drawn)[number]) =>
          marker === null || (marker !== 'unread' && installation !== null && marker.installation !== installation);
        const foreign = report.findings.filter(({ standing }) => standing === 'foreign').map(({ id }) => id);
        expect(foreign.sort()).toEqual(
          [...drawn.keys()]
            .filter((index) => isOthers(drawn[index]!))
            .map(String)
            .sort(),
        );
      }),
    );
  });
});
