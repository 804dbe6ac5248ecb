import type { Command } from 'commander';
import type { SweepProgress } from '../contract/workflows.js';
import type { Plan } from '../domain/teardown/plan.js';
import { isFields } from '../spec/finding.js';
import { checkSweepRules } from '../spec/sweep-rules.js';
import { offerReason } from './command.js';
import type { Context } from './context.js';
import { UsageError } from './exit-codes.js';
import { readRules } from './rules-file.js';

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

/** Checks the hash of a plan before anything is asked with it. */
export function readHash(hash: string): string {
  if (/^[0-9a-f]{16}$/.test(hash)) return hash;
  throw new UsageError(`--hash ${hash}: expected the 16 hex digits that the plan ends with`);
}

/** Has a worker make the plan, and answers it; nothing is deleted. */
export async function makePlan(context: Context, rules: unknown, reason: string): Promise<Plan> {
  context.onInterrupt('interrupted: nothing was deleted');
  const operations = await context.operations();
  const progress: SweepProgress = await operations.planSweep({ rules }, { reason }, { signal: context.interrupted });
  if (progress.plan === null) throw new Error(`${progress.workflowId} has ended without a plan.`);
  return progress.plan;
}
