import { sleep } from '@temporalio/workflow';
import type { ResourceRef } from '../../contract/workflows.js';
import { byAge } from '../../domain/resource/identity.js';
import { unknownInstant } from '../../domain/resource/instant.js';
import { isProtected } from '../../domain/resource/marker.js';
import {
  freshWatch,
  isConfirmed,
  type ResourceFacts,
  remember,
  twiceInARow,
  type Watch,
} from '../../domain/resource/observation.js';
import {
  commandRefused,
  commandSent,
  decideRemoval,
  noCommand,
  type RemovalCommand,
  untilRepeat,
} from '../../domain/resource/removal.js';
import { startStopwatch } from '../../domain/stopwatch.js';
import { undoPause } from '../operation/activity-options.js';
import type { Operation } from '../operation/operation.js';
import { retryError } from '../operation/retries.js';
import { awaitConsistency, retryForever } from '../operation/retry-forever.js';
import { type Removal, type RemovalActivity, type ResourceKind, showNone, type Target } from './kind.js';
import { kindOf, kindsToRemove } from './kinds/index.js';
import { poolInUse } from './pool-in-use.js';
import { guard, leaveForeign, respectsProtection } from './removal-guard.js';

/** Shows what a removal is doing. */
type ShowRemoval = (kind: ResourceKind, activity: RemovalActivity, why: string) => void;

/** The phase stays, such as `RollingBack`; `why` shows the removal. */
export function explaining(op: Operation): ShowRemoval {
  return (_kind, _activity, why) => op.explain(why);
}

/** The phases of a teardown show the removal. */
export function teardownPhases(op: Operation): ShowRemoval {
  return (kind, activity, why) => {
    const { phase, percent } = kind.removing[activity];
    op.enter(phase, why);
    op.reach(percent);
  };
}

/** Removes all resources of an environment, dependents first. `onRemoved` runs after each kind. */
export async function removeAll(
  op: Operation,
  removal: Removal,
  show: ShowRemoval,
  onRemoved: (kind: ResourceKind) => void,
): Promise<void> {
  for (const kind of kindsToRemove) {
    await removeKind(op, kind, removal, show);
    onRemoved(kind);
  }
}

/** Removes every resource of one kind that is ours, newest first, and returns whether there was one. */
export async function removeKind(
  op: Operation,
  kind: ResourceKind,
  removal: Removal,
  show: ShowRemoval,
): Promise<boolean> {
  const { identity, step } = kind;
  const { settings, projectId } = op.identity;
  if ('byName' in identity) return await removeNamed(op, kind, identity.byName(removal.name, projectId), removal, show);
  const { unknownSince } = removal.known;
  const looking = `looking for ${step}s of ${removal.name}`;
  let wasRemoved = false;
  let isSecondSearch = false;
  for (;;) {
    const found = await retryForever(op, looking, () => identity.byMarker(op, removal));
    // Protection decides before the plan, in whatever order the list has them.
    const protectedFirst = [...found].sort(
      (a, b) => Number(isProtected(b.description)) - Number(isProtected(a.description)),
    );
    for (const one of protectedFirst) guard(op, kind, one, one.name, removal);
    const newest = [...found].sort(byAge).at(-1);
    if (newest !== undefined) {
      await removeOne(op, kindOf(kind, newest.id), newest, removal, show);
      wasRemoved = true;
      continue;
    }
    if (await awaitConsistency(op, unknownSince)) continue;
    // The result of an unknown create is known by its marker alone, which a single response may lack.
    if (wasRemoved || isSecondSearch || unknownSince === null) {
      showNone(op, kind);
      return wasRemoved;
    }
    isSecondSearch = true;
    await sleep(settings.pollMinMs);
  }
}

/** Removes the resource with a known id, if it is ours, and returns whether there was one. */
export async function removeNamed(
  op: Operation,
  kind: ResourceKind,
  id: string,
  removal: Removal,
  show: ShowRemoval,
): Promise<boolean> {
  const workspaceId = removal.known.workspaceIds[0] ?? null;
  return await removeOne(op, kind, { id, createdAt: unknownInstant, name: removal.name, workspaceId }, removal, show);
}

/**
 * Removes one resource and waits until it is gone; returns whether it existed. Each observation is followed by one command at
 * most, and only a confirmed absence counts as gone.
 */
