import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { InventoryItem, Ownership } from '../../../src/domain/resource/inventory.js';
import { ownershipLimits, ownershipStatusOf } from '../../../src/domain/resource/ownership-status.js';

const installation = 'abc123';
const now = Date.UTC(2026, 0, 10);
const hour = 3_600_000;
const ago = (hours: number) => new Date(now - hours * hour).toISOString();

const item: InventoryItem = {
  kind: 'pool',
  id: 'team-a-p',
  name: 'team-a',
  createdAt: ago(48),
  state: 'Running',
  changedAt: null,
  leaving: false,
  marker: { installation, owner: 'aaaaaaaa', spec: '11111111' },
  isProtected: false,
  labels: {},
  workspaceId: null,
  poolId: null,
  flavors: {},
};

const ownership: Ownership = {
  owner: 'aaaaaaaa',
  name: 'team-a',
  workflowId: 'env/team-a',
  open: ['lease/team-a'],
  answer: 'asked',
  phase: 'Leased',
  phaseSince: ago(47),
  leaseEndsAt: null,
  isBeingRemoved: false,
  ended: { phase: 'Ready', at: ago(47) },
};

const closed: Partial<Ownership> = { open: [], phase: null, phaseSince: null };

interface Row {
  readonly title: string;
  readonly item?: Partial<InventoryItem>;
  readonly ownership?: Partial<Ownership> | null;
  readonly standing: string;
  readonly why?: string;
}

const rows: readonly Row[] = [
  { title: 'a leased one is owned', standing: 'owned', why: 'lease/team-a: Leased' },
  { title: 'one without a marker is foreign', item: { marker: null }, standing: 'foreign', why: 'no marker' },
  {
    title: "another installation's is foreign",
    item: { marker: { installation: 'fffff0', owner: 'aaaaaaaa', spec: '11111111' } },
    standing: 'foreign',
    why: 'fffff0',
  },
  { title: 'one whose description was left out is unknown', item: { marker: 'unread' }, standing: 'unknown' },
  { title: 'one whose owner was not read is unknown', ownership: null, standing: 'unknown' },
  { title: 'without an open operation it is an orphan', ownership: closed, standing: 'orphan', why: 'ended Ready' },
  {
    title: 'without an answer it is unknown, not an orphan',
    ownership: { ...closed, answer: 'unknown' },
    standing: 'unknown',
  },
  {
    title: 'what is seen open counts although not everything was answered',
    ownership: { answer: 'unknown' },
    standing: 'owned',
  },
  {
    title: 'another operation of the same name owns nothing of it',
    ownership: { ...closed, open: ['notebook/team-a'] },
    standing: 'orphan',
  },
  {
    title: 'an old one that no known name has created is an orphan',
    ownership: { ...closed, name: null, workflowId: null, ended: null },
    standing: 'orphan',
    why: 'Temporal has no operation that created it',
  },
  {
    title: 'a young one that no known name has created is unknown',
    item: { createdAt: ago(0.1) },
    ownership: { ...closed, name: null, workflowId: null, ended: null },
    standing: 'unknown',
  },
  {
    title: 'one without a creation time and a known name is treated as young',
    item: { createdAt: '' },
    ownership: { ...closed, name: null, workflowId: null, ended: null },
    standing: 'unknown',
  },
  {
    title: 'one whose lease has ended is expired',
    ownership: { leaseEndsAt: ago(1) },
    standing: 'expired',
    why: '1h ago',
  },
  { title: 'one whose lease has not ended is owned', ownership: { leaseEndsAt: ago(-1) }, standing: 'owned' },
  {
    title: 'one that is being removed after its end is owned',
    ownership: { leaseEndsAt: ago(1), isBeingRemoved: true, phase: 'DeletingPool', phaseSince: ago(1) },
    standing: 'owned',
  },
  {
    title: 'one whose removal has not moved for long is stuck',
    ownership: { leaseEndsAt: ago(9), isBeingRemoved: true, phase: 'DeletingPool', phaseSince: ago(7) },
    standing: 'stuck',
    why: 'DeletingPool for 7h',
  },
  {
    title: 'one that waits for an operator is owned for a day',
    ownership: { open: ['env/team-a'], phase: 'AwaitingOperator', phaseSince: ago(23) },
    standing: 'owned',
  },
  {
    title: 'one that waits for an operator for longer is stuck',
    ownership: { open: ['env/team-a'], phase: 'AwaitingOperator', phaseSince: ago(25) },
    standing: 'stuck',
  },
  {
    title: 'a paused one is never stuck',
    ownership: { open: ['env/team-a'], phase: 'Paused', phaseSince: ago(400) },
    standing: 'owned',
  },
  {
    title: 'a pool that is being deleted for long is stuck',
    item: { leaving: true, changedAt: now - 7 * hour },
    standing: 'stuck',
    why: 'leaving for 7h',
  },
  { title: 'a pool that is still creating after long is stuck', item: { state: 'Creating' }, standing: 'stuck' },
  {
    title: 'a notebook that has just been started again is not stuck',
    item: { kind: 'notebook', createdAt: String(now - 48 * hour), state: 'STARTING', changedAt: now - hour },
    standing: 'owned',
  },
  {
    title: 'an operation that does not answer is not called stuck',
    ownership: { phase: null, phaseSince: null },
    standing: 'owned',
  },
];

