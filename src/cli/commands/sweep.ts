import type { Command } from 'commander';
import { OperationRefusedError } from '../../client/errors.js';
import type { SweepRequest } from '../../client/sweeps.js';
import type { SweepProgress } from '../../contract/workflows.js';
import type { Plan } from '../../domain/teardown/plan.js';
import { isFields } from '../../spec/finding.js';
import { type Define, example } from '../command.js';
import { askToContinue } from '../confirmation.js';
import { type Context, viewOf } from '../context.js';
import { type ExitCode, exitCodes, UsageError } from '../exit-codes.js';
import { readRules } from '../files.js';
import { followToEnd } from '../follow.js';
import { offerReason, readDuration, readHash } from '../options.js';
import { renderPlan, renderResults } from '../output/plan.js';

/** The reasons that are recorded without `--reason`. */
const defaultReasons: Readonly<Record<'plan' | 'apply', string>> = { plan: 'plan', apply: 'sweep' };

/** `maops sweep plan`: lists the resources to delete, as a plan with a hash. Deletes nothing. */
const plan: Define = (command, run) => {
  defineSweep(command, defaultReasons.plan)
    .addHelpText('after', example('maops sweep plan', 'maops sweep plan --rules sweep.yaml --json'))
    .action((options: SweepOptions) =>
      run(async (context) => {
        const plan = await makePlan(context, await rulesOf(context, options), options.reason);
        context.result(plan, (shown) => renderPlan(shown, viewOf(context)));
        if (plan.items.length > 0) {
          const next =
            plan.refusal === null ? 'To delete' : `The plan would be refused. ${whySoMuch} If the plan is right`;
          context.notice(`nothing was deleted. ${next}: ${applyCommand(plan, options)}`);
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

/** `maops sweep apply`: deletes the resources in a plan and follows the sweep to its end. */
const apply: Define = (command, run) => {
  defineSweep(command, defaultReasons.apply)
    .requiredOption('--hash <hash>', 'hash of the reviewed plan')
    .option('--yes', 'delete without asking')
    .option('--timeout <duration>', 'stop waiting after this time (exit 8); the sweep continues')
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
  context.notice(`${workflowId} is running`);
  const code = await followToEnd(context, workflowId, { attention: context.json ? 'ending' : 'changes', timeoutMs });
  if (!context.json) {
    const { isSwept } = await import('../../client/sweeps.js');
    const progress = await operations.progress(workflowId);
    if (isSwept(progress)) context.notice(renderResults(progress, viewOf(context)));
  }
  return code;
}

/** Shows the plan as it is now and asks for confirmation. Null to continue, else the exit code. */
async function confirmed(context: Context, options: Options, rules: unknown): Promise<ExitCode | null> {
  const { hash, reason } = options;
  const plan = await makePlan(context, rules, reason);
  context.result(plan, (shown) => renderPlan(shown, viewOf(context)));
  if (plan.hash !== hash) {
    throw new OperationRefusedError(
      `the plan has changed: its hash is now ${plan.hash}, not ${hash}. Nothing was deleted.`,
      {
        hint: 'Review the plan again, with the same rules.',
      },
    );
  }
  if (plan.refusal !== null) {
    throw new OperationRefusedError(`the plan is refused: ${plan.refusal}. Nothing was deleted.`, {
      hint: `${whySoMuch} If the plan is right: \`${applyCommand(plan, options)}\`.`,
    });
  }
  if (plan.items.length === 0) {
    context.notice('nothing to delete');
    return exitCodes.done;
  }
  if ((await askToContinue(context, 'Delete this for good?')) === true) return null;
  context.notice(`nothing was deleted. To delete: ${applyCommand(plan, options)}`);
  return exitCodes.usage;
}

/** Options that plan and apply share. They must be the same for both, or the hash differs. */
interface SweepOptions {
  readonly rules?: string;
  readonly maxShare?: string;
  readonly reason: string;
}

/** Declares the options that plan and apply share. */
function defineSweep(command: Command, reason: string): Command {
  command
    .option('--rules <file>', 'the rules of the sweep; without them, the plan includes orphans of any age')
    .option('--max-share <percent>', 'largest share of the marked resources that one plan may delete (default: 20)');
  return offerReason(command, 'why; it is kept in the audit', reason);
}

/**
 * Reads the rules for the workflow. Without a file the plan includes orphans of any age, because a person reviews it. A
 * schedule without rules deletes no orphans.
 */
async function rulesOf(context: Context, { rules, maxShare }: SweepOptions): Promise<unknown> {
  const read = (await readRules(rules, context.terminal)) ?? { orphans: { minAge: '0s' } };
  if (maxShare === undefined) return read;
  const document = { ...(isFields(read) ? read : {}), maxShare: maxShare.endsWith('%') ? maxShare : `${maxShare}%` };
  const { checkSweepRules } = await import('../../spec/sweep-rules.js');
  const checked = checkSweepRules(document);
  if (!checked.ok) throw new UsageError(`--max-share ${maxShare}: ${checked.problems[0]?.message ?? 'is not valid'}`);
  return document;
}

/** The hint for a plan that exceeds the share. */
const whySoMuch = 'Find out why the share is so large. An empty or restored Temporal database can be the reason.';

/** The command that applies a plan, with a sufficient `--max-share` if the plan exceeds the share. */
function applyCommand(plan: Plan, { rules, maxShare, reason }: SweepOptions): string {
  const share = plan.refusal === null ? maxShare : String(Math.ceil((countOf(plan) / plan.carrying) * 100));
  const options = [
    ...(rules === undefined ? [] : ['--rules', quoted(rules)]),
    ...(share === undefined ? [] : ['--max-share', share]),
    ...(Object.values(defaultReasons).includes(reason) ? [] : ['--reason', quoted(reason)]),
  ];
  return ['maops sweep apply --hash', plan.hash, '--yes', ...options].join(' ');
}

/** One word for a POSIX shell. */
function quoted(text: string): string {
  return /^[\w./:@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function countOf({ items, totals }: Plan): number {
  return totals?.items ?? items.length;
}

/** Asks a worker for a plan. Deletes nothing. */
async function makePlan(context: Context, rules: unknown, reason: string): Promise<Plan> {
  context.onInterrupt('interrupted: nothing was deleted');
  const operations = await context.operations();
  const progress: SweepProgress = await operations.planSweep({ rules }, { reason }, { signal: context.interrupted });
  if (progress.plan === null) throw new Error(`${progress.workflowId} ended without a plan`);
  return progress.plan;
}

export const commands = { plan, apply };
