import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { InventoryItem, Ownership } from '../../../src/domain/resource/inventory.js';
import { ownershipStatusOf } from '../../../src/domain/resource/ownership-status.js';
import { noUse, type PoolUse, stateOfUse, useOf } from '../../../src/domain/resource/pool-use.js';
import { recheck } from '../../../src/domain/sweep/recheck.js';
import { matches, type SweepRules } from '../../../src/domain/sweep/rules.js';
import { makePlan } from '../../../src/domain/teardown/make-plan.js';
import { type PlanDraft, type PlanItem, partsOf } from '../../../src/domain/teardown/plan.js';
import { planHash } from '../../../src/spec/hash.js';
import {
  hour,
  installation,
  inventory,
  item,
  leased,
  notebook,
  now,
  ownership,
  type RandomWorld,
  randomWorlds,
  rules,
} from '../worlds.js';

const sweep = (
  items: readonly InventoryItem[],
  ownerships: readonly Ownership[],
  by: SweepRules = rules(),
): PlanDraft => makePlan(inventory(items), installation, { about: 'everything', ownerships, rules: by }, now);

const ago = (hours: number) => new Date(now - hours * hour).toISOString();
const shown = ({ items, kept }: PlanDraft) => [
  ...items.map(({ kind, reason }) => `${kind} goes: ${reason}`),
  ...kept.map(({ kind, rule }) => `${kind} stays: ${rule}`),
];

describe('why a sweep would delete a resource', () => {
  test.each<readonly [string, Ownership, readonly string[]]>([
    ['nothing while an operation is open', ownership({ open: ['env/team-a'], phase: 'AwaitingPool' }), []],
    ['nothing while its lease lasts', leased({ leaseEndsAt: new Date(now + hour).toISOString() }), []],
    ['nothing on a lease without an end', leased(), []],
    ['expired: the lease has ended', leased({ leaseEndsAt: ago(1) }), ['pool goes: expired']],
    ['nothing while an operator has paused its lease', leased({ leaseEndsAt: ago(1), phase: 'Paused' }), []],
    [
      'nothing while the lease removes it',
      leased({ leaseEndsAt: ago(1), isBeingRemoved: true, phaseSince: ago(0.1) }),
      [],
    ],
    [
      'expired: the lease removes it, and has not moved for hours',
      leased({ leaseEndsAt: ago(9), isBeingRemoved: true, phaseSince: ago(8) }),
      ['pool goes: expired'],
    ],
    [
      'nothing while a teardown is open',
      leased({ leaseEndsAt: ago(1), open: ['teardown/team-a', 'lease/team-a'] }),
      [],
    ],
    [
      'released: the name ended Gone, and it is still there',
      ownership({ ended: { phase: 'Gone', at: ago(1) } }),
      ['pool goes: released'],
    ],
    [
      'released: its operation was cancelled',
      ownership({ ended: { phase: 'Cancelled', at: ago(1) } }),
      ['pool goes: released'],
    ],
    [
      'orphan: it is younger than that end',
      ownership({ ended: { phase: 'Gone', at: ago(72) } }),
      ['pool goes: orphan'],
    ],
    [
      'orphan: its operation was terminated',
      ownership({ ended: { phase: 'TERMINATED', at: ago(1) } }),
      ['pool goes: orphan'],
    ],
    ['orphan: its creator is unknown', ownership({ name: null, workflowId: null }), ['pool goes: orphan']],
    ['nothing when Temporal gave no answer', ownership({ answer: 'unknown' }), []],
  ])('%s', (_title, told, expected) => {
    expect(shown(sweep([item()], [told]))).toEqual(expected);
  });

  test('reports what it cannot judge as unknown', () => {
    expect(sweep([item()], [ownership({ answer: 'unknown' })]).unread).toEqual([
      'pool team-a (p-1): Temporal could not say whether an operation owns it',
    ]);
  });

  test('idle: all its notebooks have been stopped for long, and its pool is deleted with them', () => {
    const stopped = { state: 'STOPPED', changedAt: now - 13 * hour };
    const idle = rules({ idle: { afterMs: 12 * hour } });
    const both = [item(), notebook(stopped)];
    expect(shown(sweep(both, [leased()], idle))).toEqual(['notebook goes: idle', 'pool goes: idle']);
    expect(shown(sweep(both, [leased()]))).toEqual([]);
    expect(shown(sweep([item()], [leased()], idle))).toEqual([]);
    expect(shown(sweep([...both, notebook({ id: 'n-2' })], [leased()], idle))).toEqual([]);
    expect(shown(sweep([...both, notebook({ id: 'n-2', state: 'STOPPED' })], [leased()], idle))).toEqual([]);
  });
});

