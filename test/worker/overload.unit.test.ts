import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createLogger, temporalLogger } from '../../src/worker/logging.js';
import { latenessInterceptor, OverloadWarnings } from '../../src/worker/overload.js';

const second = 1_000;

/** A log, a clock, and the warnings so far. */
function fixture() {
  const destination = new PassThrough();
  const clock = { now: 0 };
  const logger = createLogger({ format: 'json', level: 'info', destination });
  const lines: { sign?: string; count?: number; level: string }[] = [];
  const read = () => {
    const text = String(destination.read() ?? '');
    for (const line of text.split('\n').filter((one) => one !== '')) lines.push(JSON.parse(line));
    return lines.map(({ sign, count }) => [sign, count]);
  };
  return { logger, clock, read, now: () => clock.now };
}

describe('a warning of overload', () => {
  test('comes at once, then once a minute with the number since the last one', () => {
    const { logger, clock, read, now } = fixture();
    const warnings = new OverloadWarnings(logger, now);
    warnings.saw('lostTask');
    expect(read()).toEqual([['lostTask', 1]]);
    for (clock.now = second; clock.now < 60 * second; clock.now += second) warnings.saw('lostTask');
    expect(read()).toHaveLength(1);
    warnings.saw('lostTask');
    expect(read()).toEqual([
      ['lostTask', 1],
      ['lostTask', 60],
    ]);
  });

  test('is counted for each sign', () => {
    const { logger, read, now } = fixture();
    const warnings = new OverloadWarnings(logger, now);
    warnings.saw('lostTask');
    warnings.saw('slowTask');
    expect(read()).toEqual([
      ['lostTask', 1],
      ['slowTask', 1],
    ]);
  });

  test('replaces the messages of the SDK about lost and slow tasks', () => {
    const { logger, read, now } = fixture();
    const sdk = temporalLogger(logger, now);
    sdk.warn('Task not found when completing', { run_id: 'a' });
    sdk.warn('Task not found when completing', { run_id: 'b' });
    sdk.warn('[TMPRL1104] run-1:12:3 Workflow task duration exceeded 5 seconds.');
    sdk.warn('anything else');
    expect(read()).toEqual([
      ['lostTask', 1],
      ['slowTask', 1],
      [undefined, undefined],
    ]);
  });

  test.each([
    [10 * second, 0],
    [10 * second + 1, 1],
  ])('comes for an activity that waited %i ms: %i', async (waited, warned) => {
    const { logger, clock, read, now } = fixture();
    const interceptor = latenessInterceptor(new OverloadWarnings(logger, now), now);
    clock.now = 5_000 * second;
    const info = { currentAttemptScheduledTimestampMs: clock.now - waited };
    const run = async () => await interceptor.execute?.({ args: [], headers: {} }, async () => 'done');
    expect(await new MockActivityEnvironment(info).run(run)).toBe('done');
    expect(read()).toHaveLength(warned);
  });
});
