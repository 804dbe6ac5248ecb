import { SECOND } from '../duration.js';
import {
  freshWatch,
  isConfirmed,
  type Observation,
  type Pace,
  type ResourceFacts,
  remember,
  type Verdict,
  type Watch,
} from './observation.js';
import {
  commandRefused,
  commandSent,
  decideRemoval,
  noCommand,
  type RemovalCommand,
  type RemovalVerdict,
  type SentCommand,
  untilRepeat,
} from './removal.js';

/** How a removal judges one resource, by its facts alone. */
export interface RemovalRules<Facts extends ResourceFacts> {
  judge(facts: Facts | null): Verdict;
  /** Whether it may be deleted. */
  guard(facts: Facts): RemovalVerdict;
  /** The state that a command is sent for. */
  stateOf(facts: Facts): string;
  /** The next command, after so many commands without effect in the present state. */
  nextCommand(facts: Facts, tries: number): RemovalCommand | 'wait';
}

/** What the removal of one resource remembers. Plain data. */
export interface RemovalState<Facts> {
  readonly watch: Watch<Facts>;
  readonly last: SentCommand;
  /** How long a command may be without effect, in milliseconds. */
  readonly patienceMs: number;
  /** Why the service refused the last command in the present state; null when it did not. */
  readonly refusal: string | null;
  /** True once the resource was observed as ours. */
  readonly wasSeen: boolean;
  /** True when the service reported at the last observation that it is being deleted. */
  readonly wasLeaving: boolean;
  /** True when the last complete observation showed another owner's resource. */
  readonly wasForeign: boolean;
  /** How often the observations started over, because a response did not allow a decision. */
  readonly restarts: number;
}

/** When the last command was sent (epoch ms); null before the first one. */
export function commandedAt({ last }: RemovalState<unknown>): number | null {
  return last.state === null ? null : Math.max(0, last.at);
}

/** The pause before the observation that confirms an absence: shorter when the service reported the deletion itself. */
export function confirmAfter({ wasLeaving }: RemovalState<unknown>, { pollMinMs }: Pick<Pace, 'pollMinMs'>): number {
  return wasLeaving ? Math.min(pollMinMs, 2 * SECOND) : pollMinMs;
}

/** The state before the first observation. */
export function startRemoval(pollMaxMs: number): RemovalState<never> {
  return {
    watch: freshWatch,
    last: noCommand,
    patienceMs: pollMaxMs,
    refusal: null,
    wasSeen: false,
    wasLeaving: false,
    wasForeign: false,
    restarts: 0,
  };
}

/** The moment of a decision. */
export interface RemovalMoment {
  /** Epoch milliseconds. */
  readonly now: number;
  readonly pace: Pace;
  /** True when an operator asked for the next attempt during the wait. */
  readonly isRetriedNow: boolean;
  /** True while the result of a create without a response may still appear. */
  readonly mayAppear: boolean;
}

/** What is due after an observation, or after a wait without one. */
export type RemovalStep<Facts> =
  /** Wait for the next significant change. */
  | { readonly act: 'wait' }
  /** Absent. Another observation has to confirm it. */
  | { readonly act: 'confirmAbsence' }
  /** Absent or foreign, and the result of an unanswered create may still appear. */
  | { readonly act: 'awaitConsistency' }
  /** The absence is confirmed. */
  | { readonly act: 'end' }
  /** Two observations show another owner's resource. */
  | { readonly act: 'leave'; readonly facts: Facts }
  /** The response does not allow a decision: start the observations over. */
  | { readonly act: 'startOver'; readonly why: string }
  /** It must not be deleted. */
  | { readonly act: 'refuse'; readonly verdict: Extract<RemovalVerdict, { readonly verdict: 'refused' }> }
  /** A change is in progress, or the last command may still take effect. */
  | { readonly act: 'letChange'; readonly facts: Facts; readonly why: string }
  | { readonly act: 'send'; readonly command: RemovalCommand; readonly facts: Facts };

/** A decision, and the state after it. */
export interface RemovalDecided<Facts> {
  readonly state: RemovalState<Facts>;
  readonly step: RemovalStep<Facts>;
}

