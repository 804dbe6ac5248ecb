import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { heartbeatInterceptor, reportInHeartbeat } from '../../src/activities/heartbeats.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test('an attempt repeats the last heartbeat details of the attempt before it', async () => {
  const before = { why: 'HTTP 401' };
  const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 8_000, heartbeatDetails: before });
  const beats: unknown[] = [];
  environment.on('heartbeat', (details) => beats.push(details));
  await environment.run(async () => {
    const { execute } = heartbeatInterceptor();
    await execute?.({ args: [], headers: {} }, () => jest.advanceTimersByTimeAsync(2_000));
  });
  expect(beats).toEqual([before]);
});

test('a heartbeat repeats the last details of the activity', async () => {
  const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 8_000 });
  const beats: unknown[] = [];
  environment.on('heartbeat', (details) => beats.push(details));
  await environment.run(async () => {
    const activity = async () => {
      await jest.advanceTimersByTimeAsync(2_000);
      reportInHeartbeat({ why: 'HTTP 429' });
      await jest.advanceTimersByTimeAsync(4_000);
    };
    const { execute } = heartbeatInterceptor();
    await execute?.({ args: [], headers: {} }, activity);
  });
  expect(beats).toEqual([undefined, ...Array.from({ length: 3 }, () => ({ why: 'HTTP 429' }))]);
});
