import { OperationRefusedError } from '../../client/errors.js';
import { protectedError } from '../../client/protection.js';
import type { RemovalPlan } from '../../client/removal-plan.js';
import { protectedItem } from '../../client/teardown.js';
import { nameOf, operationId } from '../../contract/ids.js';
import { keepRule } from '../../domain/sweep/rules.js';
import { type Define, example } from '../command.js';
import { askToContinue } from '../confirmation.js';
import { type Context, viewOf } from '../context.js';
import { type ExitCode, exitCodes, UsageError } from '../exit-codes.js';
import { offerReason, readDuration, readHash } from '../options.js';
import { renderJobs } from '../output/jobs.js';
import { renderItems } from '../output/plan.js';
import { wrapText } from '../output/width.js';
import { openOperations, readPlan, refuseInUse, reportGone, tearDown } from '../teardown.js';

interface Options {
  readonly yes?: boolean;
  readonly wait?: boolean;
  readonly reason?: string;
  readonly hash?: string;
  readonly drain?: string;
  readonly withJobs?: boolean;
}

/** `maops env teardown`: without `--yes` it asks for confirmation, and does nothing where no person can answer. */
const teardown: Define = (command, run) => {
  command
    .argument('<name>', 'the environment')
    .option('--yes', 'delete without asking')
    .option('--wait', 'wait until the deletion is verified')
    .option('--hash <hash>', 'delete exactly the plan with this hash, or nothing')
    .option('--drain <duration>', 'wait up to this long for jobs on the pool, then refuse; needs --reason')
    .option('--with-jobs', 'delete the pool even while jobs use it; with --drain, waits first; needs --reason');
  offerReason(command, 'why; recorded in the audits')
    .addHelpText(
      'after',
      example(
        'maops env teardown team-a',
        'maops env teardown team-a --yes --wait',
        "maops env teardown team-a --yes --drain 2h --reason 'project ended'",
      ),
    )
    .action((name: string, options: Options) => run((context) => perform(context, nameOf(name), options)));
};

async function perform(context: Context, name: string, options: Options): Promise<ExitCode> {
  const { yes = false, wait = false, hash: asked, drain, withJobs = false } = options;
  if (asked !== undefined) readHash(asked);
  readDuration('--drain', drain);
  const areJobsHandled = drain !== undefined || withJobs;
  if (areJobsHandled && options.reason === undefined)
    throw new UsageError(`${drain === undefined ? '--with-jobs' : '--drain'} needs --reason`);
  const reason = options.reason ?? 'teardown';
  const jobOptions = { ...(drain === undefined ? {} : { drain }), ...(withJobs ? { withJobs } : {}) };
  const [plan, open] = await Promise.all([readPlan(context, name), openOperations(context, name)]);
  const { items, hash, unread, jobs, jobsUnread } = plan;
  const ours = items.filter(({ owner }) => owner !== null);
  if (ours.length === 0 && open.length === 0 && unread.length === 0) {
    for (const { kind, id, rule } of items) context.notice(`${kind} ${id} is kept: ${rule}`);
    return reportGone(context, name);
  }
  // Refuse here what the workflow would refuse, because without --wait nobody sees its result. A running teardown has
  // its own plan.
  // Resources that could not be read here are left to the workers.
  const isUnderWay = open.includes(operationId('teardown', name));
  const kept = isUnderWay ? null : protectedItem(plan);
  if (kept !== null && yes) throw protectedError('teardown', name, `${kept.kind} ${kept.name}`);
  const mayBeInUse = !isUnderWay && !areJobsHandled;
  if (mayBeInUse && yes) refuseInUse(name, plan, context.terminal.now());
  const isOther = !wait && asked !== undefined && asked !== hash && !isUnderWay && unread.length === 0;
  // Without --hash the teardown is not bound to this plan, because open operations may create more meanwhile.
  if (yes && !isOther)
    return await tearDown(context, name, {
      reason,
      wait,
      ...jobOptions,
      ...(asked === undefined ? {} : { hash: asked }),
    });
  const isUnseen = items.length === 0 && unread.length > 0;
  const inTheWay = whatIsInTheWay(name, plan, open);
  const cancelled = open.map((id) => `\n${id} will be cancelled first`).join('');
  const cancellations = cancelled === '' || inTheWay !== null ? '' : `\n${cancelled}`;
  context.result({ name, hash, items, jobs, jobsUnread, open, unread }, (shown) => {
    const view = viewOf(context);
    const seen = isUnseen ? 'no resources could be read' : renderItems(shown.items, view);
    const inUse = renderJobs(shown.jobs, shown.jobsUnread, view);
    const used = inUse === '' ? '' : `\n\n${inUse}`;
    const notRead = shown.unread.map((line) => `\nnot read: ${line}`).join('');
    return wrapText(`teardown of ${name}:\n${seen}${used}${notRead}${cancellations}\n\nhash ${hash}`, view.columns);
  });
  if (asked !== undefined && asked !== hash) {
    throw new OperationRefusedError(
      `the plan has changed: its hash is now ${hash}, not ${asked}. Nothing was deleted.`,
      {
        hint: 'Review the plan again.',
      },
    );
  }
  if (inTheWay !== null) {
    context.notice(`nothing to delete: ${inTheWay}`);
    return exitCodes.failed;
  }
  if (mayBeInUse) refuseInUse(name, plan, context.terminal.now());
  if ((await askToContinue(context, 'Delete this for good?')) === true)
    return await tearDown(context, name, { reason, wait, hash, ...jobOptions });
  const flags = `${wait ? ' --wait' : ''}${drain === undefined ? '' : ` --drain ${drain}`}${withJobs ? ' --with-jobs' : ''}`;
  const again = `maops env teardown ${name} --yes${flags}${areJobsHandled ? ' --reason …' : ''}`;
  // The hash of an incomplete plan would not match the complete plan of the workers.
  const exactly = `; to delete exactly this plan: ${again} --hash ${hash}`;
  const unseen = `. The workers will read the rest themselves. \`maops doctor\` shows why it could not be read here.`;
  context.notice(`nothing was deleted. To delete: ${again}${unread.length === 0 ? exactly : unseen}`);
  return exitCodes.usage;
}

/** Why a teardown would delete nothing, and what to do about it; null when it would delete something. */
function whatIsInTheWay(name: string, { items, unread }: RemovalPlan, open: readonly string[]): string | null {
  const ours = items.filter(({ owner }) => owner !== null);
  if (items.some(({ action }) => action !== 'leave')) return null;
  // Protection keeps the whole environment, whatever is running.
  if (ours.some(({ rule }) => rule === keepRule))
    return `${name} is protected. To delete it, run \`maops env unprotect ${name} --reason …\` first.`;
  const [stays] = ours;
  const isIdle = unread.length === 0 && open.every((id) => id === operationId('lease', name));
  if (stays === undefined || !isIdle) return null;
  return `${stays.kind} ${name} is kept: ${stays.rule}`;
}

export const commands = { teardown };
