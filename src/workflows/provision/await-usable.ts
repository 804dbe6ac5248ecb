import type { OwnCreation } from '../../activities/resource/creation-pace.js';
import { makeFailure } from '../../contract/failures.js';
import { isPrepaid } from '../../contract/spec.js';
import { percentOf } from '../../domain/provision/percent.js';
import { choiceAt, saleOfChoice } from '../../domain/resource/flavor.js';
import { maybeSame } from '../../domain/resource/identity.js';
import { isConfirmed, type ResourceFacts, remember, type Verdict } from '../../domain/resource/observation.js';
import { completedBy, decideAwait, decideMissedDeadline, type FailureCause } from '../../domain/resource/readiness.js';
import { type Stopwatch, startStopwatch } from '../../domain/stopwatch.js';
import { labelIn, nameIn, type ResourceKind, type Target } from '../resource/kind.js';
import { kindsIn } from '../resource/kinds/index.js';
import { deadlinePassed } from './failures.js';
import type { Provision } from './state.js';

/**
 * Waits until two observations show the resource usable, or one if the steps after it are still to run: the second one
 * is made after them. Returns why when the choice turned out to have no capacity, and throws the failure of the step
 * otherwise.
 */
export async function awaitUsable(op: Provision, kind: ResourceKind): Promise<true | { readonly why: string }> {
  const { step, awaiting } = kind;
  const { name, settings } = { name: nameIn(kind, op.spec), settings: op.identity.settings };
  const label = labelIn(kind, op.spec);
  const goal = goalOf(op, kind);
  const { last } = op.resource(step).watch;
  op.enter(
    awaiting.phase,
    last === null ? `${label}: waiting for the first observation` : kind.judge(name, last.facts, goal).why,
  );
  op.reach(percentOf(awaiting.percent));
  for (;;) {
    await op.continueWhenLong();
    const verdict = await observe(op, kind);
    const { ref, watch } = op.resource(step);
    if (verdict === null) throw missedDeadline(op, kind);
    if (ref === null) throw new Error(`The ${step} is awaited before it was created.`);
    const facts = watch.last?.facts ?? null;
    if (facts !== null) op.setResource(step, { ref: completedBy(ref, facts), lastCreate: { outcome: 'none' } });
    show(op, kind, facts, watch.last?.at ?? 0);
    op.explain(verdict.why);
    const decision = decideAwait(label, ref, watch, verdict, {
      ...op.pace,
      consistencyWindowMs: settings.consistencyWindowMs,
      isObservedAgain: hasLaterStep(op, kind),
    });
    if (decision.act === 'ready') return true;
    if (decision.act === 'fail') {
      if (decision.cause === 'failed' && (await hasSoldOut(op, kind))) return { why: decision.why };
      throw failed(op, kind, decision.cause, decision.why, verdict);
    }
    if (verdict.condition === 'pending' && facts !== null) await startAgain(op, kind, facts);
  }
}

/** Whether a step after this one is still to run. */
function hasLaterStep(op: Provision, { step }: ResourceKind): boolean {
  const steps = kindsIn(op.spec).map((kind) => op.step(kind.step));
  const later = steps.slice(steps.findIndex((one) => one?.name === step) + 1);
  return later.some((one) => one?.state !== 'done' && one?.state !== 'skipped');
}

/**
 * Observes a resource that was usable once more: true when it is still usable, and still the same one. So this is its
 * second usable observation, or a later one.
 */
export async function isStillUsable(op: Provision, kind: ResourceKind): Promise<boolean> {
  const { ref } = op.resource(kind.step);
  if (ref === null) return true;
  op.ensureTimeLeft(kind.step, op.identity.settings.abnormalGraceMs);
  for (;;) {
    const verdict = await observe(op, kind);
    if (verdict?.condition !== 'usable') return false;
    const { last, usableSince } = op.resource(kind.step).watch;
    if (last === null || (last.facts !== null && !maybeSame(ref, last.facts))) return false;
    if (isConfirmed(usableSince, last.at, op.pace)) return true;
  }
}

/**
 * Observes a resource on which another one has failed. True when it is not usable any more, so that it may be the
 * cause; false also without an answer within the time of two requests.
 */
export async function isUnusableNow(op: Provision, kind: ResourceKind): Promise<boolean> {
  const { ref } = op.resource(kind.step);
  if (ref === null) return false;
  const { pollMinMs, httpTimeoutMs } = op.identity.settings;
  const verdict = await observe(op, kind, startStopwatch(pollMinMs + 2 * httpTimeoutMs));
  const facts = op.resource(kind.step).watch.last?.facts ?? null;
  return verdict !== null && (verdict.condition !== 'usable' || (facts !== null && !maybeSame(ref, facts)));
}

