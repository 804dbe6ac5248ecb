import { test } from '@jest/globals';
import { pageMs, playRunbook } from './situation.js';

test(
  'what lost its owner gets one again, or is removed',
  async () => {
    await playRunbook('orphan-found', {}, async (on) => {
      await on.worker();
      const orphan = async (name: string) => {
        await on.start({ name });
        await on.until(({ phase }) => phase === 'Ready', `env/${name}`);
        await on.client.workflow.getHandle(`lease/${name}`).terminate('by mistake');
      };
      await orphan('team-a');
      await on.play('Look');
      await on.play('Act: Give it an owner');
      await on.play('Verify: It has an owner');
      await on.play('Act: Remove it');
      await on.play('Verify: It is gone');
      await orphan('team-b');
      await on.play('Act: Remove many');
      await on.play('Verify: It is gone');
    });
  },
  pageMs,
);
