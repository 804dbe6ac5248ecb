import type { CommandOptions } from '../../client/api-types.js';
import { OperationNotFoundError, ProtectedError } from '../../client/errors.js';
import type { ScheduleDetails } from '../../client/schedule-view.js';
import type { Schedules } from '../../client/schedules.js';
import type { ScheduledInput, TeardownInput } from '../../contract/workflows.js';
import { isName } from '../../domain/text.js';
import { type Define, example } from '../command.js';
import { type Context, viewOf } from '../context.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { readRules, readSpec } from '../files.js';
import { followToEnd, showNow } from '../follow.js';
import { offerReason, readDuration, requireReason } from '../options.js';
import { renderDeleted, renderSchedule, renderSchedules } from '../output/schedules.js';
import { formatTime } from '../output/time.js';

interface Options {
  readonly cron: string;
  readonly timezone?: string;
  readonly sweep?: boolean;
  readonly apply?: boolean;
  readonly rules?: string;
  readonly teardown?: string;
  readonly drain?: string;
  readonly withJobs?: boolean;
  readonly provision?: string;
  readonly reason?: string;
  readonly paused?: boolean;
  readonly jitter?: string;
  readonly catchup?: string;
}

/** `maops schedule create`: creates a Temporal Schedule that sweeps, tears down or provisions. */
const create: Define = (command, run) => {
  command
    .argument('<name>', 'name of the schedule')
    .requiredOption('--cron <expression>', 'minute, hour, day of month, month, day of week; also @daily or @every 30m')
    .option('--timezone <zone>', 'time zone of the expression, such as Europe/Berlin (default: UTC)')
    .option('--sweep', 'sweep expired and orphaned resources; a dry run without --apply')
    .option('--apply', 'with --sweep: delete the resources in the plan')
    .option('--rules <file>', 'with --sweep: the rules of the sweep')
    .option('--teardown <environment>', 'tear down this environment')
    .option(
      '--drain <duration>',
      'with --teardown: wait up to this long for jobs on the pool, then refuse; needs --reason',
    )
    .option(
      '--with-jobs',
      'with --teardown: delete the pool even while jobs use it; with --drain, waits first; needs --reason',
    )
    .option('--provision <file>', 'create the environment of this spec');
  offerReason(command, 'why; recorded with the schedule and in the audit of its runs')
    .option('--paused', 'create the schedule paused')
    .option('--jitter <duration>', 'random delay of each run, at most this long (default: 30s)')
    .option('--catchup <duration>', 'start a missed run up to this much later when Temporal was down (default: 10m)')
    .addHelpText(
      'after',
      example(
        "maops schedule create evening --cron '0 20 * * 1-5' --timezone Europe/Berlin --teardown team-a",
        "maops schedule create nightly --cron '0 2 * * *' --sweep",
      ),
    )
    .action((name: string, options: Options) =>
      run(async (context) => {
        const jitterMs = readDuration('--jitter', options.jitter);
        const catchupMs = readDuration('--catchup', options.catchup);
        const start = await readStart(context, options);
        const { schedules } = await context.session();
        const { cron, timezone, reason, paused = false } = options;
        const created = await schedules.create({
          name,
          cron,
          start,
          paused,
          ...(timezone === undefined ? {} : { timezone }),
          ...(reason === undefined ? {} : { reason }),
          ...(jitterMs === null ? {} : { jitterMs }),
          ...(catchupMs === null ? {} : { catchupMs }),
        });
        context.result(created, (shown) => renderSchedule(shown, viewOf(context)));
        const times = created.nextRuns.slice(0, 3).map((time) => formatTime(time, context.terminal.timeZone));
        context.notice(
          paused
            ? `schedule ${name} created, paused. Start it with \`maops schedule resume ${name} --reason …\`, or run it once with \`maops schedule trigger ${name}\`.`
            : `schedule ${name} created; next runs: ${times.join(', ')}`,
        );
        if (start.what === 'teardown') {
          await warnOfUnknown(context, start.name);
          await warnOfProtected(context, start.name);
        }
        return exitCodes.done;
      }),
    );
};

/** Reads what the schedule starts: exactly one of sweep, teardown and provisioning. */
async function readStart(context: Context, options: Options): Promise<ScheduledInput['start']> {
  const { sweep = false, apply = false, rules, teardown, provision } = options;
  const given = [sweep, teardown !== undefined, provision !== undefined].filter((is) => is);
  if (given.length !== 1) throw new UsageError('choose one of --sweep, --teardown ENV and --provision FILE');
  if (!sweep && (apply || rules !== undefined)) throw new UsageError('--apply and --rules need --sweep');
  const jobs = readJobs(options);
  if (provision !== undefined) {
    return { what: 'provision', document: await readSpec('env', provision, context.terminal) };
  }
  if (teardown === undefined) return { what: 'sweep', apply, rules: await readRules(rules, context.terminal) };
  if (!isName(teardown)) throw new UsageError(`--teardown ${String(teardown)}: must be the name of an environment`);
  return { what: 'teardown', name: teardown, ...jobs };
}

