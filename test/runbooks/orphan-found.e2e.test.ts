import { test } from '@jest/globals';
import { bothApis, pageMs, runRunbook } from './situation.js';

test.each(bothApis)(
  'an orphan with a notebook of the %s API is adopted or deleted',
  async (_api, notebook) => {
    await runRunbook('orphan-found', {}, async (on) => {
      await on.worker();
      const orphan = async (name: string) => {
        await on.start({ name, notebook });
        await on.until(({ phase }) => phase === 'Ready', `env/${name}`);
        await on.client.workflow.getHandle(`lease/${name}`).terminate('by mistake');
      };
      await orphan('team-a');
      await on.run('Diagnose');
      await on.run('Act: Adopt it');
      await on.run('Verify: It has an owner');
      await on.run('Act: Delete it');
      await on.run('Verify: Everything is deleted');
      await orphan('team-b');
      await on.run('Act: Delete many');
      await on.run('Verify: Everything is deleted');
    });
  },
  pageMs,
);
