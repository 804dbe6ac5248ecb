import { describe, expect, test } from '@jest/globals';
import { playLeaseRace } from './lease-race.js';

const seeds = 300;
const perTest = 20;

/** More of them: `npm run chaos -- --leases --seeds 10000`. */
describe('extensions, releases, pauses, crashes and the end of a lease', () => {
  test.each(Array.from({ length: seeds / perTest }, (_, index) => index * perTest))(
    'race without a teardown that is early or missed from seed %i on',
    async (from) => {
      for (let seed = from; seed < from + perTest; seed += 1) {
        const { problems } = await playLeaseRace(seed);
        expect({ seed, problems }).toEqual({ seed, problems: [] });
      }
    },
    240_000,
  );

  test('are the same for the same seed', async () => {
    expect(await playLeaseRace(7)).toEqual(await playLeaseRace(7));
  }, 120_000);
});
