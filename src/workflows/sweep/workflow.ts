import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { SweepPlanning } from '../../activities/sweep/plans.js';
import { makeFailure } from '../../contract/failures.js';
import type { SweepInput, SweepProgress } from '../../contract/workflows.js';
import { judgeSweep, sumOf } from '../../domain/sweep/results.js';
import { hasPool, type Plan, partsOf } from '../../domain/teardown/plan.js';
import { surveys } from '../operation/activity-proxies.js';
import { checkArgument } from '../operation/check-argument.js';
import { type Outcome, runToEnd } from '../operation/ending.js';
import { describeFailure, planChanged } from '../operation/failure.js';
import { Operation } from '../operation/operation.js';
import { carriedOver, newState } from '../operation/state.js';
import { countResults, endPage, recordPages, startedPlan, takePage } from './large-plan.js';
import { sweepNamed, sweepUnnamed } from './parts.js';
import type { SweepState } from './state.js';

/** Number of teardowns that a sweep runs at the same time. */
const width = 8;
/** Parts and pages that one run applies, so that its history stays below 1 MB. */
const partsOfRun = 100;
const pagesOfRun = 3;

/**
 * Deletes the resources that are no longer needed, according to a plan.
 *
 * Phases: `Planning` until the rules are checked and the plan is made. With a hash, it must be the reviewed plan.
 * `Applying` until each part of the plan has a result. The teardown of its environment deletes a part with a name: it
 * cancels the lease, and transfers what must stay to a lease. A part without a name is checked again and deleted here.
 * `Paused` above either: nothing is started or deleted until `resume`. Ends in `Done`, with a failure when a resource
 * could not be deleted. Ends in `Failed` when the plan could not be made, deletes too much, or differs from its hash at
 * the start or at the end. Ends in `Cancelled` after a cancel: teardowns that have started continue.
 */
export async function sweep(given: SweepInput | null | undefined, carried?: SweepState): Promise<SweepProgress> {
  const input: SweepInput = given ?? {};
  const op: Operation<SweepState> = new Operation(carried === undefined ? firstState() : carriedOver(carried), () =>
    continueAsNew<(input: SweepInput, carried: SweepState) => Promise<unknown>>(input, op.state),
  );
  const work = async (): Promise<Outcome> => {
    const plan = op.state.progress.plan ?? (await setUp(op, input));
    const question = { rules: input.rules ?? null, isReal: isReal(input) };
    if (plan.partial === true) await recordPages(op, question, plan);
    if (!isReal(input)) return { phase: 'Done', why: `a dry run: ${describePlan(plan)}` };
    await apply(op, input, plan);
    return { phase: 'Done', why: op.state.progress.why };
  };
  return await runToEnd(op, work, { cancelled: () => 'cancelled; teardowns that have started continue' });
}

function firstState(): SweepState {
  const { workflowId } = workflowInfo();
  const name = workflowId.slice(workflowId.indexOf('/') + 1).replace(/-\d{4}-\d\d-\d\dT.*$/, '');
  const state = newState(name, [], 'Planning');
  return {
    ...state,
    progress: { ...state.progress, plan: null, results: [] },
    hashes: {},
    large: null,
    inProgress: null,
  };
}

function isReal({ apply }: SweepInput): boolean {
  return apply === true;
}