test('a plan never deletes a pool with a job, or blindly, unless the rule is delete', () => {
  const job = { resource: 'p-1', id: 'j', name: 'j', kind: 'train', owner: null, status: 'Running', since: null };
  const uses: readonly (PoolUse | null)[] = [noUse, useOf([job]), useOf([], ['403']), null];
  const any = fc.record({ world: randomWorlds, use: fc.constantFrom(...uses) });
  fc.assert(
    fc.property(any, ({ world, use }) => {
      const { items, unread, ownerships, rules: by } = world;
      const question = { about: 'everything', ownerships, rules: by, useOf: () => use } as const;
      const plan = makePlan(inventory(items, unread), installation, question, now);
      const state = use === null ? 'unknown' : stateOfUse(use);
      if (state === 'idle' || by.busy === 'delete' || (state === 'busy' && by.busy !== 'keep')) return;
      expect(plan.items.filter(({ kind }) => kind === 'pool')).toEqual([]);
    }),
  );
});

describe('an environment that was idle when the plan was made', () => {
  const idle = rules({ idle: { afterMs: 12 * hour } });
  const planAt = (changedAt: number) =>
    sweep([item(), notebook({ state: 'STOPPED', changedAt })], [leased()], { ...idle, idle: { afterMs: 0 } });
  const planned = sweep([item(), notebook({ state: 'STOPPED', changedAt: now - 13 * hour })], [leased()], idle);

  test('may be deleted as long as it has not run since', () => {
    expect(planHash(planAt(now - 13 * hour).items)).toBe(planHash(planned.items));
  });

  test('is kept when it was started and stopped since', () => {
    const fresh = planAt(now - hour);
    expect(planHash(fresh.items)).not.toBe(planHash(planned.items));
    const present = inventory([item(), notebook({ state: 'STOPPED', changedAt: now - hour })]);
    expect(planned.items.map((one) => recheck(one, present, fresh).verdict)).toEqual(['changed', 'changed']);
  });
});