export async function removeOne(
  op: Operation,
  kind: ResourceKind,
  target: ResourceRef & Target,
  removal: Removal,
  show: ShowRemoval,
): Promise<boolean> {
  const { pollMaxMs } = op.identity.settings;
  const { id, name, workspaceId } = target;
  const isNamed = 'byName' in kind.identity;
  // Found by its marker, it has an id of its own: nothing else can appear under it.
  const unknownSince = isNamed ? removal.known.unknownSince : null;
  const label = `${kind.step} ${name}`;
  const deleting = `deleting ${label}`;
  let watch: Watch<ResourceFacts> = freshWatch;
  let last = noCommand;
  let patienceMs = pollMaxMs;
  let refusal: string | null = null;
  let misses = 0;
  let wasSeen = false;
  const confirmForeign = twiceInARow();
  const observeAgain = async (why: string) => {
    const message = `${why}. Nothing was sent; checking again.`;
    const pauseMs = undoPause(misses++);
    op.explain(message);
    op.retries.failed(deleting, retryError('RequestRejected', { why: message }), pauseMs);
    await op.retries.pause(deleting, pauseMs);
    watch = freshWatch;
  };
  for (;;) {
    await op.continueWhenLong();
    const { tryNowCount } = op.retries;
    // A command is due only for a resource that was observed, however long ago the last command was sent.
    const isObserved = watch.last !== null && watch.last.facts !== null;
    const limit = startStopwatch(untilRepeat(isObserved ? last : noCommand, patienceMs, Date.now()));
    const wait = await op.waitWithin(limit, () =>
      kind.observe(op, { id, name, workspaceId, goal: kind.gone, watch, pace: op.pace }),
    );
    if (wait.end === 'answer') watch = remember(watch, wait.answer, kind.judge(name, wait.answer.facts, kind.gone));
    if (watch.last !== null && watch.absentSince !== null) {
      if (wait.end !== 'answer') continue;
      if (wasSeen) show(kind, 'verifying', `${label} is gone; confirming`);
      if (!isConfirmed(watch.absentSince, watch.last.at, op.pace) || (await awaitConsistency(op, unknownSince)))
        continue;
      op.retries.clear();
      showNone(op, kind);
      return wasSeen;
    }
    const facts = watch.last?.facts ?? null;
    if (watch.last === null || facts === null) continue;
    const guarded = guard(op, kind, facts, name, removal);
    if (guarded.verdict === 'undecided') {
      await observeAgain(guarded.why);
      continue;
    }
    const isForeign = confirmForeign(guarded.verdict === 'foreign');
    if (guarded.verdict === 'foreign') {
      if (!isForeign || (await awaitConsistency(op, unknownSince))) {
        watch = freshWatch;
        continue;
      }
      leaveForeign(op, kind, facts, removal);
      showNone(op, kind);
      return wasSeen;
    }
    if (wait.end === 'answer') op.update(kind.progress(facts, wait.answer.at, kind.gone));
    wasSeen = true;
    op.state.foundToRemove = true;
    const state = kind.removalState(facts);
    if (last.state !== state) refusal = null;
    const isRetriedNow = op.retries.tryNowCount !== tryNowCount;
    const next = (tries: number) => kind.nextRemoval(facts, tries);
    const decision = decideRemoval(state, next, last, { isRetriedNow, pollMaxMs, now: Date.now() });
    ({ last, patienceMs } = decision);
    const { why } = kind.judge(name, facts, kind.gone);
    if (decision.command === null) {
      op.explain(refusal === null ? why : `${why}; refused: ${refusal}`);
      continue;
    }
    const { command } = decision;
    const doing = describeCommand(command, label);
    show(kind, command === 'delete' ? 'deleting' : 'stopping', doing);
    const ref = { id, name, createdAt: isNamed ? facts.createdAt : target.createdAt };
    const order = { ...removal, respectProtection: respectsProtection(kind, facts, removal) };
    const outcome = await retryForever(op, doing, () => kind.command(op, command, ref, order));
    if (outcome.outcome === 'inUse') throw poolInUse(name, outcome.use);
    if (outcome.outcome === 'notSent') {
      await observeAgain(outcome.why);
      continue;
    }
    last = commandSent(last, state, Date.now());
    refusal = null;
    if (outcome.outcome === 'sent') continue;
    refusal = outcome.why;
    last = commandRefused(last, command, next);
    op.explain(`${why}; refused: ${refusal}`);
    const pauseMs = untilRepeat(last, patienceMs, Date.now());
    op.retries.failed(deleting, retryError('RequestRejected', outcome), pauseMs, last.times);
  }
}

function describeCommand(command: RemovalCommand, label: string): string {
  const words = { stop: `stopping ${label}`, dequeue: `removing ${label} from its queue`, delete: `deleting ${label}` };
  return words[command];
}
