import { describe, expect, test } from '@jest/globals';
import { playChaos } from './environment-run.js';

const perTest = 15;

/** Plays this many seeds; two files share them, so that both cores have work. */
export function testSeeds(first: number, count: number): void {
  describe('seeded chaos', () => {
    test.each(Array.from({ length: count / perTest }, (_, index) => first + index * perTest))(
      'keeps every promise from seed %i on',
      async (from) => {
        for (let seed = from; seed < from + perTest; seed += 1) {
          const { problems } = await playChaos(seed);
          expect({ seed, problems }).toEqual({ seed, problems: [] });
        }
      },
      300_000,
    );
  });
}
