import * as fc from 'fast-check';
import { describeDuration, formatDuration, parseDuration } from '../../src/domain/duration.js';

describe('a duration', () => {
  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['90m', 5_400_000],
    ['1.5h', 5_400_000],
    ['1.1h', 3_960_000],
    ['2d', 172_800_000],
    ['0s', 0],
    ['1h30m', 5_400_000],
    ['1d12h', 129_600_000],
    ['1m500ms', 60_500],
    ['1d2h3m4s5ms', 93_784_005],
    ['0h0m', 0],
  ])('%s is read as %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '90',
    '',
    'm',
    '-5m',
    '30m1h',
    '1h1h',
    '1h30',
    '1h 30m',
    '1.5h30m',
    '1h1.5m',
    '36500d1ms',
    '1 h',
    ' 1h',
    '5M',
    '1e3s',
    '.5h',
    '1.h',
    '90min',
    '36501d',
    `${'9'.repeat(400)}d`,
  ])('is not read from %j', (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  it.each([
    [0, '0s'],
    [1, '1ms'],
    [1_500, '1500ms'],
    [5_400_000, '90m'],
    [86_400_000, '1d'],
    [259_200_000, '3d'],
  ])('of %d ms has the canonical text %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it('of several units is the same duration as the canonical text', () => {
    const units = ['d', 'h', 'm', 's', 'ms'] as const;
    const amounts = fc.tuple(...units.map(() => fc.option(fc.integer({ min: 0, max: 999 }))));
    fc.assert(
      fc.property(amounts, (given) => {
        const parts = units.flatMap((unit, index) => (given[index] === null ? [] : [`${given[index]}${unit}`]));
        fc.pre(parts.length > 0);
        const sum = parts.reduce((total, part) => total + (parseDuration(part) ?? Number.NaN), 0);
        expect(parseDuration(parts.join(''))).toBe(sum);
        expect(parseDuration(formatDuration(sum))).toBe(sum);
      }),
    );
  });

  it('comes back from its canonical text unchanged', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 36_500 * 86_400_000 }), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms);
      }),
    );
  });

  it.each([
    [0, '0s'],
    [350, '350ms'],
    [5_900, '5s'],
    [65_000, '1m 5s'],
    [3_900_000, '1h 5m'],
    [3_600_000, '1h'],
    [90_061_000, '1d 1h'],
    [-60_000, '-1m'],
  ])('of %d ms is described as %s', (ms, text) => {
    expect(describeDuration(ms)).toBe(text);
  });
});
