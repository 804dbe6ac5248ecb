import { expect, test } from '@jest/globals';
import { WorkflowFailedError } from '@temporalio/client';
import { pageMs, playRunbook } from './situation.js';

test(
  'a teardown leaves what is protected, and a pool that someone else uses, until they agree',
  async () => {
    await playRunbook('teardown-refuses', {}, async (on) => {
      await on.worker();
      const refused = () => expect(on.clear()).rejects.toThrow(WorkflowFailedError);
      await on.start();
      await on.until(({ phase }) => phase === 'Ready');
      await on.client.workflow.execute('changeResource', {
        workflowId: 'change/environment/team-a',
        taskQueue: 'modelarts-ops',
        args: [{ kind: 'environment', name: 'team-a', change: 'protect', by: 'lead', reason: 'the demo is on Friday' }],
      });
      await refused();
      await on.play('Look: Protected by somebody');
      await on.play('Look: Either way');
      await on.play('Act: Unprotect');

      await on.place('notebooks', { name: 'night-run', pool: `team-a-${on.simulator.projectId}` });
      await refused();
      await on.play('Look: Used by somebody else');
      await on.play('Look: Either way');
      await on.place('notebooks/night-run', { status: 'DELETED' });
      await on.play('Act: Tear down again');
      await on.play('Verify');
    });
  },
  pageMs,
);
