import type { Script } from './activities.js';
import type { Scenario, Scene } from './scenario.js';

const options = { startToCloseTimeout: '10 s', heartbeatTimeout: 500, retry: { initialInterval: 20 } };
const waits = (ending: 'throw' | 'continue'): Script => [
  [
    { do: 'untilCancelled', ending },
    { do: 'return', value: 'finished' },
  ],
];

/** Cancels a running activity of this cancellation type. */
const cancelled =
  (type: 'TRY_CANCEL' | 'WAIT_CANCELLATION_COMPLETED' | 'ABANDON', script: Script) => async (scene: Scene) => {
    await scene.start('cancelActivity', [type, options, script]);
    await scene.untilAttempt(1);
    await scene.signal('proceed');
    const result = await scene.result();
    await scene.target.until('the attempt ends', () => scene.attempts.every((attempt) => attempt.cancelled !== null));
    return { result, reasons: scene.attempts.map((attempt) => attempt.cancelled) };
  };

/** Cancellation of activities, scopes and workflows. */
export const cancelScenarios: readonly Scenario[] = [
  {
    name: 'TRY_CANCEL resolves the activity at once',
    observe: cancelled('TRY_CANCEL', waits('continue')),
    expected: { result: 'cancelled', reasons: ['NOT_FOUND'] },
  },
  {
    name: 'WAIT_CANCELLATION_COMPLETED waits for the cancelled activity',
    observe: cancelled('WAIT_CANCELLATION_COMPLETED', waits('throw')),
    expected: { result: 'cancelled', reasons: ['CANCELLED'] },
  },
  {
    name: 'WAIT_CANCELLATION_COMPLETED takes the result of an activity that completes all the same',
    observe: cancelled('WAIT_CANCELLATION_COMPLETED', waits('continue')),
    expected: { result: 'finished', reasons: ['CANCELLED'] },
  },
  {
    name: 'ABANDON resolves the activity at once and never cancels it',
    async observe(scene) {
      const script: Script = [[{ do: 'sleep', ms: 300 }]];
      await scene.start('cancelActivity', ['ABANDON', { startToCloseTimeout: '10 s' }, script]);
      await scene.untilAttempt(1);
      await scene.signal('proceed');
      return { result: await scene.result(), reasons: scene.attempts.map((attempt) => attempt.cancelled) };
    },
    expected: { result: 'cancelled', reasons: [null] },
  },
  {
    name: 'an activity that waits for its next attempt is cancelled at once',
    async observe(scene) {
      const longBackoff = { startToCloseTimeout: '10 s', retry: { initialInterval: '1 hour' } };
      await scene.start('cancelActivity', ['WAIT_CANCELLATION_COMPLETED', longBackoff, [[{ do: 'fail' }]]]);
      await scene.target.until('the back-off', async () => {
        const [pending] = (await scene.handle.describe()).raw.pendingActivities ?? [];
        return pending?.lastFailure != null;
      });
      await scene.signal('proceed');
      return { result: await scene.result(), attempts: scene.attempts.length };
    },
    expected: { result: 'cancelled', attempts: 1 },
  },
  {
    name: 'a cancelled scope leaves the other scopes alone',
    async observe(scene) {
      const slow: Script = [
        [
          { do: 'sleep', ms: 200 },
          { do: 'return', value: 'second' },
        ],
      ];
      await scene.start('twoScopes', [options, waits('throw'), slow]);
      await scene.untilAttempt(2);
      await scene.signal('proceed');
      return await scene.result();
    },
    expected: ['cancelled', 'second'],
  },
  {
    name: 'a cancelled workflow cleans up in a non-cancellable scope and ends as cancelled',
    async observe(scene) {
      await scene.start('cleanUp', [options, [[{ do: 'sleep', ms: 50 }]], false]);
      await scene.target.until('it waits', async () => (await scene.handle.describe()).historyLength >= 4);
      await scene.during(scene.handle.cancel());
      const result = await scene.result();
      return { result, attempts: scene.attempts.length, status: await scene.status() };
    },
    expected: {
      result: [{ name: 'WorkflowFailedError', retryState: 'NON_RETRYABLE_FAILURE' }, { name: 'CancelledFailure' }],
      attempts: 1,
      status: 'CANCELLED',
    },
  },
  {
    name: 'a cancelled workflow may complete',
    async observe(scene) {
      await scene.start('cleanUp', [options, [[{ do: 'return', value: 'x' }]], true]);
      await scene.target.until('it waits', async () => (await scene.handle.describe()).historyLength >= 4);
      await scene.during(scene.handle.cancel());
      return { result: await scene.result(), status: await scene.status() };
    },
    expected: { result: 'completed', status: 'COMPLETED' },
  },
  {
    name: 'a workflow that is cancelled before its first task ends as cancelled',
    async observe(scene) {
      await scene.during(
        Promise.all([
          scene.target.client.workflow.start('timers', scene.options([5_000, 6_000])),
          scene.target.client.workflow
            .getHandle(scene.id)
            .cancel()
            .catch(() => scene.handle.cancel()),
        ]),
      );
      await scene.result();
      return await scene.status();
    },
    expected: 'CANCELLED',
  },
];
