import { test } from '@jest/globals';
import { pageMs, playRunbook } from './situation.js';

test(
  'what lost its owner gets one again, or is removed',
  async () => {
    await playRunbook('orphan-found', {}, async (on) => {
      await on.worker();
      await on.start();
      await on.until(({ phase }) => phase === 'Ready');
      await on.client.workflow.getHandle('lease/team-a').terminate('by mistake');
      await on.play('Look');
      await on.play('Act: Give it an owner');
      await on.play('Verify: It has an owner');
      await on.play('Act: Remove it');
      await on.play('Verify: It is gone');
    });
  },
  pageMs,
);
