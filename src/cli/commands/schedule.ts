import type { CommandOptions } from '../../client/call-types.js';
import { OperationNotFoundError, ProtectedError } from '../../client/errors.js';
import type { ScheduleDetails } from '../../client/schedule-view.js';
import type { Schedules } from '../../client/schedules.js';
import type { ScheduledInput } from '../../contract/workflows.js';
import { isName } from '../../domain/name.js';
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
  readonly provision?: string;
  readonly reason?: string;
  readonly paused?: boolean;
  readonly jitter?: string;
  readonly catchup?: string;
}

/** `maops schedule create`: makes a Temporal Schedule that sweeps, tears down or provisions. */
const create: Define = (command, run) => {
  command
    .argument('<name>', 'name of the schedule')
    .requiredOption(
      '--cron <expression>',
      'when: minute, hour, day of month, month, day of week; also @daily, @every 30m',
    )
    .option('--timezone <zone>', 'the zone of the expression, as Europe/Berlin (default: UTC)')
    .option('--sweep', 'delete what has expired or is orphaned; a dry run without --apply')
    .option('--apply', 'with --sweep: really delete')
    .option('--rules <file>', 'with --sweep: what it may take and what it leaves')
    .option('--teardown <environment>', 'delete this environment')
    .option('--provision <file>', 'make the environment of this spec');
  offerReason(command, 'why; it is kept with the schedule and in the audit of what it starts')
    .option('--paused', 'make it paused')
    .option('--jitter <duration>', 'start up to this much later than the time says (default: 30s)')
    .option('--catchup <duration>', 'how late a run is made up for when Temporal was away (default: 10m)')
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
        const made = await schedules.create({
          name,
          cron,
          start,
          paused,
          ...(timezone === undefined ? {} : { timezone }),
          ...(reason === undefined ? {} : { reason }),
          ...(jitterMs === null ? {} : { jitterMs }),
          ...(catchupMs === null ? {} : { catchupMs }),
        });
        context.result(made, (shown) => renderSchedule(shown, viewOf(context)));
        const times = made.nextRuns.slice(0, 3).map((time) => formatTime(time, context.terminal.timeZone));
        context.notice(
          paused
            ? `schedule ${name} is made, paused: \`maops schedule resume ${name} --reason …\` lets it run, \`maops schedule trigger ${name}\` runs it once`
            : `schedule ${name} is made; next runs: ${times.join(', ')}`,
        );
        if (start.what === 'teardown') {
          await warnOfUnknown(context, start.name);
          await warnOfProtected(context, start.name);
        }
        return exitCodes.done;
      }),
    );
};

/** What is to be started: exactly one of the three. */
async function readStart(context: Context, options: Options): Promise<ScheduledInput['start']> {
  const { sweep = false, apply = false, rules, teardown, provision } = options;
  const given = [sweep, teardown !== undefined, provision !== undefined].filter((is) => is);
  if (given.length !== 1) throw new UsageError('choose one of --sweep, --teardown ENV and --provision FILE');
  if (!sweep && (apply || rules !== undefined)) throw new UsageError('--apply and --rules go with --sweep');
  if (provision !== undefined) {
    return { what: 'provision', document: await readSpec('env', provision, context.terminal) };
  }
  if (teardown === undefined) return { what: 'sweep', apply, rules: await readRules(rules, context.terminal) };
  if (!isName(teardown)) throw new UsageError(`--teardown ${String(teardown)}: is not the name of an environment`);
  return { what: 'teardown', name: teardown };
}

/** A teardown of what is protected fails, and that pauses the schedule. */
async function warnOfProtected(context: Context, name: string): Promise<void> {
  try {
    await (await context.operations()).refuseProtected('teardown', name);
  } catch (error) {
    // The schedule is made: what cannot be asked now is no reason to say that it failed.
    if (!(error instanceof ProtectedError)) return;
    const unprotect = `\`maops env unprotect ${name} --reason …\``;
    context.notice(`warning: ${name} is protected; while it is, the schedule fails and pauses: ${unprotect}`);
  }
}

/** A slip of the pen would end every evening with Gone and delete nothing. */
async function warnOfUnknown(context: Context, name: string): Promise<void> {
  try {
    await (await context.operations()).locate(name);
  } catch (error) {
    // The schedule is made: what cannot be asked now is no reason to say that it failed.
    if (!(error instanceof OperationNotFoundError)) return;
    context.notice(
      `warning: Temporal knows no environment ${name} yet; until there is one, the schedule has nothing to do`,
    );
  }
}

/** `maops schedule list`: one row per schedule; with `--check` it ends 1 when something is wrong with one. */
const list: Define = (command, run) => {
  command
    .option('--check', 'end with 1 when a run failed, was missed or was skipped, or a failure paused a schedule')
    .addHelpText('after', example('maops schedule list', 'maops schedule list --check --json'))
    .action(({ check = false }: { readonly check?: boolean }) =>
      run(async (context) => {
        const { schedules } = await context.session();
        const rows = await schedules.list();
        context.result(rows, (shown) => renderSchedules(shown, viewOf(context)));
        const troubled = rows.filter(({ troubles }) => troubles.length > 0).map(({ name }) => name);
        if (!check || troubled.length === 0) return exitCodes.done;
        context.notice(`to look at: ${troubled.map((name) => `\`maops schedule show ${name}\``).join(', ')}`);
        return exitCodes.failed;
      }),
    );
};

/** `maops schedule show`: what it does, its next runs, and how the last ones ended. */
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

interface Options {
  readonly wait?: boolean;
  readonly timeout?: string;
}

/** `maops schedule trigger`: one run now, whether the schedule is paused or not. */
const trigger: Define = (command, run) => {
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

/** `maops schedule delete`: a schedule is cheap to make again, so nobody is asked; what it was is printed. */
const remove: Define = (command, run) => {
  command
    .argument('<name>', 'name of the schedule')
    .addHelpText('after', example('maops schedule delete evening'))
    .action((name: string) =>
      run(async (context) => {
        const was = await (await context.session()).schedules.delete(name);
        context.result(was, (shown) => renderDeleted(shown, viewOf(context)));
        const goesOn = was.running === null ? '' : `; ${was.running} goes on`;
        context.notice(`schedule ${name} is deleted (${was.does}, ${was.cron} ${was.timezone})${goesOn}`);
        return exitCodes.done;
      }),
    );
};

/** Declares a command that says something to a schedule, with a reason, and prints how it stands then. */
export function defineScheduleSteering(
  verb: string,
  reason: string,
  steer: (schedules: Schedules, name: string, said: CommandOptions) => Promise<ScheduleDetails>,
): Define {
  return (command, run) => {
    command.argument('<name>', 'name of the schedule');
    requireReason(command, 'why; it is kept as the note of the schedule')
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

/** `maops schedule pause`: no run is started until it is resumed. */
const pause = defineScheduleSteering('pause', 'holidays', (schedules, name, said) => schedules.pause(name, said));

/** `maops schedule resume`: goes on, also after a failed run; what was missed or skipped so far counts as seen. */
const resume = defineScheduleSteering('resume', 'quota is raised', (schedules, name, said) =>
  schedules.resume(name, said),
);

export const commands = { create, list, show, pause, resume, trigger, delete: remove };
