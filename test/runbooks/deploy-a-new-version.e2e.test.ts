import { test } from '@jest/globals';
import { makeCurrent, untilKnown } from './deployment.js';
import { bothApis, pageMs, runRunbook } from './situation.js';

test.each(bothApis)(
  'a new version becomes current beside the old one, and leases of a notebook of the %s API move to it',
  async (_api, notebook) => {
    await runRunbook('deploy-a-new-version', {}, async (on) => {
      const old = await on.worker({ MAOPS_BUILD_ID: '2026-11-21' });
      await makeCurrent(on.client, '2026-11-21');
      await on.start({ notebook });
      await on.until(({ phase }) => phase === 'Ready');
      await on.run('Diagnose');
      await on.run('Act: Start the new workers beside the old ones');
      await untilKnown(on.client, '2026-11-22');
      await on.run('Act: Make the new version current');
      await on.run('Act: Move long-running leases');
      old.kill('SIGTERM');
      await old.ended;
      await on.run('Verify');
    });
  },
  pageMs,
);