describe('resources that a sweep keeps', () => {
  test.each<readonly [string, Partial<InventoryItem>, Partial<SweepRules['protect']>, string]>([
    ['the mark of an operator', { isProtected: true }, {}, 'maops:keep'],
    ['a name', {}, { names: ['team-*'] }, 'name team-*'],
    ['a label', { labels: { tier: 'prod', of: 'x' } }, { labels: { tier: 'prod', cost: 'none' } }, 'label tier=prod'],
    ['a workspace', { workspaceId: '7' }, { workspaces: ['7'] }, 'workspace 7'],
    [
      'the default workspace, which is not always reported',
      { workspaceId: null },
      { workspaces: ['0'] },
      'workspace 0',
    ],
    ['its youth', {}, { minAgeMs: 72 * hour }, 'younger than 3d'],
    ['an unknown creation time', { createdAt: '' }, {}, 'its creation time is unknown'],
    ['being deleted already', { leaving: true }, {}, 'it is already being deleted'],
  ])('is kept by %s', (_title, change, protect, rule) => {
    const by = rules({ protect: { ...rules().protect, ...protect } });
    const kept = ownership({ ended: null, name: 'team-a' });
    expect(shown(sweep([item(change)], [kept], by))).toEqual([`pool stays: ${rule}`]);
  });

  test('keeps all orphans without an orphan rule, and young ones with one', () => {
    expect(shown(sweep([item()], [ownership()], rules({ orphans: null })))).toEqual([
      'pool stays: the rules do not delete orphans',
    ]);
    expect(shown(sweep([item()], [ownership()], rules({ orphans: { minAgeMs: 72 * hour } })))).toEqual([
      'pool stays: an orphan younger than 3d',
    ]);
  });

  test('is not empty only because the clock of the service is ahead', () => {
    const createdAt = new Date(now + hour).toISOString();
    expect(shown(sweep([item({ createdAt })], [ownership()]))).toEqual(['pool goes: orphan']);
  });

  test('is the whole environment when a part of it is kept', () => {
    const both = [item(), notebook({ isProtected: true })];
    expect(shown(sweep(both, [ownership()]))).toEqual([
      'notebook stays: maops:keep',
      'pool stays: stays with notebook team-a',
    ]);
  });

  test("is a pool with another user's notebook on it, and every resource of its name", () => {
    const guest = notebook({ id: 'g', name: 'guest', marker: null, poolId: 'p-1' });
    expect(shown(sweep([item(), notebook(), guest], [ownership()]))).toEqual([
      'notebook stays: stays with pool team-a',
      'pool stays: notebook guest runs on it',
    ]);
  });

  test('is not a pool whose other notebook is deleted too, and first', () => {
    const owner = { installation, owner: 'bbbbbbbb', spec: '00000000' };
    const guest = notebook({ id: 'g', name: 'a-guest', marker: owner, poolId: 'p-1' });
    const plan = sweep(
      [item(), guest],
      [ownership(), ownership({ owner: 'bbbbbbbb', name: 'zz', workflowId: 'notebook/zz' })],
    );
    expect(shown(plan)).toEqual(['pool goes: orphan', 'notebook goes: orphan']);
    expect(partsOf(plan.items).map(({ environment }) => environment)).toEqual(['zz', 'team-a']);
  });
});

describe('the share that one plan may delete', () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => item({ id: `p-${index}` }));
  test.each([
    [3, 0, null],
    [4, 16, null],
    [4, 15, 'it would delete 4 of the 19 resources that carry our marker (21.1 %, more than 20 %)'],
    [50, 0, 'it would delete 50 of the 50 resources that carry our marker (100 %, more than 20 %)'],
  ])('%d that go and %d that stay', (going, staying, refusal) => {
    const used = many(staying).map((one, index) => ({
      ...one,
      id: `s-${index}`,
      marker: { installation, owner: 'bbbbbbbb', spec: '00000000' },
    }));
    const ownerships = [ownership(), leased({ owner: 'bbbbbbbb', name: 'team-b', open: ['lease/team-b'] })];
    expect(sweep([...many(going), ...used], ownerships, rules({ maxShare: 0.2 })).refusal).toBe(refusal);
  });
});

describe('the plan of one name', () => {
  const creators = [
    { owner: 'aaaaaaaa', workflowId: 'env/team-a' },
    { owner: 'cccccccc', workflowId: 'pool/team-a' },
  ];
  const asked = (...items: InventoryItem[]) =>
    makePlan(inventory(items), installation, { about: 'name', name: 'team-a', creators }, now);

  test('lists what was created under it, notebooks first, with the operation that created it', () => {
    expect(asked(item(), notebook()).items.map(({ kind, why }) => `${kind} ${why}`)).toEqual([
      'notebook created by env/team-a',
      'pool created by env/team-a',
    ]);
  });

  test('is never refused for its share', () => {
    expect(asked(...[1, 2, 3, 4, 5].map((n) => notebook({ id: `n-${n}` }))).refusal).toBeNull();
  });

  test('leaves everything when a part of it is protected', () => {
    expect(shown(asked(item({ isProtected: true }), notebook()))).toEqual([
      'notebook stays: stays with pool team-a',
      'pool stays: maops:keep',
    ]);
  });

  test("keeps only the pool when another user's notebook is on it", () => {
    const guest = notebook({ id: 'g', name: 'guest', marker: null, poolId: 'p-1' });
    expect(shown(asked(item(), notebook(), guest))).toEqual([
      'notebook goes: asked',
      'pool stays: notebook guest runs on it',
    ]);
  });

  test.each([
    ['no marker', null],
    ['another installation’s', { installation: 'ffffff', owner: 'aaaaaaaa', spec: '00000000' }],
    ['another name’s', { installation, owner: 'bbbbbbbb', spec: '00000000' }],
    ['one that was not reported', 'unread' as const],
  ])('shows a pool of the name with %s, and leaves it', (_title, marker) => {
    expect(shown(asked(item({ marker })))).toEqual(['pool stays: not created under this name by this installation']);
  });

  test('leaves out other users’ notebooks and records of deleted ones', () => {
    expect(shown(asked(notebook({ marker: null }), notebook({ state: 'DELETED' })))).toEqual([]);
  });
});

