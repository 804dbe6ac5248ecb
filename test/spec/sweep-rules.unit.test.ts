import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseText } from '../../src/spec/source.js';
import { checkSweepRules, sweepRulesJsonSchema } from '../../src/spec/sweep-rules.js';

const root = join(__dirname, '..', '..');
const nothing = {
  protect: { names: [], labels: {}, workspaces: [], minAgeMs: 0 },
  orphans: null,
  idle: null,
  maxShare: 0.2,
};

describe('the rules of a sweep', () => {
  test.each([undefined, null, {}, { protect: null, orphans: null, idle: null }])(
    'are the careful ones when nothing is said: %j',
    (document) => {
      expect(checkSweepRules(document)).toEqual({ ok: true, rules: nothing });
    },
  );

  test('of the example are read as they are meant', () => {
    const parsed = parseText(readFileSync(join(root, 'examples', 'sweep-rules.yaml'), 'utf8'));
    expect(checkSweepRules(parsed.ok ? parsed.value : parsed)).toEqual({
      ok: true,
      rules: {
        protect: {
          names: ['prod-*', '*-demo'],
          labels: { tier: 'prod' },
          workspaces: ['7'],
          minAgeMs: 2 * 3_600_000,
        },
        orphans: { minAgeMs: 24 * 3_600_000 },
        idle: { afterMs: 12 * 3_600_000 },
        maxShare: 0.2,
      },
    });
  });

  test.each<readonly [unknown, readonly string[]]>([
    [[], [': must be a group of keys with values']],
    [{ orphans: {} }, ['orphans.minAge: is required']],
    [{ orphan: {} }, ['orphan: unknown key `orphan`; did you mean `orphans`?']],
    [{ protect: { min_age: '2h' } }, ['protect.min_age: unknown key `min_age`; did you mean `minAge`?']],
    [{ maxShare: 20 }, ['maxShare: must be a share in percent, such as 20%']],
    [{ maxShare: '120%' }, ['maxShare: must be a share in percent from 0% to 100%, such as 20%']],
    [{ maxShare: '100.5%' }, ['maxShare: must be a share in percent from 0% to 100%, such as 20%']],
    [
      { idle: 5, protect: { names: 'prod-*' } },
      ['idle: has no unit: write 5ms, 5s, 5m, 5h or 5d', 'protect.names: must be a list of name patterns'],
    ],
  ])('%j are refused with every problem', (document, expected) => {
    const checked = checkSweepRules(document);
    expect(checked.ok ? [] : checked.problems.map(({ path, message }) => `${path}: ${message}`)).toEqual(expected);
  });

  test('have the JSON Schema that the checks give (else run `npx tsx scripts/json-schema.ts`)', () => {
    const published = readFileSync(join(root, 'docs', 'schema', 'sweep-rules.schema.json'), 'utf8');
    expect(published).toBe(`${JSON.stringify(sweepRulesJsonSchema(), null, 2)}\n`);
  });
});