/** Reads what the teardowns of a schedule do about jobs. */
function readJobs({ drain, withJobs = false, teardown, reason }: Options): Pick<TeardownInput, 'drain' | 'withJobs'> {
  if (drain === undefined && !withJobs) return {};
  if (teardown === undefined) throw new UsageError('--drain and --with-jobs need --teardown');
  if (reason === undefined) throw new UsageError('--drain and --with-jobs need --reason');
  readDuration('--drain', drain);
  return { ...(drain === undefined ? {} : { drain }), ...(withJobs ? { withJobs } : {}) };
}

/** Warns that the teardown of a protected environment fails, which pauses the schedule. */
async function warnOfProtected(context: Context, name: string): Promise<void> {
  try {
    await (await context.operations()).refuseProtected('teardown', name);
  } catch (error) {
    // The schedule exists, so a check that cannot be made now is not a failure.
    if (!(error instanceof ProtectedError)) return;
    const unprotect = `\`maops env unprotect ${name} --reason …\``;
    context.notice(
      `warning: ${name} is protected. Its teardown will fail and pause the schedule. To allow it: ${unprotect}`,
    );
  }
}

/** Warns of an unknown name: with a typo, every run would end as Gone and delete nothing. */
async function warnOfUnknown(context: Context, name: string): Promise<void> {
  try {
    await (await context.operations()).locate(name);
  } catch (error) {
    // The schedule exists, so a check that cannot be made now is not a failure.
    if (!(error instanceof OperationNotFoundError)) return;
    context.notice(`warning: no environment named ${name} yet; until it exists, the runs have nothing to do`);
  }
}

/** `maops schedule list`: one row per schedule. With `--check` the exit code is 1 when one has a problem. */
const list: Define = (command, run) => {
  command
    .option('--check', 'exit 1 when a run failed, was missed or was skipped, or a failure paused a schedule')
    .addHelpText('after', example('maops schedule list', 'maops schedule list --check --json'))
    .action(({ check = false }: { readonly check?: boolean }) =>
      run(async (context) => {
        const { schedules } = await context.session();
        const rows = await schedules.list();
        context.result(rows, (shown) => renderSchedules(shown, viewOf(context)));
        const failing = rows.filter(({ troubles }) => troubles.length > 0).map(({ name }) => name);
        if (!check || failing.length === 0) return exitCodes.done;
        context.notice(
          `schedules with problems: ${failing.map((name) => `\`maops schedule show ${name}\``).join(', ')}`,
        );
        return exitCodes.failed;
      }),
    );
};

/** `maops schedule show`: what a schedule starts, its next runs, and the results of the last ones. */
const show: Define = (command, run) => {
  command
    .argument('<name>', 'name of the schedule')
    .addHelpText('after', example('maops schedule show evening', 'maops schedule show evening --json'))
    .action((name: string) =>
      run(async (context) => {
        const schedule = await (await context.session()).schedules.show(name);
        context.result(schedule, (shown) => renderSchedule(shown, viewOf(context)));
        return exitCodes.done;
      }),
    );
};

interface TriggerOptions {
  readonly wait?: boolean;
  readonly timeout?: string;
}

/** `maops schedule trigger`: starts one run now, also of a paused schedule. */
const trigger: Define = (command, run) => {
  command
    .argument('<name>', 'name of the schedule')
    .option('--wait', 'follow the run to its end')
    .option('--timeout <duration>', 'stop waiting after this time (exit 8); the run continues')
    .addHelpText('after', example('maops schedule trigger nightly', 'maops schedule trigger nightly --wait'))
    .action((name: string, { wait = false, timeout }: TriggerOptions) =>
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

/** `maops schedule delete`: asks nothing, because a schedule is cheap to create again. Prints what it was. */
const remove: Define = (command, run) => {
  command
    .argument('<name>', 'name of the schedule')
    .addHelpText('after', example('maops schedule delete evening'))
    .action((name: string) =>
      run(async (context) => {
        const was = await (await context.session()).schedules.delete(name);
        context.result(was, (shown) => renderDeleted(shown, viewOf(context)));
        const running = was.running === null ? '' : `; ${was.running} is still running`;
        context.notice(`schedule ${name} deleted (${was.does}, ${was.cron} ${was.timezone})${running}`);
        return exitCodes.done;
      }),
    );
};

/** Declares a command to a schedule, with a reason. It prints the schedule afterwards. */
function defineScheduleSteering(
  verb: string,
  reason: string,
  steer: (schedules: Schedules, name: string, command: CommandOptions) => Promise<ScheduleDetails>,
): Define {
  return (command, run) => {
    command.argument('<name>', 'name of the schedule');
    requireReason(command, 'why; recorded as the note of the schedule')
      .addHelpText('after', example(`maops schedule ${verb} evening --reason '${reason}'`))
      .action((name: string, options: { readonly reason: string }) =>
        run(async (context) => {
          const schedule = await steer((await context.session()).schedules, name, { reason: options.reason });
          context.result(schedule, (shown) => renderSchedule(shown, viewOf(context)));
          return exitCodes.done;
        }),
      );
  };
}

/** `maops schedule pause`: starts no runs until resumed. */
const pause = defineScheduleSteering('pause', 'holidays', (schedules, name, command) => schedules.pause(name, command));

/** `maops schedule resume`: continues after a pause or a failed run, and acknowledges missed and skipped runs. */
const resume = defineScheduleSteering('resume', 'quota was raised', (schedules, name, command) =>
  schedules.resume(name, command),
);

export const commands = { create, list, show, pause, resume, trigger, delete: remove };
