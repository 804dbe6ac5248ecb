import { expect, test } from '@jest/globals';
import { freshNamespace } from '../support/fresh-namespace.js';
import { temporalAddress } from '../support/temporal-server.js';
import { pageMs, playRunbook } from './situation.js';

/** As if it had been the first digits of the id of the namespace that is lost. */
const old = { MAOPS_INSTALLATION: '3cb54c' };

test(
  'after the loss of the database everything that was made gets an owner again',
  async () => {
    await playRunbook('lost-database', {}, async (on) => {
      const before = await on.worker(old);
      await on.start({ name: 'team-b' });
      await on.start();
      for (const name of ['team-a', 'team-b']) await on.until(({ phase }) => phase === 'Ready', `env/${name}`);
      before.kill('SIGTERM');
      await before.ended;

      const empty = { TEMPORAL_NAMESPACE: await freshNamespace(temporalAddress().address, 'empty') };
      const unaware = await on.worker(empty);
      await on.play('Look', empty);
      unaware.kill('SIGTERM');
      await unaware.ended;
      const made = on.simulator.summary();
      await on.play('Act: Be the old installation again', empty);
      await on.play('Act: An environment whose spec you have', empty);
      await on.play('Act: An environment whose spec is lost', empty);
      await on.play('Verify', empty);
      for (const create of ['pools.create', 'notebooks.create'])
        expect({ create, sent: on.simulator.summary()[create] }).toEqual({ create, sent: made[create] });
    });
  },
  pageMs,
);