describe('the hash of a plan', () => {
  const planned: PlanItem = sweep([item()], [ownership()]).items[0] ?? fail();
  test.each<readonly [string, Partial<PlanItem>]>([
    ['kind', { kind: 'notebook' }],
    ['id', { id: 'p-2' }],
    ['creation time', { createdAt: ago(1) }],
    ['marker', { marker: 'maops:abc123-aaaaaaaa-11111111' }],
    ['protection', { isProtected: true }],
    ['reason', { reason: 'released' }],
  ])('changes with an item’s %s', (_what, change) => {
    expect(planHash([{ ...planned, ...change }])).not.toBe(planHash([planned]));
  });

  test('depends neither on the order of the items nor on displayed text', () => {
    const other = { ...planned, id: 'p-0' };
    expect(planHash([planned, other])).toBe(planHash([{ ...other, why: 'else' }, planned]));
    expect(planHash([planned])).toMatch(/^[0-9a-f]{16}$/);
  });
});

function fail(): never {
  throw new Error('the plan has no item');
}

describe('a pattern for names', () => {
  test.each([
    ['prod-*', 'prod-a', true],
    ['prod-*', 'my-prod-a', false],
    ['*-prod', 'a-prod', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'acb', false],
    ['aba*aba', 'aba', false],
    ['*', '', true],
    ['team-a', 'team-a', true],
    ['team-a', 'team-ab', false],
    ['t.am-a', 'team-a', false],
  ])('%s and %s', (pattern, name, expected) => {
    expect(matches(pattern, name)).toBe(expected);
  });
});

describe('the last look at an item before its delete', () => {
  const look = (now2: readonly InventoryItem[], told: Ownership = ownership(), unread: readonly string[] = []) => {
    const fresh = makePlan(
      inventory(now2, unread),
      installation,
      { about: 'everything', ownerships: [told], rules: rules() },
      now,
    );
    return recheck(planned, inventory(now2, unread), fresh).verdict;
  };
  const planned: PlanItem = sweep([item()], [ownership()]).items[0] ?? fail();

  test.each<readonly [string, string, ReturnType<typeof look>]>([
    ['same: nothing has happened', 'same', look([item()])],
    ['gone: it is not there any more', 'gone', look([])],
    ['changed: it is not there, but not everything could be read', 'changed', look([], ownership(), ['pools: 502'])],
    ['changed: it was created again', 'changed', look([item({ createdAt: ago(1) })])],
    [
      'changed: it carries the marker of another spec',
      'changed',
      look([item({ marker: { installation, owner: 'aaaaaaaa', spec: '11111111' } })]),
    ],
    ['changed: it carries none', 'changed', look([item({ marker: null })])],
    ['changed: an operation owns it again', 'changed', look([item()], ownership({ open: ['env/team-a'] }))],
    ['changed: Temporal gives no answer any more', 'changed', look([item()], ownership({ answer: 'unknown' }))],
    ['changed: its reason is another', 'changed', look([item()], ownership({ ended: { phase: 'Gone', at: ago(1) } }))],
    ['protected: it is marked', 'protected', look([item({ isProtected: true })])],
    ['protected: a notebook is on it', 'protected', look([item(), notebook({ marker: null, poolId: 'p-1' })])],
  ])('says %s', (_title, expected, verdict) => {
    expect(verdict).toBe(expected);
  });
});

