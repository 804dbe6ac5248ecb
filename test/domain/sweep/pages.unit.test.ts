import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type PlanPage, pageOf, wholePlan, withinLimits } from '../../../src/domain/sweep/pages.js';
import { hasPool, type KeptItem, order, type Plan, type PlanItem, partsOf } from '../../../src/domain/teardown/plan.js';

/** A plan that is sorted as `makePlan` sorts it: by environment, kind, name and id. */
function planOf(environments: readonly { name: number; kinds: readonly PlanItem['kind'][]; why: number }[]): Plan {
  const all = environments.flatMap(({ name, kinds, why }, index) =>
    kinds.map(
      (kind, number): KeptItem => ({
        kind,
        id: `${index}-${number}`,
        name: `env-${name}`,
        createdAt: '2026-03-01T10:00:00Z',
        marker: `maops:abc123-${String(name).padStart(8, '0')}-11111111`,
        isProtected: false,
        reason: 'orphan',
        environment: name % 3 === 0 ? null : `env-${name}`,
        workspaceId: null,
        why: 'x'.repeat(why),
        rule: 'name env-*',
      }),
    ),
  );
  const groupOf = ({ environment, marker }: PlanItem) => environment ?? `#${marker.split('-')[1]}`;
  all.sort(
    (a, b) => order(groupOf(a), groupOf(b)) || order(a.kind, b.kind) || order(a.name, b.name) || order(a.id, b.id),
  );
  const kept = all.filter(({ name }) => name.endsWith('1'));
  const items = all.filter((item) => !kept.includes(item)).map(({ rule: _rule, ...item }) => item);
  return { hash: 'h', madeAt: '', jobs: [], carrying: all.length, refusal: null, unread: [], items, kept };
}

const plans = fc
  .array(
    fc.record({
      name: fc.nat(40),
      kinds: fc.array(fc.constantFrom<PlanItem['kind']>('pool', 'notebook'), { minLength: 1, maxLength: 4 }),
      why: fc.nat(6_000),
    }),
    { maxLength: 120 },
  )
  .map(planOf);

function pagesOf(plan: Plan): PlanPage[] {
  const pages: PlanPage[] = [];
  for (let next: number | null = 0; next !== null; ) {
    const page: PlanPage = pageOf(plan, (items) => `hash of ${items.length}`, next);
    pages.push(page);
    ({ next } = page);
  }
  return pages;
}

const sizeOf = (value: unknown) => JSON.stringify(value).length;

test('the pages of a plan together are the plan, whatever its size', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const pages = pagesOf(plan);
      const totals = { items: plan.items.length, kept: plan.kept.length };
      expect(wholePlan({ ...plan, partial: true, totals }, pages)).toEqual(plan);
      expect(wholePlan({ ...plan, partial: true, totals: { ...totals, kept: totals.kept + 1 } }, pages)).toBeNull();
    }),
  );
});

test('a part is never divided, and those with a pool are last', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const parts = pagesOf(plan).flatMap((page) => page.parts);
      expect(parts.map(({ items }) => items)).toEqual(partsOf(plan.items).map(({ items }) => items));
      expect(parts.map(({ hash }) => hash)).toEqual(parts.map(({ items }) => `hash of ${items.length}`));
      const withPool = parts.map(hasPool);
      expect(withPool).toEqual([...withPool].sort());
    }),
  );
});

test('a page of several parts is small, a partial plan is small, and a small plan stays as it is', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      for (const { parts, kept } of pagesOf(plan))
        if (parts.length + kept.length > 1) expect(sizeOf([parts, kept])).toBeLessThan(100 * 1024);
      const limited = withinLimits(plan);
      expect(sizeOf(limited)).toBeLessThan(140 * 1024);
      if (sizeOf([plan.items, plan.kept]) <= 128 * 1024) expect(limited).toEqual(plan);
      else expect(limited).toMatchObject({ partial: true, totals: { items: plan.items.length } });
    }),
  );
});

test('many unread lines are bounded, and the rest is counted', () => {
  const unread = Array.from({ length: 5_000 }, (_, index) => `notebook ${index}: ${'y'.repeat(1_000)}`);
  const { unread: bounded } = withinLimits({ ...planOf([]), unread });
  expect(bounded).toHaveLength(100);
  expect(bounded.at(-1)).toBe('and 4901 more');
});
