import { makeFailure } from '../../contract/failures.js';
import { MINUTE } from '../../domain/duration.js';
import { startStopwatch } from '../../domain/stopwatch.js';
import type { Operation } from '../operation/operation.js';

/** The time in which a change must be sent and become visible. */
const limitMs = 30 * MINUTE;

/** Runs one call of a change that may be repeated. A pause or `tryNow` only interrupts it. */
export type WithinLimit = <T>(call: () => Promise<T>) => Promise<T>;

/** The calls of one change share its limit. Pauses do not count. After it they fail with `DeadlineExceeded`. */
export function limitOf(op: Operation): WithinLimit {
  let clock = startStopwatch(limitMs);
  return async (call) => {
    for (;;) {
      const wait = await op.waitWithin(clock, call);
      clock = wait.watch;
      if (wait.end === 'answer') return wait.answer;
      if (wait.end === 'deadline')
        throw makeFailure('DeadlineExceeded', `${op.state.progress.why}; not done within 30 minutes`);
    }
  };
}
