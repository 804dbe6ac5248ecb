import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { addPage, completed, emptyTally, partialReport, reportOf } from '../../../src/domain/audit/pages.js';
import { type AuditFinding, findingOf, makeReport } from '../../../src/domain/audit/report.js';
import type { InventoryItem } from '../../../src/domain/resource/inventory.js';

const now = Date.UTC(2026, 0, 10);
const prices = { currency: 'EUR', flavors: { big: 2.5 } };

const items = fc.array(
  fc.record({ age: fc.nat(100), ours: fc.boolean(), flavor: fc.constantFrom('big', 'small'), stopped: fc.boolean() }),
  { maxLength: 60 },
);

function itemOf(
  { age, ours, flavor, stopped }: { age: number; ours: boolean; flavor: string; stopped: boolean },
  index: number,
): InventoryItem {
  return {
    kind: 'notebook',
    id: `n-${index}`,
    name: `name-${index % 7}`,
    createdAt: String(now - age * 3_600_000),
    state: stopped ? 'STOPPED' : 'RUNNING',
    changedAt: null,
    leaving: false,
    marker: ours ? { installation: 'abc123', owner: 'aaaaaaaa', spec: '11111111' } : null,
    isProtected: false,
    labels: {},
    workspaceId: null,
    poolId: null,
    flavors: stopped ? {} : { [flavor]: 1 },
  };
}

const about = { at: new Date(now).toISOString(), source: 'cloud', installation: 'abc123' } as const;

test('pages of any size make the report that the whole list makes', () => {
  fc.assert(
    fc.property(items, fc.integer({ min: 1, max: 20 }), (drawn, size) => {
      const all = drawn.map(itemOf);
      const facts = { ownerships: null, installation: 'abc123', prices, now };
      const whole = makeReport({ ...facts, inventory: { at: now, items: all, unread: ['pools: no'] } });
      const findings: AuditFinding[] = [];
      let tally = emptyTally;
      for (let from = 0; from === 0 || from < all.length; from += size) {
        const page = all.slice(from, from + size);
        const unpriced = page.some(({ flavors }) => 'small' in flavors) ? ['small'] : [];
        const found = page.map((item) => findingOf(item, facts));
        findings.push(...found);
        tally = addPage(tally, {
          at: now,
          findings: found,
          currency: 'EUR',
          unpriced,
          unread: ['pools: no'],
          next: null,
        });
      }
      expect(reportOf(tally, findings, about)).toEqual({ ...whole, source: 'cloud' });
      const partial = partialReport(tally, [{ runId: 'r', count: 1 }], about);
      expect(completed(partial, findings)).toEqual(whole);
      expect(completed(partial, findings.slice(1))).toEqual(findings.length === 0 ? whole : null);
    }),
  );
});
