import { workflowInfo } from '@temporalio/workflow';
import type { SweepQuestion } from '../../activities/sweep/plans.js';
import { makeFailure } from '../../contract/failures.js';
import { fitting } from '../../domain/pages.js';
import type { ResultCounts } from '../../domain/sweep/results.js';
import type { Plan, PlanItem } from '../../domain/teardown/plan.js';
import { surveys } from '../operation/activity-proxies.js';
import type { Operation } from '../operation/operation.js';
import type { LargePlan, SweepState } from './state.js';

/** Pages that one run records or applies, so that its history stays below 1 MB. */
const pagesOfRun = 5;
const mostRestarts = 5;
/** The results that a sweep of a large plan keeps. */
const resultLimit = { count: 200, bytes: 48 * 1024 };

export const noResults: ResultCounts = { deleted: 0, changed: 0, protected: 0, busy: 0, failed: 0, gone: 0 };

export function startedPlan(restarts: number): LargePlan {
  return { recorded: [], after: 0, restarts, next: 0, inProgress: null, counts: noResults, kept: 0 };
}

/**
 * Records the pages of a large plan as results of activities. A plan that has changed meanwhile is made again in
 * another run.
 */
export async function recordPages(op: Operation<SweepState>, question: SweepQuestion, plan: Plan): Promise<void> {
  const { settings } = op.identity;
  const { runId } = workflowInfo();
  for (let count = 1; ; count += 1) {
    const large = largeOf(op);
    const { after } = large;
    if (after === null) return;
    op.explain(`recording the plan, from part ${after + 1}`);
    const { page, hash } = await op.retries.run('recording the plan', () =>
      surveys(settings, 'plan').planPage({ ...question, hash: plan.hash, after }),
    );
    if (page === null) return await planAgain(op, large, hash);
    const earlier = large.recorded.filter((pages) => pages.runId !== runId);
    const recorded = [...earlier, { runId, count }];
    op.state.large = { ...large, recorded, after: page.next };
    if (page.next === null) {
      op.state.progress = { ...op.state.progress, plan: { ...plan, pages: recorded } };
      // What is deleted is recorded in the next runs.
      if (question.isReal) await op.continueNow();
      return;
    }
    if (count >= pagesOfRun) await op.continueNow();
  }
}

/** A run has pages of one plan only, so the next plan is recorded in another one. */
async function planAgain(op: Operation<SweepState>, { restarts }: LargePlan, hash: string): Promise<never> {
  if (restarts >= mostRestarts) {
    throw makeFailure(
      'ServiceUnavailable',
      `the plan changed ${restarts + 1} times while it was recorded, last to ${hash}`,
      {
        hint: 'Nothing was deleted. Start the sweep again when fewer resources are being created and deleted.',
      },
    );
  }
  op.state.progress = { ...op.state.progress, plan: null };
  op.state.large = startedPlan(restarts + 1);
  return await op.continueNow();
}

/** The items of the page in progress or of the next one, with the hashes of their parts; null after the last page. */
export async function takePage(op: Operation<SweepState>): Promise<readonly PlanItem[] | null> {
  const large = largeOf(op);
  if (large.inProgress !== null) return large.inProgress;
  const place = placeOf(large);
  if (place === null) return null;
  const { workflowId } = workflowInfo();
  const page = await op.retries.run('reading the plan', () =>
    surveys(op.identity.settings, 'plan').readPlanPage({ workflowId, ...place }),
  );
  const named = page.parts.flatMap(({ hash, items: [first] }) =>
    first?.environment == null ? [] : [[first.environment, hash] as const],
  );
  const items = page.parts.flatMap((part) => part.items);
  op.state.hashes = Object.fromEntries(named);
  op.state.large = { ...large, inProgress: items };
  return items;
}

/** Ends a page: what was deleted is only counted from now on. */
export function endPage(op: Operation<SweepState>): void {
  const large = largeOf(op);
  const { results } = op.state.progress;
  const counts = { ...large.counts };
  for (const { result } of results.slice(large.kept)) counts[result] += 1;
  const left = results.filter(({ result }) => result !== 'deleted' && result !== 'gone').slice(0, resultLimit.count);
  const kept = left.slice(0, fitting(left, resultLimit.bytes));
  op.state.large = { ...large, counts, kept: kept.length, inProgress: null, next: large.next + 1 };
  op.state.progress = { ...op.state.progress, results: kept, resultCounts: counts };
}

/** How many items have each result, also in the pages that are done. */
export function countResults({ large, progress: { results } }: SweepState): ResultCounts {
  const counts = { ...(large?.counts ?? noResults) };
  for (const { result } of results.slice(large?.kept ?? 0)) counts[result] += 1;
  return counts;
}

/** The run that recorded the next page, and its number there. */
function placeOf({ recorded, next }: LargePlan): { readonly runId: string; readonly index: number } | null {
  let before = 0;
  for (const { runId, count } of recorded) {
    if (next < before + count) return { runId, index: next - before };
    before += count;
  }
  return null;
}

function largeOf({ state }: Operation<SweepState>): LargePlan {
  if (state.large == null) throw new Error('The plan has no pages.');
  return state.large;
}
