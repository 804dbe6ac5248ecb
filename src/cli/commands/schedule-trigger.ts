import { type Define, example } from '../command.js';
import { UsageError } from '../exit-codes.js';
import { followToEnd, readDuration, showNow } from '../following.js';

interface Options {
  readonly wait?: boolean;
  readonly timeout?: string;
}

/** `maops schedule trigger`: one run now, whether the schedule is paused or not. */
export const scheduleTrigger: Define = (command, run) => {
  command
    .argument('<name>', 'name of the schedule')
    .option('--wait', 'follow the run to its end')
    .option('--timeout <duration>', 'stop waiting after this time (exit 8); the run goes on')
    .addHelpText('after', example('maops schedule trigger nightly', 'maops schedule trigger nightly --wait'))
    .action((name: string, { wait = false, timeout }: Options) =>
      run(async (context) => {
        const timeoutMs = readDuration('--timeout', timeout);
        if (timeoutMs !== null && !wait) throw new UsageError('--timeout needs --wait');
        const { workflowId } = await (await context.session()).schedules.trigger(name);
        context.notice(`started ${workflowId}`);
        if (wait) {
          return await followToEnd(context, workflowId, { attention: context.json ? 'ending' : 'changes', timeoutMs });
        }
        return await showNow(context, workflowId);
      }),
    );
};
