import type { ExtendOptions } from '../../client/api-types.js';
import { nameOf } from '../../contract/ids.js';
import { parseRfc3339 } from '../../domain/rfc3339.js';
import { type Define, example } from '../command.js';
import { viewOf } from '../context.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { offerKey, readDuration, requireReason } from '../options.js';
import { renderProgress } from '../output/progress.js';
import { formatTime } from '../output/time.js';
import { defineSteering, reportUnreadable } from '../steering.js';

interface ExtendFlags {
  readonly reason: string;
  readonly until?: string;
  readonly key?: string;
}

/** `maops env extend`: moves the end of the lease, up to its maximum. */
const extend: Define = (command, run) => {
  command
    .argument('<name>', 'the environment')
    .argument('[duration]', 'how much later the lease ends, such as 4h or 1h30m; or --until')
    .option('--until <time>', 'extend the lease to at least this time, such as 2026-12-01T18:00:00Z; safe to repeat');
  offerKey(requireReason(command))
    .addHelpText(
      'after',
      example(
        "maops env extend team-a 4h --reason 'training runs late'",
        "maops env extend team-a --until 2026-12-01T18:00:00+08:00 --reason 'training runs late'",
      ),
    )
    .action((name: string, duration: string | undefined, { reason, until, key }: ExtendFlags) =>
      run(async (context) => {
        const extension = extensionOf(duration, until);
        const operations = await context.operations();
        const command = { reason, ...(key === undefined ? {} : { key }) };
        const extended = await operations.extendLease(name, extension, command);
        const { endsAt } = extended.lease;
        const { timeZone } = context.terminal;
        if (endsAt !== null)
          context.notice(`extended: the lease of ${nameOf(name)} ends ${formatTime(endsAt, timeZone)}`);
        const progress = await extended.progress();
        context.result(progress, (shown) => renderProgress(shown, viewOf(context)));
        reportUnreadable(context, progress);
        return exitCodes.done;
      }),
    );
};

function extensionOf(duration: string | undefined, until: string | undefined): ExtendOptions {
  if ((duration === undefined) === (until === undefined))
    throw new UsageError('give either a duration, such as 4h, or --until TIME');
  if (duration !== undefined) {
    if (readDuration('extend', duration) === 0) throw new UsageError(`extend ${duration}: must be more than 0`);
    return { duration };
  }
  const time = until ?? '';
  if (parseRfc3339(time) === null)
    throw new UsageError(`--until ${time}: must be a time with a zone, such as 2026-12-01T18:00:00Z`);
  return { until: time };
}

/** `maops env release`: ends the lease, which then tears the environment down. */
const release = defineSteering({
  verb: 'release',
  reason: 'project finished',
  steer: (operations, name, command) => operations.release(name, command),
  accepted: ({ workflowId }) => `released: ${workflowId} deletes its resources`,
});

export const commands = { extend, release };
