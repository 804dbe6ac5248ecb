import { OperationNotFoundError, ProtectedError } from '../../client/errors.js';
import type { ScheduledInput } from '../../contract/workflows.js';
import { isName } from '../../domain/name.js';
import { type Define, example, offerReason } from '../command.js';
import type { Context } from '../context.js';
import { exitCodes, UsageError } from '../exit-codes.js';
import { readDuration } from '../following.js';
import { renderSchedule } from '../output/schedules.js';
import { formatTime } from '../output/time.js';
import { readRules } from '../rules-file.js';
import { readSpec } from '../spec-file.js';
import { viewOf } from '../view.js';

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
export const scheduleCreate: Define = (command, run) => {
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
