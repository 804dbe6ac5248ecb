import { sleep } from '@temporalio/workflow';
import type { ResourceRef } from '../../contract/workflows.js';
import { byAge } from '../../domain/resource/identity.js';
import { unknownInstant } from '../../domain/resource/instant.js';
import { freshWatch, type Observation, type ResourceFacts } from '../../domain/resource/observation.js';
import { type RemovalCommand, untilRepeat } from '../../domain/resource/removal.js';
import {
  afterRefused,
  afterSent,
  commandedAt,
  confirmAfter,
  decideAfterObservation,
  type RemovalState,
  startOver,
  startRemoval,
  untilDecision,
} from '../../domain/resource/removal-state.js';
import { startStopwatch } from '../../domain/stopwatch.js';
import { undoPause } from '../operation/activity-options.js';
import type { Operation } from '../operation/operation.js';
import { retryError } from '../operation/retries.js';
import { awaitConsistency, retryForever } from '../operation/retry-forever.js';
import { type Removal, type RemovalActivity, type ResourceKind, showNone, type Target } from './kind.js';
import { kindOf, kindsToRemove } from './kinds/index.js';
import { poolInUse } from './pool-in-use.js';
import { leaveForeign, refusedRemoval, refuseKept, removalRules, respectsProtection } from './removal-guard.js';

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
  kinds: readonly ResourceKind[] = kindsToRemove,
): Promise<void> {
  for (const kind of kinds) {
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
  const gone = new Set<string>();
  let last: ResourceRef | null = null;
  let isSecondSearch = false;
  for (;;) {
    const search = searchAfter(removal, gone, last);
    const found = await retryForever(op, looking, () => identity.byMarker(op, search));
    const at = Date.now();
    refuseKept(op, kind, found, removal);
    const newest = [...found].sort(byAge).at(-1);
    if (newest !== undefined) {
      const { id, createdAt } = newest;
      if (last !== null && last.id !== id) gone.add(last.id);
      await removeOne(op, kindOf(kind, id), newest, removal, show, { at, facts: newest });
      last = { id, createdAt };
      continue;
    }
    if (await awaitConsistency(op, unknownSince)) continue;
    // The result of an unknown create is known by its marker alone, which a single response may lack.
    if (last !== null || isSecondSearch || unknownSince === null) {
      op.retries.clear();
      showNone(op, kind);
      return last !== null;
    }
    isSecondSearch = true;
    await sleep(settings.pollMinMs);
  }
}

/** A search shows the resource that was removed last, which confirms its absence, and not those before it. */
function searchAfter(removal: Removal, gone: ReadonlySet<string>, last: ResourceRef | null): Removal {
  const earlier = removal.known.notebooks.filter(({ id }) => !gone.has(id) && id !== last?.id);
  const notebooks = last === null ? earlier : [...earlier, last];
  return { ...removal, known: { ...removal.known, notebooks } };
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
 * Removes one resource and waits until it is gone; returns whether it existed. `decideAfterObservation` decides after
 * each observation: at most one command, and only a confirmed absence counts as gone. `found` is the observation of the
 * search that found it: then the next search confirms its absence.
 */
export async function removeOne(
  op: Operation,
  kind: ResourceKind,
  target: ResourceRef & Target,
  removal: Removal,
  show: ShowRemoval,
  found: Observation<ResourceFacts> | null = null,
): Promise<boolean> {
  const { settings } = op.identity;
  const { id, name, workspaceId } = target;
  const isNamed = 'byName' in kind.identity;
  // Found by its marker, it has an id of its own: nothing else can appear under it.
  const unknownSince = isNamed ? removal.known.unknownSince : null;
  const label = `${kind.step} ${name}`;
  const deleting = `deleting ${label}`;
  const rules = removalRules(op, kind, name, removal);
  let state: RemovalState<ResourceFacts> = startRemoval(settings.pollMaxMs);
  const pauseBeforeRestart = async (why: string) => {
    const message = `${why}. Nothing was sent; checking again.`;
    const pauseMs = undoPause(state.restarts - 1);
    op.explain(message);
    op.retries.failed(deleting, retryError('RequestRejected', { why: message }), pauseMs);
    await op.retries.pause(deleting, pauseMs);
  };
  const send = async (command: RemovalCommand, facts: ResourceFacts) => {
    const doing = describeCommand(command, label);
    show(kind, command === 'delete' ? 'deleting' : 'stopping', doing);
    const ref = { id, name, createdAt: isNamed ? facts.createdAt : target.createdAt };
    const order = { ...removal, respectProtection: respectsProtection(kind, facts, removal) };
    const outcome = await retryForever(op, doing, () => kind.command(op, command, ref, order));
    switch (outcome.outcome) {
      case 'inUse':
        throw poolInUse(name, outcome.use);
      case 'notSent':
        state = startOver(state);
        await pauseBeforeRestart(outcome.why);
        return;
      case 'sent':
        state = afterSent(rules, state, facts, Date.now());
        return;
      case 'refused': {
        const now = Date.now();
        state = afterRefused(rules, state, facts, { command, why: outcome.why, now });
        op.explain(`${rules.judge(facts).why}; refused: ${outcome.why}`);
        const pauseMs = untilRepeat(state.last, state.patienceMs, now);
        op.retries.failed(deleting, retryError('RequestRejected', outcome), pauseMs, state.last.times);
      }
    }
  };
  const ended = () => {
    op.retries.clear();
    showNone(op, kind);
    return state.wasSeen;
  };
  let observation = found;
  let isRetriedNow = false;
  for (;;) {
    const now = Date.now();
    const mayAppear = unknownSince !== null && now - unknownSince < settings.consistencyWindowMs;
    const moment = { now, pace: op.pace, isRetriedNow, mayAppear };
    const decided = decideAfterObservation(rules, state, observation, moment);
    const { step } = decided;
    state = decided.state;
    if (step.act === 'send' || step.act === 'letChange') {
      op.state.foundToRemove = true;
      if (observation !== null) op.update(kind.progress(step.facts, observation.at, kind.gone));
    }
    switch (step.act) {
      case 'wait':
        break;
      case 'confirmAbsence':
        show(kind, 'verifying', `${label} is gone; confirming`);
        if (found !== null) {
          await sleep(confirmAfter(state, settings));
          return true;
        }
        if (unknownSince === null && 'isGone' in kind.identity) {
          const { isGone } = kind.identity;
          await sleep(confirmAfter(state, settings));
          if (await retryForever(op, `confirming that ${label} is gone`, () => isGone(op, { id, name, workspaceId })))
            return ended();
          state = { ...state, watch: freshWatch };
        }
        break;
      case 'awaitConsistency':
        await awaitConsistency(op, unknownSince);
        break;
      case 'startOver':
        await pauseBeforeRestart(step.why);
        break;
      case 'letChange':
        op.explain(step.why);
        break;
      case 'send':
        await send(step.command, step.facts);
        break;
      case 'refuse':
        throw refusedRemoval(step.verdict);
      case 'leave':
        leaveForeign(op, kind, step.facts, removal);
        showNone(op, kind);
        return state.wasSeen;
      case 'end':
        return ended();
    }
    await op.continueWhenLong();
    const { tryNowCount } = op.retries;
    const limit = startStopwatch(untilDecision(state, Date.now()));
    const wait = await op.waitWithin(limit, () => {
      const { watch } = state;
      const observed = { id, name, workspaceId, goal: kind.gone, watch, pace: op.pace };
      return kind.observe(op, { ...observed, removal: { commandedAt: commandedAt(state) } });
    });
    observation = wait.end === 'answer' ? wait.answer : null;
    isRetriedNow = op.retries.tryNowCount !== tryNowCount;
  }
}

function describeCommand(command: RemovalCommand, label: string): string {
  const words = { stop: `stopping ${label}`, dequeue: `removing ${label} from its queue`, delete: `deleting ${label}` };
  return words[command];
}
