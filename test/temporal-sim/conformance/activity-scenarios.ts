import type { Script } from './activities.js';
import type { Scenario } from './scenario.js';

const quickly = { initialInterval: 20 };
const once = { maximumAttempts: 1 };
const fails: Script = [[{ do: 'fail' }]];
const heartbeats: Script = [
  [
    { do: 'heartbeat', details: 'first half' },
    { do: 'sleep', ms: 5_000 },
  ],
  [{ do: 'returnHeartbeatDetails' }],
];

const workflowFailed = { name: 'WorkflowFailedError', retryState: 'RETRY_POLICY_NOT_SET' };
const activityFailed = (retryState: string) => ({ name: 'ActivityFailure', retryState });
const timedOut = (timeoutType: string) => ({ name: 'TimeoutFailure', timeoutType });
const scripted = { name: 'ApplicationFailure', type: 'Scripted' };

/** Retries, time-outs and heartbeats of activities. */
export const activityScenarios: readonly Scenario[] = [
  {
    name: 'retries back off by the coefficient up to the maximum interval',
    async observe(scene) {
      const retry = { initialInterval: 100, backoffCoefficient: 2, maximumInterval: 250 };
      const script: Script = [
        [{ do: 'fail' }],
        [{ do: 'fail' }],
        [{ do: 'fail' }],
        [{ do: 'return', value: 'fourth' }],
      ];
      const result = await scene.run('oneActivity', [{ startToCloseTimeout: '5 s', retry }, script]);
      return { result, gaps: scene.gaps(100, 200, 250) };
    },
    expected: { result: 'fourth', gaps: [100, 200, 250] },
  },
  {
    name: 'the last failure is reported when all attempts are used',
    async observe(scene) {
      const retry = { ...quickly, maximumAttempts: 3 };
      const result = await scene.run('oneActivity', [{ startToCloseTimeout: '5 s', retry }, fails]);
      return { result, attempts: scene.attempts.length };
    },
    expected: { result: [workflowFailed, activityFailed('MAXIMUM_ATTEMPTS_REACHED'), scripted], attempts: 3 },
  },
  {
    name: 'a non-retryable failure ends the activity at once',
    async observe(scene) {
      const script: Script = [[{ do: 'fail' }], [{ do: 'fail', type: 'Final', nonRetryable: true }]];
      const result = await scene.run('oneActivity', [{ startToCloseTimeout: '5 s', retry: quickly }, script]);
      return { result, attempts: scene.attempts.length };
    },
    expected: {
      result: [
        workflowFailed,
        activityFailed('NON_RETRYABLE_FAILURE'),
        { name: 'ApplicationFailure', type: 'Final', nonRetryable: true },
      ],
      attempts: 2,
    },
  },
  {
    name: 'a failure type that the policy lists ends the activity at once',
    async observe(scene) {
      const retry = { ...quickly, nonRetryableErrorTypes: ['Scripted'] };
      const result = await scene.run('oneActivity', [{ startToCloseTimeout: '5 s', retry }, fails]);
      return { result, attempts: scene.attempts.length };
    },
    expected: { result: [workflowFailed, activityFailed('NON_RETRYABLE_FAILURE'), scripted], attempts: 1 },
  },
  {
    name: 'nextRetryDelay replaces the back-off of the policy',
    async observe(scene) {
      const script: Script = [[{ do: 'fail', nextRetryDelay: '300ms' }], [{ do: 'return', value: 'second' }]];
      const result = await scene.run('oneActivity', [{ startToCloseTimeout: '5 s', retry: quickly }, script]);
      return { result, gaps: scene.gaps(300) };
    },
    expected: { result: 'second', gaps: [300] },
  },
  {
    name: 'start-to-close is a limit for each attempt',
    async observe(scene) {
      const retry = { ...quickly, maximumAttempts: 2 };
      const script: Script = [[{ do: 'sleep', ms: 1_000 }]];
      const result = await scene.run('oneActivity', [{ startToCloseTimeout: 400, retry }, script]);
      return { result, gaps: scene.gaps(420) };
    },
    expected: {
      result: [workflowFailed, activityFailed('MAXIMUM_ATTEMPTS_REACHED'), timedOut('START_TO_CLOSE')],
      gaps: [420],
    },
  },
  {
    name: 'the worker cancels an activity without heartbeats five seconds after its time-out',
    async observe(scene) {
      const script: Script = [[{ do: 'sleep', ms: 20_000 }]];
      await scene.run('oneActivity', [{ startToCloseTimeout: 300, retry: once }, script]);
      await scene.target.until('it is cancelled', () => scene.attempts.every(({ cancelled }) => cancelled !== null));
      const [attempt] = scene.attempts;
      const after = scene.target.duration((attempt?.cancelledAt ?? 0) - (attempt?.at ?? 0), 5_300);
      return { reason: attempt?.cancelled, after };
    },
    expected: { reason: 'TIMED_OUT', after: 5_300 },
  },
  {
    name: 'schedule-to-close ends a running attempt',
    async observe(scene) {
      const script: Script = [[{ do: 'sleep', ms: 3_000 }]];
      return await scene.run('oneActivity', [{ scheduleToCloseTimeout: 400, retry: quickly }, script]);
    },
    expected: [workflowFailed, activityFailed('NON_RETRYABLE_FAILURE'), timedOut('SCHEDULE_TO_CLOSE')],
  },
  {
    name: 'no attempt starts that schedule-to-close would end before its start',
    async observe(scene) {
      const retry = { initialInterval: 2_000 };
      const result = await scene.run('oneActivity', [{ scheduleToCloseTimeout: '1 s', retry }, fails]);
      return { result, attempts: scene.attempts.length };
    },
    expected: { result: [workflowFailed, activityFailed('TIMEOUT'), scripted], attempts: 1 },
  },
  {
    name: 'a missed heartbeat fails the attempt, and the next one has its details',
    async observe(scene) {
      const options = { startToCloseTimeout: '10 s', heartbeatTimeout: 400, retry: quickly };
      const result = await scene.run('oneActivity', [options, heartbeats]);
      return { result, gaps: scene.gaps(420) };
    },
    expected: { result: 'first half', gaps: [420] },
  },
  {
    name: 'heartbeat details survive a failed attempt',
    async observe(scene) {
      const options = { startToCloseTimeout: '10 s', heartbeatTimeout: '5 s', retry: quickly };
      const script: Script = [
        [{ do: 'heartbeat', details: 'saved' }, { do: 'sleep', ms: 50 }, { do: 'fail' }],
        [{ do: 'fail' }],
        [{ do: 'returnHeartbeatDetails' }],
      ];
      return await scene.run('oneActivity', [options, script]);
    },
    expected: 'saved',
  },
  {
    name: 'the last missed heartbeat is reported as a heartbeat time-out',
    async observe(scene) {
      const options = { startToCloseTimeout: '10 s', heartbeatTimeout: 300, retry: once };
      return await scene.run('oneActivity', [options, heartbeats]);
    },
    expected: [workflowFailed, activityFailed('MAXIMUM_ATTEMPTS_REACHED'), timedOut('HEARTBEAT')],
  },
  {
    name: 'describe shows a pending activity with its attempt and last failure',
    async observe(scene) {
      const options = { startToCloseTimeout: '5 s', retry: { initialInterval: 100, maximumInterval: 100 } };
      const script: Script = [[{ do: 'fail' }], [{ do: 'sleep', ms: 400 }]];
      await scene.start('oneActivity', [options, script]);
      await scene.untilAttempt(2);
      const { raw } = await scene.during(scene.handle.describe());
      const [pending] = raw.pendingActivities ?? [];
      const shown = {
        count: raw.pendingActivities?.length,
        type: pending?.activityType?.name,
        attempt: pending?.attempt,
        lastFailure: pending?.lastFailure?.applicationFailureInfo?.type,
      };
      return { ...shown, result: await scene.result() };
    },
    expected: { count: 1, type: 'scripted', attempt: 2, lastFailure: 'Scripted', result: 'done' },
  },
];
