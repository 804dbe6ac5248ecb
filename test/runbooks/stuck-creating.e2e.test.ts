import { test } from '@jest/globals';
import { bothApis, pageMs, runRunbook } from './situation.js';

/** One node never becomes available, and the pool stays `Creating`. */
const faults = [
  { operation: 'pools.create', kind: 'partialNodes', missing: 1 },
  { operation: 'pools.create', kind: 'stuck', phase: 'Creating' },
] as const;

test.each(bothApis)(
  'a pool that stays Creating, for a notebook of the %s API, gets more time, and is then cancelled',
  async (_api, notebook) => {
    await runRunbook('stuck-creating', { faults }, async (on) => {
      await on.worker();
      await on.start({ notebook });
      await on.until(({ pool }) => pool?.nodes.available === 1);
      await on.run('Diagnose');
      await on.run('Act: More time');
      await on.run('Verify: Paused');
      await on.run('Act: Resume');
      await on.run('Act: Give up');
      await on.run('Verify: Given up');
    });
  },
  pageMs,
);
