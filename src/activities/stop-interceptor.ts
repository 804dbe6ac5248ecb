import { Context } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import { makeFailure } from '../contract/failures.js';

/** How long an activity may take to end after the stopping worker has cancelled it. */
const windUpMs = 1_000;

/**
 * Abandons an activity that does not end when its worker stops. A call to Temporal cannot be aborted, and a query or
 * update to a workflow of this worker gets no response any more, so the stop would hang. The workflow treats the
 * outcome as unknown, as after a crash.
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

/** Not a cancellation, which would mean that nothing was sent. */
function noAnswer(activityType: string): ApplicationFailure {
  const message = `the worker stopped before ${activityType} had a response`;
  const failure = makeFailure('ServiceUnavailable', message, {}, { retryable: true });
  failure.stack = '';
  return failure;
}
