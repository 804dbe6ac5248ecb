import { describe, expect, test } from '@jest/globals';
import {
  capacityPause,
  decideCapacity,
  leavesChoice,
  nextChoice,
  pauseBeforeRound,
} from '../../../src/domain/provision/capacity.js';
import type { LastCreate } from '../../../src/domain/provision/resource-state.js';
import type { FlavorFacts } from '../../../src/domain/resource/flavor.js';

const none: LastCreate = { outcome: 'none' };
const unknown: LastCreate = { outcome: 'unknown', sentAt: 0, since: 1_000, why: 'lost' };

describe('capacity', () => {
  const choices = ['a', 'b'].map((flavor) => ({ resources: [{ flavor, count: 1 }] }));
  const flavors = (onSale: string): FlavorFacts[] =>
    ['a', 'b'].map((name) => ({ name, sale: { az: onSale.includes(name) ? 'normal' : 'sellout' } }));
  test.each([
    ['ab', 0, { act: 'create', choice: 0 }],
    ['b', 0, { act: 'create', choice: 1 }],
    ['ab', 1, { act: 'create', choice: 1 }],
    ['', 0, { act: 'await' }],
    ['a', 1, { act: 'pause' }],
    ['', 1, { act: 'pause' }],
  ])('on sale: %j, present choice %s', (onSale, present, decision) => {
    expect(decideCapacity(choices, flavors(onSale), present)).toEqual(decision);
  });
});

describe('after a create without capacity', () => {
  test.each([
    ['a pool', true, false, none, true],
    ['a pool that may exist', true, false, unknown, true],
    ['a prepaid pool', true, true, none, true],
    ['a prepaid pool that may exist', true, true, unknown, false],
    ['a notebook', false, false, none, false],
    ['a notebook on a prepaid pool', false, true, none, false],
  ])('the choice of %s (sale status %s, prepaid %s) is left', (_title, hasSaleStatus, isPrepaid, last, leaves) => {
    expect(leavesChoice(hasSaleStatus, isPrepaid, last)).toBe(leaves);
  });

  test.each([
    [0, 1, null],
    [0, 2, 1],
    [1, 2, null],
    [1, 3, 2],
  ])('choice %s of %s is followed by %s', (choice, count, next) => {
    expect(nextChoice(choice, count)).toBe(next);
  });
});

describe('the pause before the next round', () => {
  const pace = { consistencyWindowMs: 300_000, pollMaxMs: 30_000 };

  test('grows from 1 to 10 minutes at the default pace', () => {
    expect([1, 2, 3, 4, 9].map((refusals) => capacityPause(refusals, 30_000) / 60_000)).toEqual([1, 2, 4, 8, 10]);
  });

  test.each([
    ['nothing was sent', 1, none, 1_000, 60_000],
    ['the consistency window has begun', 1, unknown, 1_000, 300_000],
    ['half of it is over', 1, unknown, 151_000, 150_000],
    ['it is over', 1, unknown, 400_000, 60_000],
    ['the growing pause is longer than the rest of it', 4, unknown, 1_000, 480_000],
  ])('%s', (_title, refusals, last, now, pauseMs) => {
    expect(pauseBeforeRound(refusals, last, pace, now)).toBe(pauseMs);
  });
});
