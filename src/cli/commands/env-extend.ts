import type { ExtendOptions } from '../../client/call-types.js';
import { nameOf } from '../../client/name.js';
import { parseRfc3339 } from '../../domain/rfc3339.js';
import { type Define, example, offerKey, requireReason } from '../command.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { readDuration } from '../following.js';
import { renderProgress } from '../output/progress.js';
import { formatTime } from '../output/time.js';
import { sayUnreadable } from '../steering.js';
import { viewOf } from '../view.js';

interface Options {
  readonly reason: string;
  readonly until?: string;
  readonly key?: string;
}

/** `maops env extend`: moves the end of the lease, up to its maximum. */
export const envExtend: Define = (command, run) => {
  command
    .argument('<name>', 'the environment')
    .argument('[duration]', 'how much later the lease ends, such as 4h or 1h30m; or --until')
    .option('--until <time>', 'when the lease ends at the earliest, such as 2026-12-01T18:00:00Z; safe to repeat');
  offerKey(requireReason(command))
    .addHelpText(
      'after',
      example(
        "maops env extend team-a 4h --reason 'training runs late'",
        "maops env extend team-a --until 2026-12-01T18:00:00+08:00 --reason 'training runs late'",
      ),
    )
    .action((name: string, duration: string | undefined, { reason, until, key }: Options) =>
      run(async (context) => {
        const wish = wishOf(duration, until);
        const operations = await context.operations();
        const said = { reason, ...(key === undefined ? {} : { key }) };
        const extended = await operations.extendLease(name, wish, said);
        const { endsAt } = extended.lease;
        const { timeZone } = context.terminal;
        if (endsAt !== null) context.notice(`${nameOf(name)} lasts until ${formatTime(endsAt, timeZone)}`);
        const progress = await extended.progress();
        context.result(progress, (shown) => renderProgress(shown, viewOf(context)));
        sayUnreadable(context, progress);
        return exitCodes.done;
      }),
    );
};

function wishOf(duration: string | undefined, until: string | undefined): ExtendOptions {
  if ((duration === undefined) === (until === undefined))
    throw new UsageError('give either how much later the lease ends, such as 4h, or --until TIME');
  if (duration !== undefined) {
    if (readDuration('extend', duration) === 0) throw new UsageError(`extend ${duration}: it must be more than 0`);
    return { duration };
  }
  const time = until ?? '';
  if (parseRfc3339(time) === null)
    throw new UsageError(`--until ${time}: it must be a time with a zone, such as 2026-12-01T18:00:00Z`);
  return { until: time };
}
