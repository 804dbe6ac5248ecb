import { describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import fc from 'fast-check';
import { pending } from '../../src/activities/resource/waiting.js';
import { countedWait, WaitLoad } from '../../src/activities/waits.js';
import { makeFailure } from '../../src/contract/failures.js';
import { heartbeatMs, waitHeartbeatMs } from '../../src/contract/settings.js';
import { failureOf } from '../modelarts/fake-service.js';

const second = 1_000;

describe('the heartbeat time-out of a wait', () => {
  test.each([
    [0, 5 * second],
    [100, 5 * second],
    [550, 27.5 * second],
    [1_000, 50 * second],
    [5_000, 50 * second],
  ])('with %i waits is %i ms', (waits, ms) => {
    expect(waitHeartbeatMs(waits)).toBe(ms);
  });

  test('keeps the writes of up to 1,000 waits at 25 a second, at the rate to which the SDK limits heartbeats', () => {
    const writes = (waits: number) => waits / ((0.8 * waitHeartbeatMs(waits)) / second);
    fc.assert(fc.property(fc.integer({ min: 1, max: 1_000 }), (waits) => writes(waits) <= 25 + 1e-9));
  });

  test('never gets below that of calls', () => {
    fc.assert(fc.property(fc.nat(), (waits) => waitHeartbeatMs(waits) >= heartbeatMs));
  });
});

describe('the load of a worker', () => {
  test('counts open waits, and the runs that started within a minute', async () => {
    let now = 0;
    const load = new WaitLoad(() => now);
    expect([load.start(), load.start()]).toEqual([1, 2]);
    now = 60 * second;
    let end = () => {};
    const open = load.during(() => new Promise<void>((resolve) => (end = resolve)));
    expect(load.start()).toBe(2);
    end();
    await open;
    now = 200 * second;
    expect(load.start()).toBe(1);
  });
});

describe('an error of a wait', () => {
  const wait = async (error: Error, attempt: number) => {
    const run = countedWait(new WaitLoad(Date.now), async () => await Promise.reject(error));
    return await failureOf(new MockActivityEnvironment({ attempt }).run(run));
  };
  const failed = () => makeFailure('ServiceUnavailable', 'HTTP 503', {}, { retryable: true });

  test.each([
    [1, 1_000],
    [2, 1_500],
    [1_000, 30_000],
  ])('is retried at attempt %i after %i ms', async (attempt, nextRetryDelay) => {
    expect(await wait(failed(), attempt)).toMatchObject({ message: 'HTTP 503', nextRetryDelay });
  });

  test('keeps a pause of its own, and a final one is not retried', async () => {
    expect(await wait(pending('window over', 1), 50)).toMatchObject({ nextRetryDelay: 1 });
    const final = makeFailure('NotAuthorized', 'no');
    expect(await wait(final, 50)).toBe(final);
    expect(final.nextRetryDelay).toBeUndefined();
  });
});
