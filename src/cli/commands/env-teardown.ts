import { OperationRefusedError } from '../../client/errors.js';
import { nameOf } from '../../client/name.js';
import { protectedError } from '../../client/protection.js';
import type { RemovalPlan } from '../../client/removal-plan.js';
import { protectedItem } from '../../client/teardown.js';
import { operationId } from '../../contract/ids.js';
import { keepRule } from '../../domain/sweep/rules.js';
import { type Define, example } from '../command.js';
import { askToContinue } from '../confirmation.js';
import { type Context, viewOf } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { offerReason, readHash } from '../options.js';
import { renderItems } from '../output/plan.js';
import { wrapText } from '../output/width.js';
import { openOperations, readPlan, sayGone, tearDown } from '../teardown.js';

interface Options {
  readonly yes?: boolean;
  readonly wait?: boolean;
  readonly reason: string;
  readonly hash?: string;
}

/** `maops env teardown`: without `--yes` it only goes on when a person at a terminal says so. */
const teardown: Define = (command, run) => {
  command
    .argument('<name>', 'the environment')
    .option('--yes', 'delete without asking')
    .option('--wait', 'wait until it is verified that everything is gone')
    .option('--hash <hash>', 'delete exactly the plan that was shown with this hash, or nothing');
  offerReason(command, 'why; it is kept in the audit of what is called off', 'teardown')
    .addHelpText('after', example('maops env teardown team-a', 'maops env teardown team-a --yes --wait'))
    .action((name: string, options: Options) => run((context) => perform(context, nameOf(name), options)));
};

async function perform(context: Context, name: string, options: Options): Promise<ExitCode> {
  const { yes = false, wait = false, reason, hash: asked } = options;
  if (asked !== undefined) readHash(asked);
  const [plan, open] = await Promise.all([readPlan(context, name), openOperations(context, name)]);
  const { items, hash, unread } = plan;
  const ours = items.filter(({ owner }) => owner !== null);
  if (ours.length === 0 && open.length === 0 && unread.length === 0) {
    for (const { kind, id, rule } of items) context.notice(`${kind} ${id} stays: ${rule}`);
    return sayGone(context, name);
  }
  // Where nobody waits nobody would hear that it was refused. What is under way already has its plan, and what could
  // not be read here is for the workers to read.
  const isUnderWay = open.includes(operationId('teardown', name));
  const kept = isUnderWay ? null : protectedItem(plan);
  if (kept !== null && yes) throw protectedError('teardown', name, `${kept.kind} ${kept.name}`);
  const isOther = !wait && asked !== undefined && asked !== hash && !isUnderWay && unread.length === 0;
  // Only a hash that was given binds: what is found under the name goes, and what is open on it makes more meanwhile.
  if (yes && !isOther)
    return await tearDown(context, name, { reason, wait, ...(asked === undefined ? {} : { hash: asked }) });
  const isUnseen = items.length === 0 && unread.length > 0;
  const inTheWay = whatIsInTheWay(name, plan, open);
  const endedOperations = open.length === 0 || inTheWay !== null ? '' : `\n\nis called off first: ${open.join(', ')}`;
  context.result({ name, hash, items, open, unread }, (shown) => {
    const view = viewOf(context);
    const seen = isUnseen ? 'nothing was seen, because not everything could be read' : renderItems(shown.items, view);
    const notRead = shown.unread.map((line) => `\nnot read: ${line}`).join('');
    return wrapText(`teardown of ${name}:\n${seen}${notRead}${endedOperations}\n\nhash ${hash}`, view.columns);
  });
  if (asked !== undefined && asked !== hash) {
    throw new OperationRefusedError(`the plan has changed: ${asked} was asked for, it is ${hash} now`, {
      hint: 'Look at it once more; nothing was deleted.',
    });
  }
  if (inTheWay !== null) {
    context.notice(`nothing would be deleted: ${inTheWay}`);
    return exitCodes.failed;
  }
  if ((await askToContinue(context, 'Delete this for good?')) === true)
    return await tearDown(context, name, { reason, wait, hash });
  const again = `maops env teardown ${name} --yes${wait ? ' --wait' : ''}`;
  // The hash of half a plan would bind the workers, who may see the other half, to nothing.
  const exactly = `; for exactly this plan: ${again} --hash ${hash}`;
  const unseen = `; the workers look again at what could not be read here (\`maops doctor\`)`;
  context.notice(`nothing was deleted. To go on: ${again}${unread.length === 0 ? exactly : unseen}`);
  return exitCodes.usage;
}

/** Why a teardown would only end as `Protected`, and what to do about it; null when it would delete something. */
function whatIsInTheWay(name: string, { items, unread }: RemovalPlan, open: readonly string[]): string | null {
  const ours = items.filter(({ owner }) => owner !== null);
  if (items.some(({ action }) => action !== 'leave')) return null;
  // What is protected stays as a whole, whatever is under way.
  if (ours.some(({ rule }) => rule === keepRule))
    return `${name} is protected; \`maops env unprotect ${name} --reason …\` first, when it may go`;
  const [stays] = ours;
  const isResting = unread.length === 0 && open.every((id) => id === operationId('lease', name));
  if (stays === undefined || !isResting) return null;
  return `${stays.kind} ${name} stays: ${stays.rule}; whoever it belongs to has to delete it first`;
}

export const commands = { teardown };
