import fc from 'fast-check';
import type { Inventory, InventoryItem, Ownership } from '../../src/domain/resource/inventory.js';
import type { SweepRules } from '../../src/domain/sweep/rules.js';

export const installation = 'abc123';
export const now = Date.UTC(2026, 5, 1, 12);
export const hour = 60 * 60_000;

/** A notebook or pool as an inventory may hold it, with what a test does not care about filled in. */
export function item(change: Partial<InventoryItem> = {}): InventoryItem {
  const kind = change.kind ?? 'pool';
  const created = now - 48 * hour;
  return {
    kind,
    id: 'p-1',
    name: 'team-a',
    createdAt: kind === 'pool' ? new Date(created).toISOString() : String(created),
    state: kind === 'pool' ? 'Running' : 'RUNNING',
    changedAt: null,
    leaving: false,
    marker: { installation, owner: 'aaaaaaaa', spec: '00000000' },
    isProtected: false,
    labels: {},
    workspaceId: '0',
    poolId: null,
    flavors: {},
    ...change,
  };
}

export function notebook(change: Partial<InventoryItem> = {}): InventoryItem {
  return item({ kind: 'notebook', id: 'n-1', ...change });
}

export function inventory(items: readonly InventoryItem[], unread: readonly string[] = []): Inventory {
  return { at: now, items, unread };
}

/** The record of an owner: nothing is open, and nothing is known to have ended. */
export function ownership(change: Partial<Ownership> = {}): Ownership {
  return {
    owner: 'aaaaaaaa',
    name: 'team-a',
    workflowId: 'env/team-a',
    open: [],
    answer: 'asked',
    phase: null,
    phaseSince: null,
    leaseEndsAt: null,
    isBeingRemoved: false,
    ended: null,
    ...change,
  };
}

export function leased(change: Partial<Ownership> = {}): Ownership {
  const since = new Date(now - 24 * hour).toISOString();
  return ownership({ open: ['lease/team-a'], phase: 'Leased', phaseSince: since, ...change });
}

export function rules(change: Partial<SweepRules> = {}): SweepRules {
  return {
    protect: { names: [], labels: {}, workspaces: [], minAgeMs: 0 },
    orphans: { minAgeMs: 0 },
    idle: null,
    busy: 'keep',
    maxShare: 1,
    ...change,
  };
}

/** A cloud with its owners in Temporal, and the changes that may happen before an item is deleted. */
export interface RandomWorld {
  readonly items: readonly InventoryItem[];
  readonly ownerships: readonly Ownership[];
  readonly unread: readonly string[];
  readonly rules: SweepRules;
  readonly later: {
    readonly items: readonly InventoryItem[];
    readonly ownerships: readonly Ownership[];
    readonly afterMs: number;
  };
}

const names = ['team-a', 'team-b', 'team-c', 'prod-x'] as const;
const ownerOf = (name: string, kind: string) =>
  `${kind}${name}`
    .replace(/[^a-f]/g, '')
    .padEnd(8, '0')
    .slice(0, 8);
const kinds = ['env', 'pool', 'notebook'] as const;
const known = names.flatMap((name) =>
  kinds.map((kind, index) => ({
    owner: `${ownerOf(name, kind).slice(0, 6)}${names.indexOf(name)}${index}`,
    name,
    kind,
  })),
);
const owners = [...known.map(({ owner }) => owner), 'ffffff00', 'ffffff01'];
const ages = fc.constantFrom(0, hour, 3 * hour, 30 * hour, 300 * hour);
const atAge = (age: number, isPool: boolean) => (isPool ? new Date(now - age).toISOString() : String(now - age));

const markers = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({
      installation: fc.constant(installation),
      owner: fc.constantFrom(...owners),
      spec: fc.constant('00000000'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      installation: fc.constant('ffffff'),
      owner: fc.constantFrom(...owners),
      spec: fc.constant('00000000'),
    }),
  },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant('unread' as const) },
);

const items = (id: number): fc.Arbitrary<InventoryItem> =>
  fc
    .record({
      isPool: fc.boolean(),
      name: fc.constantFrom(...names, 'other'),
      age: ages,
      hasAge: fc.constantFrom(true, true, true, true, true, true, true, false),
      state: fc.constantFrom('RUNNING', 'STOPPED', 'STOPPED', 'DELETED', null),
      phase: fc.constantFrom('Running', 'Running', 'Running', 'Abnormal', 'CreationFailed', 'Deleting'),
      changedAge: fc.option(ages),
      marker: markers,
      isProtected: fc.integer({ min: 0, max: 14 }).map((n) => n === 0),
      tier: fc.constantFrom('prod', 'dev', 'dev', 'dev'),
      workspaceId: fc.constantFrom('0', '0', '0', '7', null),
      poolId: fc.option(fc.constantFrom('r-0', 'r-1', 'r-2'), { freq: 2 }),
    })
    .map(({ isPool, name, age, hasAge, state, phase, changedAge, marker, isProtected, tier, workspaceId, poolId }) => ({
      kind: isPool ? ('pool' as const) : ('notebook' as const),
      id: `r-${id}`,
      name,
      createdAt: hasAge ? atAge(age, isPool) : '',
      state: isPool ? phase : state,
      changedAt: changedAge === null ? null : now - changedAge,
      leaving: isPool && phase === 'Deleting',
      marker,
      isProtected,
      labels: { tier },
      workspaceId,
      poolId: isPool ? null : poolId,
      flavors: {},
    }));

