import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';

/** One thing that a scripted activity does. */
export type Action =
  | { readonly do: 'heartbeat'; readonly details: string }
  | { readonly do: 'sleep'; readonly ms: number }
  /** Waits until the activity is cancelled and ends as cancelled, or continues with the script. */
  | { readonly do: 'untilCancelled'; readonly ending: 'throw' | 'continue' }
  | {
      readonly do: 'fail';
      readonly type?: string;
      readonly nonRetryable?: boolean;
      readonly nextRetryDelay?: '300ms';
    }
  | { readonly do: 'return'; readonly value: string }
  | { readonly do: 'returnHeartbeatDetails' };

/** The actions of each attempt. The last list counts for all later attempts. */
export type Script = readonly (readonly Action[])[];

/** One started attempt of an activity. */
export interface AttemptRecord {
  readonly workflowId: string;
  readonly at: number;
  /** The reason of its cancellation. */
  cancelled: string | null;
  cancelledAt: number | null;
}

export interface ConformanceActivities {
  scripted(script: Script): Promise<unknown>;
}

/** The activities of the conformance suite. They take their clock from the server under test. */
export function conformanceActivities(
  clock: { now(): number; sleep(ms: number, signal?: AbortSignal): Promise<unknown> },
  attempts: AttemptRecord[],
): ConformanceActivities {
  return {
    async scripted(script) {
      const context = Context.current();
      const { attempt, workflowExecution, heartbeatDetails } = context.info;
      const record: AttemptRecord = {
        workflowId: workflowExecution?.workflowId ?? '',
        at: clock.now(),
        cancelled: null,
        cancelledAt: null,
      };
      attempts.push(record);
      const signal = context.cancellationSignal;
      signal.addEventListener('abort', () => {
        record.cancelled = String(signal.reason?.message);
        record.cancelledAt = clock.now();
      });
      for (const action of script[Math.min(attempt, script.length) - 1] ?? []) {
        switch (action.do) {
          case 'heartbeat':
            context.heartbeat(action.details);
            break;
          case 'sleep':
            await clock.sleep(action.ms, signal);
            break;
          case 'untilCancelled':
            while (record.cancelled === null) {
              context.heartbeat('waiting');
              await clock.sleep(50);
            }
            if (action.ending === 'throw') throw signal.reason;
            break;
          case 'fail':
            throw ApplicationFailure.create({
              message: 'scripted',
              type: action.type ?? 'Scripted',
              nonRetryable: action.nonRetryable ?? false,
              ...(action.nextRetryDelay === undefined ? {} : { nextRetryDelay: action.nextRetryDelay }),
            });
          case 'return':
            return action.value;
          case 'returnHeartbeatDetails':
            return heartbeatDetails ?? null;
        }
      }
      return 'done';
    },
  };
}
