import { expect, test } from '@jest/globals';
import { freshNamespace } from '../support/fresh-namespace.js';
import { temporalAddress } from '../support/temporal-server.js';
import { bothApis, pageMs, runRunbook } from './situation.js';

/** Installation id of the lost namespace. */
const old = { MAOPS_INSTALLATION: '3cb54c' };

test.each(bothApis)(
  'after a lost database every resource gets an owner again (%s notebook API)',
  async (_api, notebook) => {
    await runRunbook('lost-database', {}, async (on) => {
      const before = await on.worker(old);
      await on.start({ name: 'team-b', notebook });
      await on.start({ notebook });
      for (const name of ['team-a', 'team-b']) await on.until(({ phase }) => phase === 'Ready', `env/${name}`);
      before.kill('SIGTERM');
      await before.ended;

      const empty = { TEMPORAL_NAMESPACE: await freshNamespace(temporalAddress().address, 'empty') };
      const unaware = await on.worker(empty);
      await on.run('Diagnose', empty);
      unaware.kill('SIGTERM');
      await unaware.ended;
      const made = on.simulator.summary();
      await on.run('Act: Restore the old installation id', empty);
      await on.run('Act: Create an environment again from its spec', empty);
      await on.run('Act: Adopt an environment without its spec', empty);
      await on.run('Verify', empty);
      for (const create of ['pools.create', 'notebooks.create', 'currentNotebooks.create'])
        expect({ create, sent: on.simulator.summary()[create] }).toEqual({ create, sent: made[create] });
    });
  },
  pageMs,
);