/** Makes a plan and applies it item by item in the changed world, with the product's own last check. */
function carriedOut(world: RandomWorld): { plan: PlanDraft; deleted: PlanItem[] } {
  const question = (ownerships: readonly Ownership[]) =>
    ({ about: 'everything', ownerships, rules: world.rules }) as const;
  const plan = makePlan(inventory(world.items, world.unread), installation, question(world.ownerships), now);
  if (plan.refusal !== null) return { plan, deleted: [] };
  const later = inventory(world.later.items);
  const fresh = makePlan(later, installation, question(world.later.ownerships), now + world.later.afterMs);
  return { plan, deleted: plan.items.filter((one) => recheck(one, later, fresh).verdict === 'same') };
}

describe('in random worlds that change between plan and delete', () => {
  const everywhere = (check: (world: RandomWorld) => void, numRuns = 10_000) =>
    fc.assert(fc.property(randomWorlds, check), { numRuns, seed: 7 });

  test('only planned resources are deleted in 10,000 of them, and each is still the same resource', () => {
    let deletes = 0;
    everywhere((world) => {
      const { plan, deleted } = carriedOut(world);
      for (const one of deleted) {
        deletes += 1;
        expect(plan.items).toContain(one);
        const there = world.later.items.filter(({ kind, id }) => kind === one.kind && id === one.id);
        expect(there.map(({ createdAt }) => createdAt)).toContain(one.createdAt);
      }
    });
    expect(deletes).toBeGreaterThan(500);
  });

  test('nothing protected, foreign, unread or unknown is deleted in 10,000 of them, neither as planned nor as changed since', () => {
    let deletes = 0;
    everywhere((world) => {
      for (const one of carriedOut(world).deleted) {
        deletes += 1;
        for (const [items, ownerships] of [
          [world.items, world.ownerships],
          [world.later.items, world.later.ownerships],
        ] as const) {
          const seen = items.find(({ kind, id }) => kind === one.kind && id === one.id);
          expect(seen).toMatchObject({ isProtected: false, marker: { installation } });
          if (seen === undefined) continue;
          expect(world.rules.protect.workspaces).not.toContain(seen.workspaceId ?? '0');
          if (world.rules.protect.labels.tier !== undefined) expect(seen.labels.tier).toBe('dev');
          if (world.rules.protect.names.length > 0) expect(seen.name.startsWith('prod-')).toBe(false);
          const { standing } = ownershipStatusOf(seen, ownerships, installation, now);
          expect(['foreign', 'unknown']).not.toContain(standing);
          if (world.rules.orphans === null && one.reason !== 'released') expect(standing).not.toBe('orphan');
        }
      }
    });
    expect(deletes).toBeGreaterThan(500);
  });

  test('a pool is never deleted under a notebook that stays', () => {
    const met = { stays: 0, goes: 0 };
    everywhere((world) => {
      const { plan } = carriedOut(world);
      const going = (one: InventoryItem) => plan.items.some(({ kind, id }) => kind === one.kind && id === one.id);
      for (const pool of plan.items.filter(({ kind }) => kind === 'pool')) {
        const guests = world.items.filter(({ poolId, state }) => poolId === pool.id && state !== 'DELETED');
        met.goes += guests.length;
        expect(guests.every(going)).toBe(true);
      }
      met.stays += plan.kept.filter(({ rule }) => rule.endsWith('runs on it')).length;
    });
    expect(Math.min(met.stays, met.goes)).toBeGreaterThan(10);
  });

  test('an environment is deleted as a whole or not at all', () => {
    let mixed = 0;
    everywhere((world) => {
      const { plan } = carriedOut(world);
      const gone = new Set(plan.items.map(({ environment }) => environment).filter((one) => one !== null));
      for (const kept of plan.kept) expect(gone).not.toContain(kept.environment);
      if (gone.size > 0 && plan.kept.some(({ environment }) => environment !== null)) mixed += 1;
    }, 2_000);
    expect(mixed).toBeGreaterThan(10);
  });

  test('a plan is the same each time it is made', () => {
    everywhere((world) => {
      const again = { ...world, items: [...world.items].reverse() };
      expect(planHash(carriedOut(again).plan.items)).toBe(planHash(carriedOut(world).plan.items));
    }, 2_000);
  });
});
