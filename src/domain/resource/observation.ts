import type { ResourceRef } from './identity.js';

/** The facts that every kind of resource has. */
export interface ResourceFacts extends ResourceRef {
  /** Carries our marker and the operator's `maops:keep`. */
  readonly description: string;
}

/**
 * `usable`: every condition holds. `pending`: on its way. `unhealthy`: wrong but may heal. `failed`: never will.
 * `leaving`: being deleted. `absent`: the service reports that there is none.
 */
export type Condition = 'usable' | 'pending' | 'unhealthy' | 'failed' | 'leaving' | 'absent';

export interface Verdict {
  readonly condition: Condition;
  /** One line that names what is being waited for, or what is wrong. */
  readonly why: string;
  /** Error code of the service, where it gives one. */
  readonly errorCode?: string | null;
}

/** One observation of a resource. `facts` is null when it does not exist; `at` is epoch milliseconds. */
export interface Observation<Facts> {
  readonly at: number;
  readonly facts: Facts | null;
}

/**
 * What an operation remembers between observations. Plain data, so that it can be passed to an activity and carried
 * over.
 */
export interface Watch<Facts> {
  readonly last: Observation<Facts> | null;
  /** When the present condition was first observed, without a break since. */
  readonly usableSince: number | null;
  readonly unhealthySince: number | null;
  readonly absentSince: number | null;
}

/** How often to observe and how long to be patient, in milliseconds; from the worker's configuration. */
export interface Pace {
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
  readonly pollWindowMs: number;
  readonly abnormalGraceMs: number;
}

export const freshWatch: Watch<never> = { last: null, usableSince: null, unhealthySince: null, absentSince: null };

/** How the observations of one kind of resource are judged and compared. */
export interface WatchRules<Facts, Goal> {
  readonly judge: (name: string, facts: Facts | null, goal: Goal) => Verdict;
  /** A difference that the workflow must know at once. */
  readonly stateChanged: (before: Facts, after: Facts) => boolean;
  /** A difference that may wait, such as a count of nodes. */
  readonly countsChanged: (before: Facts, after: Facts) => boolean;
  /** Whether a resource that is on its way lacks only its last parts. Absent for a kind without parts. */
  readonly isNearlyUsable?: (facts: Facts, goal: Goal) => boolean;
}

/** Adds an observation. A break in a condition starts its clock anew. */
export function remember<Facts>(watch: Watch<Facts>, observation: Observation<Facts>, verdict: Verdict): Watch<Facts> {
  const since = (active: boolean, before: number | null) => (active ? (before ?? observation.at) : null);
  return {
    last: observation,
    usableSince: since(verdict.condition === 'usable', watch.usableSince),
    unhealthySince: since(verdict.condition === 'unhealthy', watch.unhealthySince),
    absentSince: since(verdict.condition === 'absent', watch.absentSince),
  };
}

/** Two observations at least `pollMinMs` apart agree. A single one may be a flicker. */
export function isConfirmed(since: number | null, at: number, pace: Pace): boolean {
  return since !== null && at - since >= pace.pollMinMs;
}

/** Unhealthy for longer than an operation waits for it to heal. */
export function isBeyondGrace(since: number | null, at: number, pace: Pace): boolean {
  return since !== null && at - since >= pace.abnormalGraceMs;
}

/**
 * When the next observation decides something: a confirmation, or the end of the grace. Epoch milliseconds; null when
 * none is due.
 */
export function nextDecisionAt(watch: Watch<unknown>, pace: Pace): number | null {
  const confirming = watch.usableSince ?? watch.absentSince;
  if (confirming !== null) return confirming + pace.pollMinMs;
  return watch.unhealthySince === null ? null : watch.unhealthySince + pace.abnormalGraceMs;
}

/**
 * Whether the workflow must know about an observation: a changed state (phase, scopes, driver, end) at once, then a
 * confirmation, the end of the grace, and changed counts at most once per `pollMaxMs`. Everything else stays inside the
 * activity, so that a history grows with the changes and not with the number of observations.
 */
export function isSignificantChange<Facts, Goal>(
  rules: WatchRules<Facts, Goal>,
  watch: Watch<Facts>,
  observation: Observation<Facts>,
  goal: Goal,
  pace: Pace,
): boolean {
  if (watch.last === null) return true;
  const { at, facts } = observation;
  const before = watch.last.facts;
  const { condition } = rules.judge('', facts, goal);
  if (rules.judge('', before, goal).condition !== condition) return true;
  if (condition === 'usable') return isConfirmed(watch.usableSince, at, pace);
  if (condition === 'absent') return isConfirmed(watch.absentSince, at, pace);
  if (before === null || facts === null || rules.stateChanged(before, facts)) return true;
  if (condition === 'unhealthy' && isBeyondGrace(watch.unhealthySince, at, pace)) return true;
  return rules.countsChanged(before, facts) && at - watch.last.at >= pace.pollMaxMs;
}

/** A single response may lack the marker: only two in a row show that a resource is foreign. True at the second one. */
export function twiceInARow(): (isForeign: boolean) => boolean {
  let before = false;
  return (isForeign) => {
    const isConfirmed = before && isForeign;
    before = isForeign;
    return isConfirmed;
  };
}