/**
 * Waits for the next significant change, and remembers it. Null means that the deadline has passed: that of the step,
 * or of `limit`.
 */
async function observe(op: Provision, kind: ResourceKind, limit?: Stopwatch): Promise<Verdict | null> {
  const { step } = kind;
  const { watch } = op.resource(step);
  const target = targetOf(op, kind);
  const goal = goalOf(op, kind);
  const question = { ...target, goal, watch, pace: op.pace, ...ownCreation(op, kind) };
  const look = (limitMs: number) => kind.observe(op, question, limitMs);
  const wait = await (limit === undefined ? op.within(step, look) : op.withinLimit(limit, look));
  if (wait === null) return null;
  const verdict = kind.judge(target.name, wait.answer.facts, goal);
  const { facts } = wait.answer;
  if (facts !== null && kind.isInService?.(facts) === true) op.setResource(step, { neverUsable: false });
  op.setResource(step, { watch: remember(watch, wait.answer, verdict) });
  return verdict;
}

/** What the run created itself, and when: the worker knows how long that took before. */
function ownCreation(op: Provision, kind: ResourceKind): { readonly creation?: OwnCreation } {
  const { sentAt = null, choice } = op.resource(kind.step);
  return sentAt === null ? {} : { creation: { like: `${kind.step}: ${kind.describe(op.spec, choice)}`, sentAt } };
}

/**
 * The resource that a step observes: by its name where that gives the id, otherwise by the id that the service
 * assigned.
 */
export function targetOf(op: Provision, kind: ResourceKind): Target {
  const wanted = kind.wanted(op.spec);
  const { identity } = kind;
  const id =
    'byName' in identity ? identity.byName(op.spec.name, op.identity.projectId) : op.resource(kind.step).ref?.id;
  if (wanted === null || id === undefined) throw new Error(`The ${kind.step} is observed before it was created.`);
  return { id, ...wanted };
}

function goalOf(op: Provision, kind: ResourceKind): unknown {
  return kind.goal(op.spec, op.resource(kind.step).choice);
}

export function show(op: Provision, kind: ResourceKind, facts: ResourceFacts | null, at: number): void {
  if (facts === null) return;
  const goal = goalOf(op, kind);
  op.update(kind.progress(facts, at, goal));
  op.reach(percentOf(kind.awaiting.percent, kind.share(facts, goal)));
}

/**
 * Starts a resource that stopped by itself, such as an adopted notebook that its auto-stop has stopped. Sends one
 * command per observation.
 */
async function startAgain(op: Provision, kind: ResourceKind, facts: ResourceFacts): Promise<void> {
  const start = kind.start(op, facts);
  if (start === null) return;
  await op.gate();
  op.explain(`starting ${labelIn(kind, op.spec)}`);
  const started = await op.within(kind.step, start);
  if (started !== null && started.answer.outcome !== 'sent')
    op.explain(`the start was not accepted: ${started.answer.why}`);
}

/**
 * A creation that failed for lack of capacity leads to the next choice. A prepaid pool cannot be deleted to make room
 * for it.
 */
async function hasSoldOut(op: Provision, kind: ResourceKind): Promise<boolean> {
  if (!kind.hasSaleStatus || isPrepaid(op.spec)) return false;
  const choice = choiceAt(kind.choices(op.spec), op.resource(kind.step).choice);
  const names = choice.resources.map(({ flavor }) => flavor);
  const flavors = await op.within(kind.step, (ms) => op.reads(names.join(', '), ms).readFlavors({ names }));
  return flavors !== null && saleOfChoice(choice, flavors.answer) === 'soldOut';
}

function missedDeadline(op: Provision, kind: ResourceKind): Error {
  const { step } = kind;
  const { watch } = op.resource(step);
  const goal = goalOf(op, kind);
  const facts = watch.last?.facts ?? null;
  const verdict = kind.judge(nameIn(kind, op.spec), facts, goal);
  const isPartial = facts !== null && kind.isPartial(facts, goal);
  const { cause, why } = decideMissedDeadline(labelIn(kind, op.spec), watch, verdict, isPartial);
  if (cause === 'deadline') return deadlinePassed(op, kind, why);
  return failed(op, kind, cause, `${why}; the deadline of ${op.spec.deadlines[step]} has passed`, verdict);
}

function failed(op: Provision, kind: ResourceKind, cause: FailureCause, why: string, { errorCode = null }: Verdict) {
  const { type, hint } = kind.failures[cause];
  return makeFailure(type, why, { errorCode, hint: hint(nameIn(kind, op.spec)) });
}