/** Decides what is due. `observation` is null after a wait that ended without one. */
export function decideAfterObservation<Facts extends ResourceFacts>(
  rules: RemovalRules<Facts>,
  before: RemovalState<Facts>,
  observation: Observation<Facts> | null,
  moment: RemovalMoment,
): RemovalDecided<Facts> {
  const watch =
    observation === null ? before.watch : remember(before.watch, observation, rules.judge(observation.facts));
  const state = { ...before, watch };
  const facts = watch.last?.facts ?? null;
  if (watch.absentSince !== null) return { state, step: afterAbsence(state, observation !== null, moment) };
  if (facts === null) return { state, step: { act: 'wait' } };
  const verdict = rules.guard(facts);
  switch (verdict.verdict) {
    case 'refused':
      return { state, step: { act: 'refuse', verdict } };
    case 'undecided':
      return { state: startOver(state), step: { act: 'startOver', why: verdict.why } };
    case 'foreign': {
      const foreign = { ...state, wasForeign: true };
      // A single response may lack the marker.
      if (!before.wasForeign) return { state: { ...foreign, watch: freshWatch }, step: { act: 'wait' } };
      if (moment.mayAppear) return { state: { ...foreign, watch: freshWatch }, step: { act: 'awaitConsistency' } };
      return { state: foreign, step: { act: 'leave', facts } };
    }
    case 'allowed':
      return decideOnCommand(rules, { ...state, wasSeen: true, wasForeign: false }, facts, moment);
  }
}

function afterAbsence(
  { watch: { absentSince, last }, wasSeen }: RemovalState<unknown>,
  isObserved: boolean,
  { pace, mayAppear }: RemovalMoment,
): RemovalStep<never> {
  if (!isObserved || last === null) return { act: 'wait' };
  if (!isConfirmed(absentSince, last.at, pace)) return { act: wasSeen ? 'confirmAbsence' : 'wait' };
  return { act: mayAppear ? 'awaitConsistency' : 'end' };
}

function decideOnCommand<Facts extends ResourceFacts>(
  rules: RemovalRules<Facts>,
  before: RemovalState<Facts>,
  facts: Facts,
  { now, pace, isRetriedNow }: RemovalMoment,
): RemovalDecided<Facts> {
  const stateName = rules.stateOf(facts);
  const refusal = before.last.state === stateName ? before.refusal : null;
  const next = (tries: number) => rules.nextCommand(facts, tries);
  const moment = { isRetriedNow, pollMaxMs: pace.pollMaxMs, now };
  const { command, last, patienceMs } = decideRemoval(stateName, next, before.last, moment);
  const { condition, why } = rules.judge(facts);
  const state = { ...before, refusal, last, patienceMs, wasLeaving: condition === 'leaving' };
  if (command !== null) return { state, step: { act: 'send', command, facts } };
  return { state, step: { act: 'letChange', facts, why: refusal === null ? why : `${why}; refused: ${refusal}` } };
}

/** Forgets the observations: one of them, or a command that was not sent, does not allow a decision. */
export function startOver<Facts>(state: RemovalState<Facts>): RemovalState<Facts> {
  return { ...state, watch: freshWatch, restarts: state.restarts + 1 };
}

/** Records a command that the service accepted. */
export function afterSent<Facts extends ResourceFacts>(
  rules: RemovalRules<Facts>,
  state: RemovalState<Facts>,
  facts: Facts,
  now: number,
): RemovalState<Facts> {
  return { ...state, refusal: null, last: commandSent(state.last, rules.stateOf(facts), now) };
}

/** Records a command that the service refused, and why. */
export function afterRefused<Facts extends ResourceFacts>(
  rules: RemovalRules<Facts>,
  state: RemovalState<Facts>,
  facts: Facts,
  { command, why, now }: { readonly command: RemovalCommand; readonly why: string; readonly now: number },
): RemovalState<Facts> {
  const { last } = afterSent(rules, state, facts, now);
  const next = (tries: number) => rules.nextCommand(facts, tries);
  return { ...state, refusal: why, last: commandRefused(last, command, next) };
}

/**
 * How long to wait for a significant change, in milliseconds. A command is due only for a resource that was observed,
 * however long ago the last command was sent.
 */
export function untilDecision({ watch, last, patienceMs }: RemovalState<ResourceFacts>, now: number): number {
  return untilRepeat(watch.last?.facts == null ? noCommand : last, patienceMs, now);
}
