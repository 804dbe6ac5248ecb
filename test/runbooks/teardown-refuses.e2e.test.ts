import { expect, test } from '@jest/globals';
import { playRunbook } from './situation.js';

test('a teardown leaves a pool that someone else uses, until they have gone', async () => {
  await playRunbook('teardown-refuses', {}, async (on) => {
    await on.worker();
    await on.start();
    await on.until(({ phase }) => phase === 'Ready');
    await on.place('notebooks', { name: 'night-run', pool: `team-a-${on.simulator.projectId}` });
    await expect(on.clear()).rejects.toThrow();
    await on.play('Look');
    await on.place('notebooks/night-run', { status: 'DELETED' });
    await on.play('Act: Tear down again');
    await on.play('Verify');
  });
}, 90_000);
