import { type Define, example } from '../command.js';
import type { Context } from '../context.js';
import { type ExitCode, exitCodes } from '../exit.js';
import { renderRemovals } from '../render/resources.js';
import { askToGoOn, openOperations, readPlan, sayGone, tearDown } from '../tearing-down.js';

interface Options {
  readonly yes?: boolean;
  readonly wait?: boolean;
  readonly reason: string;
}

/** `maops env teardown`: without `--yes` it only goes on when a person at a terminal says so. */
export const envTeardown: Define = (command, run) => {
  command
    .argument('<name>', 'the environment')
    .option('--yes', 'delete without asking')
    .option('--wait', 'wait until it is verified that everything is gone')
    .option('--reason <text>', 'why; it is kept in the audit of what is called off', 'teardown')
    .addHelpText('after', example('maops env teardown team-a', 'maops env teardown team-a --yes --wait'))
    .action((name: string, options: Options) => run((context) => teardown(context, name, options)));
};

async function teardown(
  context: Context,
  name: string,
  { yes = false, wait = false, reason }: Options,
): Promise<ExitCode> {
  const [plan, open] = await Promise.all([readPlan(context, name), openOperations(context, name)]);
  const ours = plan.filter(({ owner }) => owner !== null);
  if (ours.length === 0 && open.length === 0) {
    for (const { kind, id, why } of plan) context.notice(`${kind} ${id} stays: ${why}`);
    return sayGone(context, name);
  }
  if (yes) return await tearDown(context, name, reason, wait);
  const { terminal } = context;
  const shown = renderRemovals(plan, terminal.timeZone);
  const calledOff = open.length === 0 ? '' : `\n\nis called off first: ${open.join(', ')}`;
  context.result({ name, items: plan, open }, `teardown of ${name}:\n${shown}${calledOff}`);
  const isAttended = terminal.stdin.isTTY === true && terminal.stdout.isTTY === true && !context.json;
  if (isAttended && (await askToGoOn(context, `Delete this for good?`)))
    return await tearDown(context, name, reason, wait);
  context.notice(`nothing was deleted. To go on: maops env teardown ${name} --yes${wait ? ' --wait' : ''}`);
  return exitCodes.usage;
}
