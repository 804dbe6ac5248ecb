import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import { renderChecks } from '../../src/cli/output/checks.js';
import { renderTable } from '../../src/cli/output/table.js';
import { localTimes } from '../../src/cli/output/time.js';
import { wrapText } from '../../src/cli/output/width.js';

const rows = [
  ['team-a', 'Leased', 'team-a is in use until the evening, see https://example.com/a/very/long/path/indeed'],
  ['b', 'Ready', 'short'],
];

describe('a table on a terminal', () => {
  test('cuts the last column where a line would break', () => {
    expect(renderTable(rows, ['NAME', 'PHASE', 'WHY'], { columns: 40, last: 'cut' }).split('\n')).toEqual([
      'NAME    PHASE   WHY',
      'team-a  Leased  team-a is in use until …',
      'b       Ready   short',
    ]);
  });

  test('or wraps it, and breaks a word that is longer than a line', () => {
    expect(renderTable(rows, undefined, { columns: 44, last: 'wrap' }).split('\n')).toEqual([
      'team-a  Leased  team-a is in use until the',
      '                evening, see',
      '                https://example.com/a/very/l',
      '                ong/path/indeed',
      'b       Ready   short',
    ]);
  });

  test('moves a word to a line below where it fits', () => {
    expect(renderTable(rows, undefined, { columns: 46, last: 'wrap' }).split('\n')).toEqual([
      'team-a  Leased',
      '  team-a is in use until the evening, see',
      '  https://example.com/a/very/long/path/indeed',
      'b       Ready',
      '  short',
    ]);
  });

  test('does not count colours', () => {
    const { green } = pc.createColors(true);
    const text = renderTable([[green('team-a'), 'as long as the room is']], undefined, { columns: 30, last: 'cut' });
    expect(text).toBe(`${green('team-a')}  as long as the room is`);
  });

  test('is unchanged without a width', () => {
    const whole = renderTable(rows);
    expect(renderTable(rows, undefined, { columns: undefined, last: 'cut' })).toBe(whole);
  });
});

describe('a table that folds', () => {
  const networks = [
    ['network-7a3e', 'network-7a3e-0123456789', 'Active', '192.168.0.0/17'],
    ['n', 'n-0123456789', 'Creating', '-'],
  ];
  const head = ['NAME', 'ID', 'PHASE', 'CIDR'];

  test('moves columns to lines below and cuts no id', () => {
    const text = renderTable(networks, head, { columns: 50, last: 'wrap' });
    expect(text.split('\n')).toEqual([
      'NAME          ID                       PHASE',
      '  CIDR',
      'network-7a3e  network-7a3e-0123456789  Active',
      '  192.168.0.0/17',
      'n             n-0123456789             Creating',
      '  -',
    ]);
  });

  test('moves a sentence to a line of its own, cut to the width', () => {
    const text = renderTable(rows, ['NAME', 'PHASE', 'WHY'], { columns: 30, last: 'cut' });
    expect(text.split('\n')).toEqual([
      'NAME    PHASE',
      '  WHY',
      'team-a  Leased',
      '  team-a is in use until the …',
      'b       Ready',
      '  short',
    ]);
  });

  test('is unchanged where there is room, or no width', () => {
    const wide = { columns: 80, last: 'wrap' } as const;
    expect(renderTable(networks, head, { ...wide })).toBe(renderTable(networks, head, wide));
    const none = { columns: undefined, last: 'cut' } as const;
    expect(renderTable(rows, undefined, { ...none })).toBe(renderTable(rows));
  });
});

test('a text is wrapped between words and keeps its line breaks', () => {
  const problems = 'pool.count: must be more\npool.flavors: none of them is known here';
  expect(wrapText(problems, 24)).toBe('pool.count: must be more\npool.flavors: none of\nthem is known here');
  expect(wrapText(problems, undefined)).toBe(problems);
});

test('a command in backticks is broken only when longer than a line', () => {
  const next = 'When it may go: `maops env teardown team-a`, then look.';
  expect(wrapText(next, 30)).toBe('When it may go:\n`maops env teardown team-a`,\nthen look.');
  expect(wrapText(next, 24)).toBe('When it may go: `maops\nenv teardown team-a`,\nthen look.');
});

test('the finding of a check and its hint are wrapped', () => {
  const check = {
    check: 'settings',
    state: 'failed',
    finding: 'half a kind of credentials',
    hint: 'Set both.',
  } as const;
  expect(renderChecks([check], { colors: pc.createColors(false), columns: 40 }).split('\n')).toEqual([
    'failed  settings  half a kind of',
    '                  credentials',
    '                  -> Set both.',
  ]);
});

test('times in a sentence are shown in the local zone', () => {
  expect(localTimes('approval until 2026-11-22T08:48:28.759Z; or not', 'Europe/Berlin')).toBe(
    'approval until 2026-11-22 09:48 CET; or not',
  );
});

test('times in quotes are unchanged, because they are part of a query', () => {
  const text = 'It is a List Filter of Temporal, as StartTime < "2026-01-31T00:00:00Z".';
  expect(localTimes(text, 'Europe/Berlin')).toBe(text);
});

test('times in workflow ids are unchanged, because other commands take the id', () => {
  const text =
    'starting sweep/nightly-2026-11-21T09:40:00Z, audit/2026-11-21T09:40:00.123Z, sweep/manual-2026-11-21T09:40:00.000Z-ab12';
  expect(localTimes(text, 'Europe/Berlin')).toBe(text);
});
