import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import { adoptionOf, renderAdoption, renderAudit } from '../../src/cli/output/audit.js';
import type { AuditFinding, AuditReport } from '../../src/domain/audit/report.js';

function finding(change: Partial<AuditFinding> = {}): AuditFinding {
  return {
    kind: 'pool',
    id: 'team-a-0123456789abcdef0123456789abcdef',
    name: 'team-a',
    state: 'Running',
    standing: 'owned',
    isProtected: false,
    owner: 'env/team-a',
    marker: 'maops:abc123-aaaaaaaa-11111111',
    createdAt: '2026-03-01T10:00:00.000Z',
    ageSeconds: 97_200,
    cost: { perHour: 2.2, sinceCreation: 59.4, currency: 'EUR' },
    why: 'lease/team-a: Leased',
    ...change,
  };
}

const report: AuditReport = {
  at: '2026-03-02T13:00:00.000Z',
  source: 'temporal',
  installation: 'abc123',
  findings: [
    finding({
      name: 'lost',
      standing: 'orphan',
      owner: 'env/lost',
      why: 'created by env/lost; its last operation ended TERMINATED at 2026-03-02T12:00:00.000Z',
    }),
    finding(),
    finding({
      kind: 'notebook',
      isProtected: true,
      state: 'STOPPED',
      cost: { perHour: 0, sinceCreation: null, currency: 'EUR' },
    }),
    finding({
      name: 'theirs',
      standing: 'foreign',
      owner: null,
      marker: null,
      cost: null,
      why: 'no marker',
      ageSeconds: null,
    }),
  ],
  counts: { orphan: 1, owned: 2, foreign: 1, expired: 0, stuck: 0, unknown: 0 },
  costs: { perHour: 4.4, sinceCreation: 118.8, currency: 'EUR' },
  unpriced: ['modelarts.vm.cpu.2u'],
  unread: ['notebooks in workspace 7: 502'],
};

describe('an audit as text', () => {
  test('has one row per resource, sums, gaps, and what to do next', () => {
    expect(renderAudit(report, { timeZone: 'Europe/Berlin' })).toBe(`\
KIND      NAME    OWNERSHIP  STATE    AGE    COST/H  SO FAR  WHY
pool      lost    orphan     Running  1d 3h  2.20    59.40   created by env/lost; its last operation ended TERMINATED at 2026-03-02 13:00 CET
pool      team-a  owned      Running  1d 3h  2.20    59.40   lease/team-a: Leased
notebook  team-a  owned*     STOPPED  1d 3h  0.00    ?       lease/team-a: Leased
pool      theirs  foreign    Running  -      ?       ?       no marker

1 orphan, 2 owned, 1 foreign, some lists could not be read; 4.40 EUR/hour; total so far at least 118.80  (* protected)

no price for modelarts.vm.cpu.2u: not included in the sums
not read: notebooks in workspace 7: 502

orphan: adopt it with \`maops audit adopt lost\`, or delete it with a sweep: \`maops sweep plan\`.`);
  });

  test('fits a terminal: a reason that needs action is wrapped, others are cut; no costs without a price table', () => {
    const long = { why: 'lease/team-a: Leased, and this reason is longer now' };
    const findings = report.findings.map((one) => ({
      ...one,
      cost: null,
      ...(one.why.startsWith('lease') ? long : {}),
    }));
    const text = renderAudit({ ...report, costs: null, findings }, { timeZone: 'Asia/Shanghai', columns: 80 });
    expect(text.split('\n').slice(1, 5)).toEqual([
      'pool      lost    orphan     Running  1d 3h  created by env/lost; its last',
      '                                             operation ended TERMINATED at',
      '                                             2026-03-02 20:00 GMT+8',
      'pool      team-a  owned      Running  1d 3h  lease/team-a: Leased, and this rea…',
    ]);
    expect(text).not.toMatch(/COST|EUR/);
  });

  test('has the reason below the row next to a long name', () => {
    const findings = report.findings.map((one) => ({ ...one, name: 'a-name-of-thirty-letters-in-all' }));
    const text = renderAudit({ ...report, findings }, { timeZone: 'UTC', columns: 80 });
    const [head, below, ...lines] = text.split('\n\n')[0]?.split('\n') ?? [];
    expect(head).toMatch(/^KIND +NAME .* COST\/H$/);
    expect(below).toMatch(/^ +SO FAR +WHY$/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.join(' ').replaceAll(/\s+/g, ' ')).toContain('its last operation ended TERMINATED at');
  });

  test('offers to adopt a resource with a known name, else a sweep', () => {
    const nameless = finding({ name: 'stray', standing: 'orphan', owner: null, why: 'it carries our marker' });
    const both = { ...report, findings: [nameless, ...report.findings] };
    expect(renderAudit(both, { timeZone: 'UTC' })).toMatch(/\n\norphan: .*`maops audit adopt lost`.*$/);
    expect(renderAudit({ ...report, findings: [nameless] }, { timeZone: 'UTC' })).toMatch(
      /\n\norphan: stray .*`maops sweep plan`\.$/,
    );
  });

  test('of only the cloud names the command that reads the owners', () => {
    const findings = [finding({ standing: 'unknown', why: 'carries our marker; Temporal was not asked' })];
    const text = renderAudit({ ...report, source: 'cloud', findings }, { timeZone: 'UTC' });
    expect(text).toMatch(/\n\nunknown: .*`maops audit`/);
  });

  test('has no total when the costs so far are unknown', () => {
    const findings = [finding({ ageSeconds: null, cost: { perHour: 2.2, sinceCreation: null, currency: 'EUR' } })];
    const costs = { perHour: 2.2, sinceCreation: null, currency: 'EUR' };
    expect(renderAudit({ ...report, findings, costs }, { timeZone: 'UTC' })).toContain(
      '2.20 EUR/hour; total so far unknown',
    );
  });

  test('of an empty project is a sentence', () => {
    const counts = { orphan: 0, owned: 0, foreign: 0, expired: 0, stuck: 0, unknown: 0 };
    expect(
      renderAudit({ ...report, findings: [], counts, costs: null, unpriced: [], unread: [] }, { timeZone: 'UTC' }),
    ).toBe('no pools or notebooks');
  });
});

describe('an adoption', () => {
  const adoptedInto = 'lease/lost';
  const pool = finding({ id: 'lost-1', name: 'lost', owner: 'env/lost', adoptedInto });
  const notebook = finding({ kind: 'notebook', id: 'nb-1', name: 'lost', owner: 'env/lost', adoptedInto });
  const noEnd = { endsAt: null, maxEndsAt: null, extensions: 0 };
  const adoption = (findings: readonly AuditFinding[], id: string, lease: Parameters<typeof renderAdoption>[2]) =>
    renderAdoption(id, adoptionOf({ ...report, findings }, id), lease, {
      timeZone: 'UTC',
      now: 0,
      colors: pc.createColors(false),
    });

  test('says in one sentence what exists, who owns it and when that ends', () => {
    expect(adoption([finding(), pool], 'lost', noEnd)).toBe('pool lost adopted: lease/lost owns it, with no end');
    expect(adoption([pool, notebook, finding()], 'nb-1', { ...noEnd, endsAt: '2026-03-03T10:00:00.000Z' })).toBe(
      'pool lost and notebook lost adopted: lease/lost owns them until 2026-03-03 10:00:00 UTC',
    );
  });

  test('leaves out what is unknown', () => {
    expect(adoption([pool], 'lost-1', null)).toBe('pool lost adopted: lease/lost owns it');
    expect(adoption([finding()], 'team-a', noEnd)).toBe('team-a adopted');
  });
});
