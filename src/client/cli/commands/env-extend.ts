import { operationId } from '../../../contract/ids.js';
import { nameOf } from '../../name.js';
import { type Define, example, requireReason } from '../command.js';
import { exitCodes, UsageError } from '../exit.js';
import { readDuration } from '../following.js';
import { renderProgress } from '../render/progress.js';
import { formatTime } from '../render/time.js';
import { viewOf } from '../view.js';

/** `maops env extend`: moves the end of the lease, up to its maximum. */
export const envExtend: Define = (command, run) => {
  command
    .argument('<name>', 'the environment')
    .argument('<duration>', 'how much later the lease ends, such as 4h or 1h30m');
  requireReason(command)
    .addHelpText('after', example("maops env extend team-a 4h --reason 'training runs late'"))
    .action((name: string, duration: string, options: { readonly reason: string }) =>
      run(async (context) => {
        if (readDuration('extend', duration) === 0) throw new UsageError(`extend ${duration}: it must be more than 0`);
        const operations = await context.operations();
        const { endsAt } = await operations.extend(name, duration, { reason: options.reason });
        const { timeZone } = context.terminal;
        if (endsAt !== null) context.notice(`${nameOf(name)} lasts until ${formatTime(endsAt, timeZone)}`);
        const progress = await operations.progress(operationId('lease', nameOf(name)));
        context.result(progress, (shown) => renderProgress(shown, viewOf(context)));
        return exitCodes.done;
      }),
    );
};
