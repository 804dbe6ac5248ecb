import type { NotebookFacts } from './notebook.js';
import { judgeNotebook, type NotebookGoal, notebookTurned } from './notebook.js';
import { judgePool, type PoolFacts, type PoolGoal, poolCountsChanged, poolTurned, type Verdict } from './pool.js';

/** One look at a resource: what it is, or null when the service says that there is none. `at` is epoch milliseconds. */
export interface Observation<Facts> {
  readonly at: number;
  readonly facts: Facts | null;
}

/** What an operation remembers of a resource between looks; plain, so that it can be passed to an activity and carried over. */
export interface Watch<Facts> {
  readonly last: Observation<Facts> | null;
  /** When it was first seen in its present condition, without a break. */
  readonly usableSince: number | null;
  readonly unhealthySince: number | null;
  readonly absentSince: number | null;
}

/** How often to look and how long to be patient, in milliseconds; from the worker's configuration. */
export interface Pace {
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
  readonly pollWindowMs: number;
  readonly abnormalGraceMs: number;
}

export const freshWatch: Watch<never> = { last: null, usableSince: null, unhealthySince: null, absentSince: null };

/** What a watcher needs to know of a kind of resource. */
export interface WatchRules<Facts, Goal> {
  readonly judge: (name: string, facts: Facts | null, goal: Goal) => Verdict;
  readonly turned: (before: Facts, after: Facts) => boolean;
  readonly countsChanged: (before: Facts, after: Facts) => boolean;
}

export const poolRules: WatchRules<PoolFacts, PoolGoal> = {
  judge: judgePool,
  turned: poolTurned,
  countsChanged: poolCountsChanged,
};
export const notebookRules: WatchRules<NotebookFacts, NotebookGoal> = {
  judge: judgeNotebook,
  turned: notebookTurned,
  countsChanged: (before, after) => before.queueRank !== after.queueRank || before.autoStopAt !== after.autoStopAt,
};

/** Adds a sighting to what is remembered. A break in a condition starts its clock anew. */
export function remember<Facts>(watch: Watch<Facts>, seen: Observation<Facts>, verdict: Verdict): Watch<Facts> {
  const since = (active: boolean, before: number | null) => (active ? (before ?? seen.at) : null);
  return {
    last: seen,
    usableSince: since(verdict.condition === 'usable', watch.usableSince),
    unhealthySince: since(verdict.condition === 'unhealthy', watch.unhealthySince),
    absentSince: since(verdict.condition === 'absent', watch.absentSince),
  };
}

/** Two looks at least `pollMinMs` apart agree: one look may be a flicker. */
export function isConfirmed(since: number | null, at: number, pace: Pace): boolean {
  return since !== null && at - since >= pace.pollMinMs;
}

/** Abnormal for so long that it will not be waited out. */
export function isBeyondGrace(since: number | null, at: number, pace: Pace): boolean {
  return since !== null && at - since >= pace.abnormalGraceMs;
}

/** When the next look decides something: a confirmation, or the end of the grace. Epoch milliseconds; null when none is due. */
export function nextTurn(watch: Watch<unknown>, pace: Pace): number | null {
  const confirming = watch.usableSince ?? watch.absentSince;
  if (confirming !== null) return confirming + pace.pollMinMs;
  return watch.unhealthySince === null ? null : watch.unhealthySince + pace.abnormalGraceMs;
}

/**
 * Whether a sighting is worth a return to the workflow: a turn (phase, scopes, driver, end) at once, a confirmation of
 * what was seen before, the end of the grace, and changed counts at most once per `pollMaxMs`. Everything else stays
 * inside the activity, so that a history grows with what happened and not with how often we looked.
 */
export function isSignificantChange<Facts, Goal>(
  rules: WatchRules<Facts, Goal>,
  watch: Watch<Facts>,
  seen: Observation<Facts>,
  goal: Goal,
  pace: Pace,
): boolean {
  if (watch.last === null) return true;
  const before = watch.last.facts;
  const { condition } = rules.judge('', seen.facts, goal);
  if (rules.judge('', before, goal).condition !== condition) return true;
  if (condition === 'usable') return isConfirmed(watch.usableSince, seen.at, pace);
  if (condition === 'absent') return isConfirmed(watch.absentSince, seen.at, pace);
  if (before === null || seen.facts === null || rules.turned(before, seen.facts)) return true;
  if (condition === 'unhealthy' && isBeyondGrace(watch.unhealthySince, seen.at, pace)) return true;
  return rules.countsChanged(before, seen.facts) && seen.at - watch.last.at >= pace.pollMaxMs;
}
