import { describe, expect, test } from '@jest/globals';
import { playChaos } from '../support/virtual/chaos.js';

const seeds = 150;
const perTest = 15;

/** What chaos has found, kept: each of these seeds once broke a promise. */
const regressions = [
  { seed: 15, found: 'a pool that was made but is not shown yet was taken for gone by the way back' },
  { seed: 136, found: 'a lease went on owning notebooks that a teardown had removed before it was refused' },
];

describe('seeded chaos', () => {
  test.each(Array.from({ length: seeds / perTest }, (_, index) => index * perTest))(
    'keeps every promise from seed %i on',
    async (from) => {
      for (let seed = from; seed < from + perTest; seed += 1) {
        const { problems } = await playChaos(seed);
        expect({ seed, problems }).toEqual({ seed, problems: [] });
      }
    },
    60_000,
  );

  test.each(regressions)('keeps every promise with seed $seed: $found', async ({ seed }) => {
    expect(await playChaos(seed)).toMatchObject({ seed, problems: [] });
  });

  test('plays the same story twice for the same seed', async () => {
    expect(await playChaos(7)).toEqual(await playChaos(7));
  });
});