const time = ages.map((age) => new Date(now - age).toISOString());

/** Ownership of one name. All have the same answer, because the operations on a name are asked together. */
const ownershipOfName = (name: string): fc.Arbitrary<Ownership[]> =>
  fc
    .record({
      open: fc.constantFrom(
        [],
        [],
        [`lease/${name}`],
        [`lease/${name}`],
        [`env/${name}`],
        [`lease/${name}`, `teardown/${name}`],
      ),
      answer: fc.constantFrom(
        'asked' as const,
        'asked' as const,
        'asked' as const,
        'asked' as const,
        'unknown' as const,
      ),
      phase: fc.constantFrom('Leased', 'Leased', 'Leased', 'Paused', 'DeletingPool'),
      phaseSince: fc.option(time),
      leaseEndsAt: fc.option(fc.oneof(time, fc.constant(new Date(now + hour).toISOString()))),
      isBeingRemoved: fc.boolean(),
      ended: fc.option(fc.record({ phase: fc.constantFrom('Gone', 'Cancelled', 'Failed', 'TERMINATED'), at: time })),
    })
    .map((told) =>
      known
        .filter((one) => one.name === name)
        .map(({ owner, kind }) => ({ owner, name, workflowId: `${kind}/${name}`, ...told })),
    );

const nameless = fc
  .constantFrom('asked' as const, 'unknown' as const)
  .map((answer) => ['ffffff00', 'ffffff01'].map((owner) => ownership({ owner, name: null, workflowId: null, answer })));

const ownerships = fc.tuple(...names.map(ownershipOfName), nameless).map((parts) => parts.flat());

const randomRules: fc.Arbitrary<SweepRules> = fc.record({
  protect: fc.record({
    names: fc.constantFrom<readonly string[]>([], [], ['prod-*']),
    labels: fc.constantFrom<Readonly<Record<string, string>>>({}, {}, { tier: 'prod' }),
    workspaces: fc.constantFrom<readonly string[]>([], [], ['7']),
    minAgeMs: fc.constantFrom(0, 2 * hour),
  }),
  orphans: fc.option(fc.record({ minAgeMs: fc.constantFrom(0, 24 * hour) })),
  idle: fc.option(fc.record({ afterMs: fc.constantFrom(0, 12 * hour) })),
  busy: fc.constantFrom('keep' as const, 'delete' as const, { drain: '2h' }),
  maxShare: fc.constantFrom(0.2, 1, 1),
});

/** What may happen to one resource before its turn comes. */
const plannedOutcomes = fc.constantFrom(
  'stays',
  'stays',
  'stays',
  'stays',
  'stays',
  'stays',
  'goes',
  'remade',
  'protected',
  'taken',
  'unmarked',
  'guest',
);

function applyChange(one: InventoryItem, change: string): InventoryItem[] {
  switch (change) {
    case 'goes':
      return [];
    case 'remade':
      return [{ ...one, createdAt: one.kind === 'pool' ? new Date(now).toISOString() : String(now) }];
    case 'protected':
      return [{ ...one, isProtected: true }];
    case 'taken':
      return [{ ...one, marker: { installation: 'ffffff', owner: 'aaaaaaaa', spec: '00000000' } }];
    case 'unmarked':
      return [{ ...one, marker: null }];
    case 'guest':
      return [one, { ...notebook({ id: `guest-${one.id}`, marker: null }), poolId: one.id }];
    default:
      return [one];
  }
}

export const randomWorlds: fc.Arbitrary<RandomWorld> = fc
  .record({
    items: fc
      .integer({ min: 0, max: 8 })
      .chain((size) => fc.tuple(...Array.from({ length: size }, (_, id) => items(id)))),
    plannedOutcomes: fc.array(plannedOutcomes, { minLength: 8, maxLength: 8 }),
    ownerships,
    laterOwnerships: ownerships,
    ownershipsChange: fc.constantFrom(true, false, false),
    unread: fc.constantFrom<readonly string[]>([], [], ['notebooks: no answer']),
    rules: randomRules,
    afterMs: fc.constantFrom(0, hour),
  })
  .map((drawn) => ({
    items: drawn.items,
    ownerships: drawn.ownerships,
    unread: drawn.unread,
    rules: drawn.rules,
    later: {
      items: drawn.items.flatMap((one, index) => applyChange(one, drawn.plannedOutcomes[index] ?? 'stays')),
      ownerships: drawn.ownershipsChange ? drawn.laterOwnerships : drawn.ownerships,
      afterMs: drawn.afterMs,
    },
  }));
