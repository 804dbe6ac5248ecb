import type { Command } from 'commander';
import { OperationRefusedError } from '../../client/errors.js';
import { isSwept, type SweepRequest } from '../../client/sweeps.js';
import type { SweepProgress } from '../../contract/workflows.js';
import type { Plan } from '../../domain/teardown/plan.js';
import { isFields } from '../../spec/finding.js';
import { checkSweepRules } from '../../spec/sweep-rules.js';
import { type Define, example } from '../command.js';
import { askToContinue } from '../confirmation.js';
import { type Context, viewOf } from '../context.js';
import { type ExitCode, exitCodes, UsageError } from '../exit-codes.js';
import { readRules } from '../files.js';
import { followToEnd } from '../follow.js';
import { offerReason, readDuration, readHash } from '../options.js';
import { renderPlan, renderResults } from '../output/plan.js';

/** `maops sweep plan`: what nobody needs any more, as a plan with a hash; deletes nothing. */
const plan: Define = (command, run) => {
  defineSweep(command, 'plan')
    .addHelpText('after', example('maops sweep plan', 'maops sweep plan --rules sweep.yaml --json'))
    .action((options: SweepOptions) =>
      run(async (context) => {
        const plan = await makePlan(context, await rulesOf(context, options), options.reason);
        context.result(plan, (shown) => renderPlan(shown, viewOf(context)));
        if (plan.items.length > 0) {
          const how =
            plan.refusal === null ? 'To go on' : `As it is, it would be refused. ${whySoMuch} When it is meant`;
          context.notice(`nothing was deleted. ${how}: ${applyCommand(plan, options)}`);
        }
        return exitCodes.done;
      }),
    );
};

interface Options extends SweepOptions {
  readonly hash: string;
  readonly yes?: boolean;
  readonly timeout?: string;
}

/** `maops sweep apply`: deletes what a plan holds, told by its hash, and follows to the end. */
const apply: Define = (command, run) => {
  defineSweep(command, 'sweep')
    .requiredOption('--hash <hash>', 'of the plan that was looked at')
    .option('--yes', 'delete without asking')
    .option('--timeout <duration>', 'stop waiting after this time (exit 8); the sweep goes on')
    .addHelpText('after', example('maops sweep apply --hash 41de91b15441054b --yes'))
    .action((options: Options) => run((context) => confirmAndApply(context, options)));
};

async function confirmAndApply(context: Context, options: Options): Promise<ExitCode> {
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
  if ((await askToContinue(context, 'Delete this for good?')) === true) return null;
  context.notice(`nothing was deleted. To go on: ${applyCommand(plan, options)}`);
  return exitCodes.usage;
}

/** Options that plan and apply share: they must be the same for both, or the hash is another. */
export interface SweepOptions {
  readonly rules?: string;
  readonly maxShare?: string;
  readonly reason: string;
}

/** Declares what plan and apply share. */
export function defineSweep(command: Command, reason: string): Command {
  command
    .option('--rules <file>', 'what it may take and what it leaves; without, orphans of any age are in the plan too')
    .option('--max-share <percent>', 'how much of what carries our marker one plan may delete (default: 20)');
  return offerReason(command, 'why; it is kept in the audit', reason);
}

/**
 * The rules as they go to the workflow. A person reads the plan before anything happens, so without a file orphans are
 * in it whatever their age; a schedule without rules never takes one.
 */
export async function rulesOf(context: Context, { rules, maxShare }: SweepOptions): Promise<unknown> {
  const read = (await readRules(rules, context.terminal)) ?? { orphans: { minAge: '0s' } };
  if (maxShare === undefined) return read;
  const document = { ...(isFields(read) ? read : {}), maxShare: maxShare.endsWith('%') ? maxShare : `${maxShare}%` };
  const checked = checkSweepRules(document);
  if (!checked.ok) throw new UsageError(`--max-share ${maxShare}: ${checked.problems[0]?.message ?? 'is not valid'}`);
  return document;
}

/** What to do before a plan is meant that is refused for its size. */
export const whySoMuch = 'Find out why it is so much: an empty or restored Temporal database looks like this.';

/** The command that deletes what a plan holds; with a share that is large enough where the plan is refused for its size. */
export function applyCommand(plan: Plan, { rules, maxShare }: Pick<SweepOptions, 'rules' | 'maxShare'>): string {
  const share = plan.refusal === null ? maxShare : String(Math.ceil((plan.items.length / plan.carrying) * 100));
  const same = rules === undefined ? '' : ` --rules ${rules}`;
  return `maops sweep apply --hash ${plan.hash} --yes${same}${share === undefined ? '' : ` --max-share ${share}`}`;
}

/** Has a worker make the plan, and answers it; nothing is deleted. */
export async function makePlan(context: Context, rules: unknown, reason: string): Promise<Plan> {
  context.onInterrupt('interrupted: nothing was deleted');
  const operations = await context.operations();
  const progress: SweepProgress = await operations.planSweep({ rules }, { reason }, { signal: context.interrupted });
  if (progress.plan === null) throw new Error(`${progress.workflowId} has ended without a plan.`);
  return progress.plan;
}

export const commands = { plan, apply };
