import { describe, expect, jest, test } from '@jest/globals';
import type { NativeConnection } from '@temporalio/worker';
import { createLogger } from '../../src/worker/logging.js';
import { liveWorkers, type Poller, shareRate } from '../../src/worker/rate-share.js';
import { FakeClock } from '../modelarts/fake-clock.js';

const second = 1_000;

describe('live workers', () => {
  const poll = (identity: string, ago: number): Poller => ({ identity, polledAt: 1_000_000 - ago * second });
  test.each<[string, number, Poller[]]>([
    ['none is listed yet', 1, []],
    ['this one', 1, [poll('self', 0)]],
    ['others, while this one is not listed', 3, [poll('a', 0), poll('b', 5)]],
    ['several polls of one worker', 2, [poll('self', 0), poll('a', 1), poll('a', 30)]],
    ['idle ones', 3, [poll('self', 0), poll('a', 59), poll('b', 70)]],
    ['not those that were killed', 2, [poll('self', 0), poll('a', 1), poll('killed', 71)]],
  ])('%s', (_, count, pollers) => {
    expect(liveWorkers(pollers, 'self')).toBe(count);
  });
});

test('the share follows the workers, and stays while Temporal does not respond', async () => {
  const clock = new FakeClock();
  const stopping = new AbortController();
  const started = clock.now();
  /** Identities with the second of their last poll; null for no response. */
  let polls: Record<string, number> | null = { self: 0 };
  const describeTaskQueue = async () => {
    if (polls === null) throw new Error('unavailable');
    const pollers = Object.entries(polls).map(([identity, at]) => ({
      identity,
      lastAccessTime: { seconds: started / second + at },
    }));
    return { pollers };
  };
  const connection = {
    workflowService: { describeTaskQueue },
    withDeadline: async (_: number, call: () => unknown) => call(),
  };
  const setRate = jest.fn<(rate: number) => void>();
  const ended = shareRate({
    connection: connection as unknown as NativeConnection,
    namespace: 'default',
    taskQueue: 'queue',
    identity: 'self',
    maxRps: 6,
    governor: { setRate },
    logger: createLogger({ level: 'silent' }),
    signal: stopping.signal,
    sleep: clock.sleep,
    now: clock.now,
  });
  await clock.advance(5 * second);
  expect(setRate).not.toHaveBeenCalled();
  polls = { self: 10, second: 10, third: 10 };
  await clock.advance(10 * second);
  expect(setRate.mock.calls).toEqual([[2]]);
  polls = null;
  await clock.advance(60 * second);
  polls = { self: 90, second: 90, third: 10 };
  await clock.advance(20 * second);
  expect(setRate.mock.calls).toEqual([[2], [3]]);
  stopping.abort();
  await ended;
});
