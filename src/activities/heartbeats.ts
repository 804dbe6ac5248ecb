import { activityInfo, Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';

/** Heartbeats within one time-out. The SDK sends fewer. */
const beatsPerTimeout = 4;

/** The last details of each running activity. A heartbeat without details would clear them in Temporal. */
const lastDetails = new WeakMap<Context, unknown>();

/** Adds details to the heartbeats of this activity. */
export function reportInHeartbeat(details: Readonly<Record<string, unknown>>): void {
  const context = Context.current();
  const merged = { ...lastDetailsOf(context), ...details };
  lastDetails.set(context, merged);
  context.heartbeat(merged);
}

/**
 * A detail that this attempt or the one before it has reported. It survives the end of a poll window and of a worker.
 */
export function reportedInHeartbeat(key: string): unknown {
  return lastDetailsOf(Context.current())[key];
}

function lastDetailsOf(context: Context): Record<string, unknown> {
  const last: unknown = lastDetails.get(context) ?? context.info.heartbeatDetails;
  return typeof last === 'object' && last !== null ? { ...last } : {};
}

/**
 * Heartbeats for every activity, so that a killed worker is noticed within the heartbeat time-out and not only after
 * the start-to-close time-out.
 */
export function heartbeatInterceptor(): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      const { heartbeatTimeoutMs, heartbeatDetails } = activityInfo();
      if (heartbeatTimeoutMs === undefined) return await next(input);
      const context = Context.current();
      // A poll window that continues another one reports the details of the previous window until it has its own.
      lastDetails.set(context, heartbeatDetails);
      const beat = () => context.heartbeat(lastDetails.get(context));
      const timer = setInterval(beat, heartbeatTimeoutMs / beatsPerTimeout);
      try {
        return await next(input);
      } finally {
        clearInterval(timer);
      }
    },
  };
}
