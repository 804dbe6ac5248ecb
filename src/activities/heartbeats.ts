import { activityInfo, Context } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';

const intervalMs = 2_000;

/** What each activity under way has said last: a beat without it would take it away from whoever looks. */
const lastWords = new WeakMap<Context, unknown>();

/** Tells what an activity sees; the beats that follow go on telling it, beside what it keeps. */
export function reportInHeartbeat(details: Readonly<Record<string, unknown>>): void {
  const context = Context.current();
  const words = { ...lastWordsOf(context), ...details };
  lastWords.set(context, words);
  context.heartbeat(words);
}

/** What this try of an activity, or the one before it, has told under a key: it survives the end of a window and a worker. */
export function reportedInHeartbeat(key: string): unknown {
  return lastWordsOf(Context.current())[key];
}

function lastWordsOf(context: Context): Record<string, unknown> {
  const words: unknown = lastWords.get(context) ?? context.info.heartbeatDetails;
  return typeof words === 'object' && words !== null ? { ...words } : {};
}

/**
 * Heartbeats for every activity, so that a killed worker is noticed within the heartbeat time-out and not only after the
 * start-to-close time-out.
 */
export function heartbeatInterceptor(): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      const { heartbeatTimeoutMs, heartbeatDetails } = activityInfo();
      if (heartbeatTimeoutMs === undefined) return await next(input);
      const context = Context.current();
      // A poll window that continues another one keeps its text until it has its own.
      lastWords.set(context, heartbeatDetails);
      const timer = setInterval(() => context.heartbeat(lastWords.get(context)), intervalMs);
      try {
        return await next(input);
      } finally {
        clearInterval(timer);
      }
    },
  };
}
