import { OperationRefusedError } from '../../client/errors.js';
import { isSwept, type SweepRequest } from '../../client/sweeps.js';
import { type Define, example } from '../command.js';
import type { Context } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { followToEnd, readDuration } from '../following.js';
import { renderPlan, renderResults } from '../output/plan.js';
import { applyCommand, defineSweep, makePlan, readHash, rulesOf, type SweepOptions, whySoMuch } from '../sweeping.js';
import { askToGoOn } from '../tearing-down.js';
import { viewOf } from '../view.js';

interface Options extends SweepOptions {
  readonly hash: string;
  readonly yes?: boolean;
  readonly timeout?: string;
}

/** `maops sweep apply`: deletes what a plan holds, told by its hash, and follows to the end. */
export const sweepApply: Define = (command, run) => {
  defineSweep(command, 'sweep')
    .requiredOption('--hash <hash>', 'of the plan that was looked at')
    .option('--yes', 'delete without asking')
    .option('--timeout <duration>', 'stop waiting after this time (exit 8); the sweep goes on')
    .addHelpText('after', example('maops sweep apply --hash 41de91b15441054b --yes'))
    .action((options: Options) => run((context) => apply(context, options)));
};

async function apply(context: Context, options: Options): Promise<ExitCode> {
  const hash = readHash(options.hash);
  const timeoutMs = readDuration('--timeout', options.timeout);
  const rules = await rulesOf(context, options);
  const code = options.yes === true ? null : await confirmed(context, options, rules);
  return code ?? (await deleteBy(context, { apply: true, rules, planHash: hash }, options.reason, timeoutMs));
}

async function deleteBy(
  context: Context,
  request: SweepRequest,
  reason: string,
  timeoutMs: number | null,
): Promise<ExitCode> {
  const operations = await context.operations();
  const { workflowId } = await operations.startSweep(request, { reason });
  context.notice(`${workflowId} is under way`);
  const code = await followToEnd(context, workflowId, { attention: context.json ? 'ending' : 'changes', timeoutMs });
  if (!context.json) {
    const progress = await operations.progress(workflowId);
    if (isSwept(progress)) context.notice(renderResults(progress, viewOf(context)));
  }
  return code;
}

/** Shows the plan as it is now; a person at a terminal may go on (null), anybody else is told how. */
async function confirmed(context: Context, options: Options, rules: unknown): Promise<ExitCode | null> {
  const { terminal } = context;
  const { hash, reason } = options;
  const plan = await makePlan(context, rules, reason);
  context.result(plan, (shown) => renderPlan(shown, viewOf(context)));
  if (plan.hash !== hash) {
    throw new OperationRefusedError(`the plan has changed: ${hash} was asked for, it is ${plan.hash} now`, {
      hint: 'Look at it once more, with the rules that it was made with; nothing was deleted.',
    });
  }
  if (plan.refusal !== null) {
    throw new OperationRefusedError(`the plan is refused: ${plan.refusal}; nothing was deleted`, {
      hint: `${whySoMuch} When it is meant: \`${applyCommand(plan, options)}\`.`,
    });
  }
  if (plan.items.length === 0) {
    context.notice('there is nothing to delete');
    return exitCodes.done;
  }
  const isAttended = terminal.stdin.isTTY === true && terminal.stdout.isTTY === true && !context.json;
  if (isAttended && (await askToGoOn(context, 'Delete this for good?'))) return null;
  context.notice(`nothing was deleted. To go on: ${applyCommand(plan, options)}`);
  return exitCodes.usage;
}
