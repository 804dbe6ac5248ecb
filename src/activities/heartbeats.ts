import { activityInfo, heartbeat } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';

const intervalMs = 2_000;

/**
 * Heartbeats for every activity, so that a killed worker is noticed within the heartbeat time-out and not only after the
 * start-to-close time-out. An activity that heartbeats details of its own overrides these until the next beat.
 */
export function heartbeatInterceptor(): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      if (activityInfo().heartbeatTimeoutMs === undefined) return await next(input);
      const timer = setInterval(() => heartbeat(), intervalMs);
      try {
        return await next(input);
      } finally {
        clearInterval(timer);
      }
    },
  };
}
