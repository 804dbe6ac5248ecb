import { WithStartWorkflowOperation, WorkflowUpdateStage } from '@temporalio/client';
import type { Scenario, Scene } from './scenario.js';

const finish = async (scene: Scene, how: 'now' | 'whenHandled' = 'now') => {
  await scene.signal('finish', how);
  return await scene.result();
};
const closed = [{ name: 'WorkflowNotFoundError' }];
const updateFailed = (type: string) => [
  { name: 'WorkflowUpdateFailedError' },
  { name: 'ApplicationFailure', type, nonRetryable: true },
];

/** Sends an update with the start of its workflow. */
const updateWithStart = async (scene: Scene, item: string) => {
  const startWorkflowOperation = new WithStartWorkflowOperation('collect', {
    workflowId: scene.id,
    taskQueue: scene.target.taskQueue,
    args: [],
    workflowIdConflictPolicy: 'USE_EXISTING',
  });
  const args: [string] = [item];
  const sent = scene.target.client.workflow.executeUpdateWithStart('addAndCount', { args, startWorkflowOperation });
  return await scene.outcome(sent);
};

/** Signals, updates and queries. */
export const messageScenarios: readonly Scenario[] = [
  {
    name: 'signals arrive in the order in which they were sent',
    async observe(scene) {
      await scene.start('collect');
      for (const item of ['a', 'b', 'c', 'd']) await scene.signal('add', item);
      return await finish(scene);
    },
    expected: ['a', 'b', 'c', 'd'],
  },
  {
    name: 'signal-with-start starts a workflow once and signals it each time',
    async observe(scene) {
      for (const item of ['a', 'b']) {
        const signal = { signal: 'add', signalArgs: [item] };
        const { client } = scene.target;
        await scene.during(
          client.workflow.signalWithStart('collect', { ...(scene.options([]) as object), ...signal } as never),
        );
      }
      return await finish(scene);
    },
    expected: ['a', 'b'],
  },
  {
    name: 'an update returns the result of its handler',
    async observe(scene) {
      await scene.start('collect');
      const counts = [await scene.update('addAndCount', ['a']), await scene.update('addAndCount', ['b'])];
      return { counts, items: await finish(scene) };
    },
    expected: { counts: [1, 2], items: ['a', 'b'] },
  },
  {
    name: 'a validator rejects an update, which leaves no trace',
    async observe(scene) {
      await scene.start('collect');
      const rejected = await scene.update('addAndCount', ['']);
      return { rejected, items: await finish(scene) };
    },
    expected: { rejected: updateFailed('EmptyItem'), items: [] },
  },
  {
    name: 'a handler that fails fails its update and not the workflow',
    async observe(scene) {
      await scene.start('collect');
      const failed = await scene.update('addAndCount', ['fails']);
      return { failed, items: await finish(scene) };
    },
    expected: { failed: updateFailed('HandlerFailed'), items: [] },
  },
  {
    name: 'a repeated update id joins the first update',
    async observe(scene) {
      await scene.start('collect');
      const counts = [
        await scene.update('addAndCount', ['a'], 'same'),
        await scene.update('addAndCount', ['b'], 'same'),
      ];
      return { counts, items: await finish(scene) };
    },
    expected: { counts: [1, 1], items: ['a'] },
  },
  {
    name: 'an accepted update completes later',
    async observe(scene) {
      await scene.start('collect');
      const update = await scene.during(
        scene.handle.startUpdate('slow', { waitForStage: WorkflowUpdateStage.ACCEPTED }),
      );
      const before = await scene.query('items');
      await scene.signal('add', 'release');
      const result = await scene.outcome(update.result());
      return { before, result, items: await finish(scene, 'whenHandled') };
    },
    expected: { before: ['slow started'], result: 'slow done', items: ['slow started', 'release'] },
  },
  {
    name: 'an accepted update fails if its workflow completes first',
    async observe(scene) {
      await scene.start('collect');
      const update = await scene.during(
        scene.handle.startUpdate('slow', { waitForStage: WorkflowUpdateStage.ACCEPTED }),
      );
      const items = await finish(scene);
      return { items, result: await scene.outcome(update.result()) };
    },
    expected: { items: ['slow started'], result: updateFailed('AcceptedUpdateCompletedWorkflow') },
  },
  {
    name: 'update-with-start starts a workflow once and updates it each time',
    async observe(scene) {
      const counts = [await updateWithStart(scene, 'a'), await updateWithStart(scene, 'b')];
      const rejected = await updateWithStart(scene, '');
      return { counts, rejected, items: await finish(scene) };
    },
    expected: { counts: [1, 2], rejected: updateFailed('EmptyItem'), items: ['a', 'b'] },
  },
  {
    name: 'a closed workflow takes no signal and no update, and ignores a cancel',
    async observe(scene) {
      await scene.start('collect');
      await finish(scene);
      return [
        await scene.outcome(scene.handle.signal('add', 'late')),
        await scene.update('addAndCount', ['late']),
        await scene.outcome(scene.handle.cancel().then(() => 'ignored')),
      ];
    },
    expected: [closed, closed, 'ignored'],
  },
  {
    name: 'a workflow that does not exist takes no message',
    async observe(scene) {
      return [await scene.outcome(scene.handle.signal('add', 'x')), await scene.query('items')];
    },
    expected: [closed, closed],
  },
  {
    name: 'queries read open and closed workflows, and unknown ones fail',
    async observe(scene) {
      await scene.start('collect');
      await scene.signal('add', 'a');
      const open = await scene.query('items');
      const unknown = await scene.query('unknown');
      await finish(scene);
      return { open, unknown, closed: await scene.query('items') };
    },
    expected: { open: ['a'], unknown: [{ name: 'QueryNotRegisteredError' }], closed: ['a'] },
  },
  {
    name: 'a new worker replays the run and continues it',
    async observe(scene) {
      await scene.start('collect');
      await scene.update('addAndCount', ['a']);
      await scene.target.restartWorker();
      const items = await scene.query('items');
      const count = await scene.update('addAndCount', ['b']);
      return { items, count, result: await finish(scene) };
    },
    expected: { items: ['a'], count: 2, result: ['a', 'b'] },
  },
];
