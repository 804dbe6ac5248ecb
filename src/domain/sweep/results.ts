import type { PlanItem } from '../teardown/plan.js';
import { cut } from '../text.js';
import type { Recheck } from './recheck.js';

/** The result of one item of a plan. */
export interface PlanItemResult {
  readonly kind: PlanItem['kind'];
  readonly id: string;
  /** `busy`: jobs use the pool, or it is not known whether they do. */
  readonly result: 'deleted' | 'changed' | 'protected' | 'busy' | 'failed' | 'gone';
  readonly why: string;
}

/** How many items have each result. */
export type ResultCounts = Readonly<Record<PlanItemResult['result'], number>>;

type Ref = Pick<PlanItem, 'kind' | 'id'>;

/** The result of the items of a part that failed with a type. */
export function resultOf(type: string | undefined): PlanItemResult['result'] {
  if (type === 'PlanChanged') return 'changed';
  if (type === 'Protected') return 'protected';
  return type === 'Busy' ? 'busy' : 'failed';
}

export function sameFor(items: readonly Ref[], result: PlanItemResult['result'], why: string): PlanItemResult[] {
  return items.map(({ kind, id }) => ({ kind, id, result, why }));
}

/** The results of a teardown for the items of its part: its own, or that of the whole teardown. */
export function resultsOf(
  items: readonly Ref[],
  end: {
    readonly reachedGoal: boolean;
    readonly results: readonly PlanItemResult[];
    readonly failure: { readonly type: string; readonly message: string } | null;
  },
): PlanItemResult[] {
  const why = end.failure === null ? 'verified deleted' : `${end.failure.type}: ${end.failure.message}`;
  const result = end.reachedGoal ? 'deleted' : resultOf(end.failure?.type);
  return items.map(
    ({ kind, id }) => end.results.find((one) => one.kind === kind && one.id === id) ?? { kind, id, result, why },
  );
}

const notChecked: Recheck = { verdict: 'changed', why: 'it was not checked again' };

/**
 * Null when all items may be deleted. A part is deleted as a whole: if one item has changed, the state of the others is
 * unknown.
 */
export function refusedResults(items: readonly Ref[], rechecks: readonly Recheck[]): PlanItemResult[] | null {
  const verdicts = items.map((item, index) => ({ item, ...(rechecks[index] ?? notChecked) }));
  const blocker = verdicts.find(({ verdict }) => verdict !== 'same' && verdict !== 'gone');
  if (blocker === undefined && verdicts.some(({ verdict }) => verdict === 'same')) return null;
  return verdicts.map(
    ({ item: { kind, id }, verdict, why }): PlanItemResult =>
      verdict === 'same'
        ? { kind, id, result: 'changed', why: `stays with ${blocker?.item.kind} ${blocker?.item.id}` }
        : { kind, id, result: verdict, why },
  );
}

/** Limit for each item. The failed teardown has the whole reason. */
const whyLimit = 300;

/** Adds results. The first result of an item counts: a deleted item stays deleted when something else fails later. */
export function withResults(
  recorded: readonly PlanItemResult[],
  results: readonly PlanItemResult[],
): readonly PlanItemResult[] {
  const added = results
    .filter(({ kind, id }) => !recorded.some((done) => done.kind === kind && done.id === id))
    // One teardown can report thousands of items.
    .map((result) => ({ ...result, why: cut(result.why, whyLimit) }));
  return [...recorded, ...added];
}

export function sumOf(counts: ResultCounts, of: readonly PlanItemResult['result'][] | null = null): number {
  const wanted = Object.entries(counts).filter(([result]) => of === null || of.some((one) => one === result));
  return wanted.reduce((sum, [, count]) => sum + count, 0);
}

const changedResults: readonly PlanItemResult['result'][] = ['changed', 'protected', 'busy'];

/** The end of a sweep. Only a thrown failure fails it, so that one resource cannot stop the sweeps that save money. */
export interface SweepJudgement {
  readonly why: string;
  readonly failure: {
    readonly isThrown: boolean;
    readonly type: 'PlanChanged' | 'ServiceUnavailable';
    readonly message: string;
    readonly hint: string;
  } | null;
}

/**
 * Judges the results. A plan that was requested by its hash must be carried out completely, so changed items fail it. A
 * plan that the run made for itself skips them. Items that could not be deleted are shown as the failure.
 */
export function judgeSweep(
  results: readonly PlanItemResult[],
  counts: ResultCounts,
  planHash: string | undefined,
  isByHash: boolean,
): SweepJudgement {
  const left = sumOf(counts, changedResults);
  const named = (wanted: readonly PlanItemResult['result'][]) =>
    results
      .filter(({ result }) => wanted.includes(result))
      .map(({ kind, id, why }) => `${kind} ${id}: ${why}`)
      .join('\n');
  const why = `${counts.deleted} of ${sumOf(counts)} deleted${left > 0 ? `, ${left} not deleted because they changed` : ''}`;
  if (left > 0 && isByHash) {
    const message = `plan ${planHash}: these resources have changed and were not deleted:\n${named(changedResults)}`;
    const hint = 'Make a new plan with `maops sweep plan` and review it.';
    return { why, failure: { isThrown: true, type: 'PlanChanged', message, hint } };
  }
  if (counts.failed === 0) return { why, failure: null };
  const message = `some resources could not be deleted:\n${named(['failed'])}`;
  const hint = 'See the reason of each with `maops env why teardown/NAME`. The next sweep tries them again.';
  return { why, failure: { isThrown: false, type: 'ServiceUnavailable', message, hint } };
}
