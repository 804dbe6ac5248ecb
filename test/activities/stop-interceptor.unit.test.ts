import { expect, test } from '@jest/globals';
import { ActivityCancellationDetails, ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { stopInterceptor } from '../../src/activities/stop-interceptor.js';

type Activity = () => Promise<unknown>;

/** Runs an activity that is cancelled at once, because its worker stops or for another reason. */
async function cancelled(activity: Activity, details: Partial<ActivityCancellationDetails>): Promise<unknown> {
  const environment = new MockActivityEnvironment();
  const running = environment.run(async () => {
    const { execute } = stopInterceptor(0);
    return await execute?.({ args: [], headers: {} }, activity);
  });
  environment.cancel('WORKER_SHUTDOWN', new ActivityCancellationDetails(details));
  return await running.catch((error: unknown) => error);
}

const hangs: Activity = () => new Promise(() => undefined);

test('an activity without a response is abandoned when its worker stops, which does not prove that nothing was done', async () => {
  const failure = await cancelled(hangs, { workerShutdown: true });
  expect(failure).toBeInstanceOf(ApplicationFailure);
  expect(failure).toMatchObject({ type: 'ServiceUnavailable', nonRetryable: false, stack: '' });
});

test('an answer in time counts', async () => {
  expect(await cancelled(async () => 'made', { workerShutdown: true })).toBe('made');
});

test('another cancellation does not affect the activity', async () => {
  let answer: (made: string) => void = () => undefined;
  const sent = new Promise<string>((resolve) => {
    answer = resolve;
  });
  setTimeout(() => answer('made'), 20);
  expect(await cancelled(() => sent, { cancelRequested: true })).toBe('made');
});
