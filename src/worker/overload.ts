import { activityInfo } from '@temporalio/activity';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';
import type { Logger } from 'pino';

/** Signs of a worker with more work than it can do. */
export type Overload = 'lostTask' | 'slowTask' | 'lateActivity';

const advice =
  'Start another worker, give this one more cores, or lower MAOPS_WORKFLOW_SLOTS. See docs/performance.md, "Overload".';
const meanings: Readonly<Record<Overload, string>> = {
  lostTask: 'workflow tasks took longer than their time-out, so their work was lost and is done again',
  slowTask: 'workflow tasks took longer than 5 s; at 10 s their work would be lost',
  lateActivity: 'activities waited longer than 10 s for this worker',
};
const quietMs = 60_000;
const lateMs = 10_000;

/** Warns of each sign at once, then at most once a minute with the number since the last warning. */
export class OverloadWarnings {
  readonly #logger: Pick<Logger, 'warn'>;
  readonly #now: () => number;
  readonly #signs = new Map<Overload, { count: number; warnedAt: number }>();

  constructor(logger: Pick<Logger, 'warn'>, now: () => number) {
    this.#logger = logger;
    this.#now = now;
  }

  saw(sign: Overload): void {
    const { count, warnedAt } = this.#signs.get(sign) ?? { count: 0, warnedAt: Number.NEGATIVE_INFINITY };
    const now = this.#now();
    const isDue = now - warnedAt >= quietMs;
    this.#signs.set(sign, isDue ? { count: 0, warnedAt: now } : { count: count + 1, warnedAt });
    if (isDue) this.#logger.warn({ sign, count: count + 1 }, `overload: ${meanings[sign]} (${count + 1}). ${advice}`);
  }
}

/** The overload that a message of the SDK reports; null for other messages. */
export function overloadIn(message: string): Overload | null {
  if (message.includes('Task not found when completing')) return 'lostTask';
  return message.includes('[TMPRL1104]') ? 'slowTask' : null;
}

/** Notes activities that waited long in their queue, because all slots are taken or the process is too slow. */
export function latenessInterceptor(warnings: OverloadWarnings, now: () => number): ActivityInboundCallsInterceptor {
  return {
    async execute(input, next) {
      // Another clock than ours: the server's.
      if (now() - activityInfo().currentAttemptScheduledTimestampMs > lateMs) warnings.saw('lateActivity');
      return await next(input);
    },
  };
}
