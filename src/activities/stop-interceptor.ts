import { Context } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { makeFailure } from '../contract/failures.js';

/** How long an activity may take to end by itself once the stopping worker has cancelled it. */
const windUpMs = 1_000;

/**
 * Abandons an activity that does not end when its worker stops. A call to Temporal cannot be aborted, and one that asks a
 * workflow of this very worker, such as a query or an update, gets no answer any more: it would hold the stop until it is
 * forced. For the workflow the outcome is as unknown as after a crash.
 */
export function stopInterceptor(graceMs = windUpMs): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      const context = Context.current();
      const { cancellationSignal, info } = context;
      let timer: NodeJS.Timeout | undefined;
      let onAbort = () => {};
      const abandoned = new Promise<never>((_, reject) => {
        onAbort = () => {
          if (context.cancellationDetails?.workerShutdown !== true) return;
          timer = setTimeout(() => reject(noAnswer(info.activityType)), graceMs);
        };
      });
      cancellationSignal.addEventListener('abort', onAbort, { once: true });
      try {
        return await Promise.race([next(input), abandoned]);
      } finally {
        clearTimeout(timer);
        cancellationSignal.removeEventListener('abort', onAbort);
      }
    },
  };
}

/** Not a cancellation: that would say that nothing was done. */
function noAnswer(activityType: string): ApplicationFailure {
  const message = `the worker stopped before ${activityType} had a response`;
  const failure = makeFailure('ServiceUnavailable', message, {}, { retryable: true });
  failure.stack = '';
  return failure;
}