describe('the ownership status of a resource', () => {
  test.each(rows)('$title', ({ item: changed, ownership: claimed, standing, why }) => {
    const ownerships = claimed === null ? [] : [{ ...ownership, ...claimed }];
    const result = ownershipStatusOf({ ...item, ...changed }, ownerships, installation, now);
    expect(result.standing).toBe(standing);
    if (why !== undefined) expect(result.why).toContain(why);
  });

  const markers = fc.constantFrom(
    item.marker,
    null,
    'unread' as const,
    { installation, owner: 'bbbbbbbb', spec: '22222222' },
    { installation: 'fffff0', owner: 'aaaaaaaa', spec: '11111111' },
  );
  const items = fc.record({
    kind: fc.constantFrom('pool' as const, 'notebook' as const),
    createdAt: fc.constantFrom('', ago(0.01), ago(100), String(now - 100 * hour), 'yesterday'),
    state: fc.constantFrom(null, 'Running', 'Creating', 'RUNNING', 'STOPPING', 'a new word'),
    leaving: fc.boolean(),
    changedAt: fc.constantFrom(null, now, now - 100 * hour),
    marker: markers,
    isProtected: fc.boolean(),
  });
  const times = fc.constantFrom(null, ago(0.1), ago(100), ago(-5));
  const claimed = fc.record({
    owner: fc.constantFrom('aaaaaaaa', 'bbbbbbbb'),
    name: fc.constantFrom(null, 'team-a'),
    workflowId: fc.constantFrom(null, 'env/team-a'),
    open: fc.subarray(['env/team-a', 'lease/team-a', 'teardown/team-a', 'notebook/team-a']),
    answer: fc.constantFrom('asked' as const, 'unknown' as const),
    phase: fc.constantFrom(null, 'Leased', 'AwaitingPool', 'AwaitingOperator', 'DeletingPool'),
    phaseSince: times,
    leaseEndsAt: times,
    isBeingRemoved: fc.boolean(),
    ended: fc.constant(null),
  });

  test('nothing is an orphan for which Temporal has not answered', () => {
    fc.assert(
      fc.property(items, fc.array(claimed, { maxLength: 2 }), (drawn, ownerships) => {
        const silent = ownerships.map((one) => ({ ...one, answer: 'unknown' as const }));
        expect(ownershipStatusOf({ ...item, ...drawn }, silent, installation, now).standing).not.toBe('orphan');
      }),
    );
  });

  test('nothing is an orphan while a workflow that could own it is open', () => {
    fc.assert(
      fc.property(items, claimed, (drawn, one) => {
        const ownerships = [{ ...one, name: 'team-a', workflowId: 'env/team-a', open: [...one.open, 'lease/team-a'] }];
        expect(ownershipStatusOf({ ...item, ...drawn }, ownerships, installation, now).standing).not.toBe('orphan');
      }),
    );
  });

  test('resources without our marker are always foreign, and unread ones always unknown', () => {
    fc.assert(
      fc.property(items, fc.array(claimed, { maxLength: 2 }), (drawn, ownerships) => {
        const { standing } = ownershipStatusOf({ ...item, ...drawn }, ownerships, installation, now, ownershipLimits);
        const { marker } = drawn;
        expect(standing === 'foreign').toBe(
          marker === null || (marker !== 'unread' && marker.installation !== installation),
        );
        if (marker === 'unread') expect(standing).toBe('unknown');
      }),
    );
  });
});