async function setUp(op: Operation<SweepState>, input: SweepInput): Promise<Plan> {
  op.enter('Planning', 'reading all pools and notebooks of the project and their owners');
  op.audit(isReal(input) ? 'sweep' : 'plan', input.by ?? 'unknown', input.reason ?? '');
  await checkArgument(op, 'sweepExpired', input, op.state.progress.name);
  const { settings } = op.identity;
  const planning: SweepPlanning = await op.retries.run('planning the sweep', () =>
    surveys(settings, 'plan').planSweep({ rules: input.rules ?? null, isReal: isReal(input) }),
  );
  const { plan, hashes, busy } = planning;
  op.state.progress = { ...op.state.progress, plan };
  op.state.large = plan.partial === true ? startedPlan(op.state.large?.restarts ?? 0) : null;
  op.state.hashes = hashes;
  op.state.withJobs = busy === 'delete';
  op.state.drain = typeof busy === 'object' ? busy.drain : null;
  if (!isReal(input)) return plan;
  if (input.planHash != null && input.planHash !== plan.hash) {
    throw planChanged(input.planHash, plan.hash, 'maops sweep plan');
  }
  if (plan.refusal !== null) {
    throw makeFailure('RequestRejected', `${plan.refusal}; nothing was deleted`, {
      hint: 'Find out why so many resources have no owner. An empty or restored Temporal database can be the reason. If the plan is right, raise `maxShare` in the rules (`--max-share PERCENT`).',
    });
  }
  return plan;
}

async function apply(op: Operation<SweepState>, input: SweepInput, plan: Plan): Promise<void> {
  op.enter('Applying', tally(op, plan));
  const load = { parts: 0, pages: 0 };
  if (plan.partial !== true) await applyItems(op, input, plan.items, load);
  else {
    for (let items = await takePage(op); items !== null; items = await takePage(op)) {
      await applyItems(op, input, items, load);
      endPage(op);
      load.pages += 1;
      if (load.pages >= pagesOfRun) await op.continueNow();
    }
  }
  judgeResults(op, input);
}

/** Parts without a pool are first: a pool is kept while a notebook of another part runs on it. */
async function applyItems(
  op: Operation<SweepState>,
  input: SweepInput,
  items: Plan['items'],
  load: { parts: number },
): Promise<void> {
  for (const withPool of [false, true]) {
    for (;;) {
      await op.continueWhenLong();
      if (load.parts >= partsOfRun) await op.continueNow();
      const done = new Set(op.state.progress.results.map(({ kind, id }) => `${kind} ${id}`));
      const open = partsOf(items).filter((part) => hasPool(part) === withPool && !isProcessed(done, part.items));
      const named = open.filter(({ environment }) => environment !== null).slice(0, width);
      const [unnamed] = open.filter(({ environment }) => environment === null);
      if (named.length > 0) await Promise.all(named.map((part) => sweepNamed(op, input, part)));
      else if (unnamed !== undefined) await sweepUnnamed(op, input, unnamed);
      else break;
      load.parts += Math.max(1, named.length);
      const { plan } = op.state.progress;
      if (plan === null) continue;
      op.reach(Math.floor((99 * sumOf(countResults(op.state))) / countOf(plan)));
      op.explain(tally(op, plan));
    }
  }
}

/** Number of processed items. `results` has the result of each, or of those that were not deleted. */
function tally(op: Operation<SweepState>, plan: Plan): string {
  return `${sumOf(countResults(op.state))} of ${countOf(plan)} resources processed`;
}

function countOf({ items, totals }: Plan): number {
  return totals?.items ?? items.length;
}

function isProcessed(done: ReadonlySet<string>, items: Plan['items']): boolean {
  return items.every(({ kind, id }) => done.has(`${kind} ${id}`));
}

function judgeResults(op: Operation<SweepState>, input: SweepInput): void {
  const { results, plan } = op.state.progress;
  const { why, failure } = judgeSweep(results, countResults(op.state), plan?.hash, input.planHash != null);
  op.explain(why);
  if (failure === null) return;
  const error = makeFailure(failure.type, failure.message, { hint: failure.hint });
  if (failure.isThrown) throw error;
  op.fail(describeFailure(error, null));
}

function describePlan({ items, kept, unread, totals }: Plan): string {
  const parts = [`${totals?.items ?? items.length} to delete`, `${totals?.kept ?? kept.length} kept by rules`];
  if (unread.length > 0) parts.push(`${unread.length} could not be judged`);
  return parts.join(', ');
}
