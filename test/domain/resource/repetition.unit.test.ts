import { expect, test } from '@jest/globals';
import { given, isDue, noCommand, untilRepeat } from '../../../src/domain/resource/repetition.js';

const pollMax = 30_000;

test('a command is given at once, and again only when it showed no effect for longer each time', () => {
  let last = noCommand;
  let now = 0;
  const gaps: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    expect(isDue(last, 'delete', pollMax, now)).toBe(true);
    last = given(last, 'delete', now);
    expect(isDue(last, 'delete', pollMax, now)).toBe(false);
    const gap = untilRepeat(last, pollMax, now);
    expect(isDue(last, 'delete', pollMax, now + gap - 1)).toBe(false);
    gaps.push(gap / pollMax);
    now += gap;
  }
  expect(gaps).toEqual([2, 4, 8, 16, 32, 32, 32]);
});

test('another command is due at once', () => {
  expect(isDue(given(noCommand, 'stop RUNNING', 0), 'delete STOPPED', pollMax, 1)).toBe(true);
});
