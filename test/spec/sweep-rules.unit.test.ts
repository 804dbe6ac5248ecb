import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parseText } from '../../src/spec/source.js';
import { checkSweepRules } from '../../src/spec/sweep-rules.js';

const root = join(__dirname, '..', '..');
const nothing = {
  protect: { names: [], labels: {}, workspaces: [], minAgeMs: 0 },
  orphans: null,
  idle: null,
  busy: 'keep',
  maxShare: 0.2,
};

describe('the rules of a sweep', () => {
  test.each([undefined, null, {}, { protect: null, orphans: null, idle: null }])(
    'keep the most by default: %j',
    (document) => {
      expect(checkSweepRules(document)).toEqual({ ok: true, rules: nothing });
    },
  );

  test('are read from the example', () => {
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
        busy: 'keep',
        maxShare: 0.2,
      },
    });
  });

  test.each([
    ['keep', 'keep'],
    ['delete', 'delete'],
    [{ drain: '120m' }, { drain: '2h' }],
  ])('busy: %j', (busy, expected) => {
    expect(checkSweepRules({ busy })).toMatchObject({ ok: true, rules: { busy: expected } });
  });

  test.each<readonly [unknown, readonly string[]]>([
    [[], ['']],
    [{ orphans: {} }, ['orphans.minAge']],
    [{ orphan: {} }, ['orphan']],
    [{ protect: { min_age: '2h' } }, ['protect.min_age']],
    [{ maxShare: 20 }, ['maxShare']],
    [{ maxShare: '120%' }, ['maxShare']],
    [{ maxShare: '100.5%' }, ['maxShare']],
    [{ idle: 5, protect: { names: 'prod-*' } }, ['idle', 'protect.names']],
    [{ busy: 'drain' }, ['busy']],
    [{ busy: { drain: 5 } }, ['busy']],
    // A label with null must not be ignored: it would protect less.
    [{ protect: { labels: { tier: null } } }, ['protect.labels.tier']],
  ])('%j are refused', (document, expected) => {
    const checked = checkSweepRules(document);
    expect(checked.ok ? [] : checked.problems.map(({ path }) => path)).toEqual(expected);
  });
});
