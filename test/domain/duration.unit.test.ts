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
  ])('%s is read as %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '90',
    '',
    'm',
    '-5m',
    '1h30m',
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
