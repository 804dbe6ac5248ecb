import { sleep } from '@temporalio/workflow';
import type { EnvironmentResources } from '../../contract/workflows.js';
import { byAge } from '../../domain/resource/identity.js';
import { isProtected } from '../../domain/resource/marker.js';
import { freshWatch, isConfirmed, remember, type Watch } from '../../domain/resource/observation.js';
import { judgePool, type PoolFacts, poolGone } from '../../domain/resource/pool.js';
import { given, isDue, noCommand } from '../../domain/resource/repetition.js';
import { startStopwatch } from '../../domain/stopwatch.js';
import { reads, undos, waits } from '../operation/activity-proxies.js';
import type { Operation } from '../operation/operation.js';
import { awaitConsistency, retryForever } from '../operation/retry-forever.js';
import { leaveForeignPool, ownershipOf } from './foreign-pool.js';
import { removeNotebook } from './notebook-removal.js';
import { observedPool } from './observed.js';
import { type PlannedRemoval, protectedFailure, refuseUnplanned } from './plan-guard.js';
import { beforeNextLook, protectionRule, type RemovalPhases, showRefusal, untilNext } from './removal-parts.js';

/** What is to be removed, and how it is known as ours: by its marker, or by an identity that this side recorded. */
export interface Removal {
  readonly name: string;
  /** Hashes of the workflow ids whose resources these are. */
  readonly owners: readonly string[];
  readonly known: EnvironmentResources;
  /** False when a run undoes its own create, which an operator's protection does not forbid. */
  readonly respectProtection: boolean;
  /** Exactly these may go; without it, everything that is known as ours. */
  readonly plan?: PlannedRemoval;
  /** Told that the name of the pool is a stranger's by now, and that nothing of ours is left; throws the failure, or goes on. */
  readonly onNameTaken?: (failure: Error) => void;
}

/** The phase stays, as `RollingBack` does on a way back, and what is going on shows in `why`. */
export function explainingPhases(op: Operation): RemovalPhases {
  const explain = (why: string) => op.explain(why);
  return {
    stopping: explain,
    deletingNotebook: explain,
    deletingPool: explain,
    verifyingNotebook: explain,
    verifyingPool: explain,
  };
}

/**
 * Stops and deletes every notebook that carries the marker, newest first, and returns whether any went. Each look is
 * followed by at most one command, and only a confirmed absence counts as gone.
 */
export async function removeNotebooks(op: Operation, removal: Removal, phases: RemovalPhases): Promise<boolean> {
  const { settings, installation } = op.identity;
  let removed = false;
  let isSecondLook = false;
  for (;;) {
    const found = await retryForever(op, `looking for notebooks of ${removal.name}`, () =>
      reads(settings, `notebooks of ${removal.name}`).findNotebooks({
        installation,
        owners: removal.owners,
        workspaceIds: removal.known.workspaceIds,
        known: removal.known.notebooks,
      }),
    );
    const kept = found.find((one) => removal.respectProtection && isProtected(one.description));
    if (kept !== undefined) throw protectedFailure(`notebook ${kept.name}`, removal.name);
    const newest = [...found].sort(byAge).at(-1);
    if (newest === undefined) {
      if (await awaitConsistency(op, removal.known.unknownSince)) continue;
      // What an unanswered create made is known by its marker alone, which one answer may lack.
      if (removed || isSecondLook || removal.known.unknownSince === null) {
        op.update({ notebook: null });
        return removed;
      }
      isSecondLook = true;
      await sleep(settings.pollMinMs);
      continue;
    }
    for (const one of found) refuseUnplanned(removal.plan, 'notebook', one);
    const { id, name, workspaceId, createdAt } = newest;
    await removeNotebook(
      op,
      { id, name, workspaceId, createdAt, ...protectionRule(removal.respectProtection) },
      phases,
    );
    removed = true;
  }
}

/** Deletes the pool when it is ours and waits until it is gone; returns whether there was one. */
export async function removePool(
  op: Operation,
  poolId: string,
  removal: Removal,
  phases: RemovalPhases,
): Promise<boolean> {
  const { settings } = op.identity;
  const { name, known } = removal;
  const workspaceId = known.workspaceIds[0] ?? null;
  let watch: Watch<PoolFacts> = freshWatch;
  let seen = false;
  let isUnconfirmed = false;
  let command = noCommand;
  let misses = 0;
  for (;;) {
    await op.continueWhenLong();
    const { hurries } = op.retries;
    // A pool that shows itself leaving is on its way: only a long silence makes the command worth repeating.
    const patienceMs = patienceOf(isLeaving(watch.last?.facts ?? null), settings.pollMaxMs);
    const wait = await op.waitWithin(startStopwatch(untilNext(watch, command, patienceMs)), () =>
      waits(settings, `pool ${name}`).awaitPool({ poolId, name, workspaceId, goal: poolGone, watch, pace: op.pace }),
    );
    if (wait.end === 'answer') {
      watch = remember(watch, wait.answer, judgePool(name, wait.answer.facts, poolGone));
      if (wait.answer.facts === null) {
        if (seen) phases.verifyingPool(`pool ${name} is gone; looking once more`);
        if (!isConfirmed(watch.absentSince, wait.answer.at, settings)) continue;
        if (await awaitConsistency(op, known.unknownSince)) continue;
        op.retries.over();
        op.update({ pool: null });
        return seen;
      }
    }
    const facts = watch.last?.facts;
    if (!facts) continue;
    const ownership = ownershipOf(op, facts, removal);
    if (ownership === 'undecided') {
      await beforeNextLook(op, `deleting pool ${name}`, neitherTimeNorMarker(name), misses++);
      watch = freshWatch;
      continue;
    }
    if (ownership === 'foreign') {
      // One answer may lack the marker: a stranger's is what two looks in a row have shown.
      if (!isUnconfirmed || (await awaitConsistency(op, known.unknownSince))) {
        isUnconfirmed = true;
        watch = freshWatch;
        continue;
      }
      leaveForeignPool(op, facts, removal);
      op.update({ pool: null });
      return seen;
    }
    isUnconfirmed = false;
    if (wait.end === 'answer') op.update({ pool: observedPool(facts, wait.answer.at) });
    if (removal.respectProtection && isProtected(facts.description)) throw protectedFailure(`pool ${name}`, name);
    if (refuseUnplanned(removal.plan, 'pool', facts) === 'undecided') {
      await beforeNextLook(op, `deleting pool ${name}`, neitherTimeNorMarker(name), misses++);
      watch = freshWatch;
      continue;
    }
    seen = true;
    op.state.removed = true;
    const leaving = isLeaving(facts);
    // Someone's delete is under way already: ours would only be its repetition, should it show no effect.
    if (leaving && command.what === null) command = given(command, facts.createdAt, Date.now());
    const isHurried = op.retries.hurries !== hurries;
    if (!isHurried && !isDue(command, facts.createdAt, patienceOf(leaving, settings.pollMaxMs), Date.now())) {
      op.explain(judgePool(name, facts, poolGone).why);
      continue;
    }
    phases.deletingPool(`deleting pool ${name}`);
    const { owners, respectProtection } = removal;
    const { workspaceIds } = known;
    const ref = {
      id: poolId,
      createdAt: facts.createdAt,
      name,
      owners,
      workspaceIds,
      ...protectionRule(respectProtection),
    };
    const outcome = await retryForever(op, `deleting pool ${name}`, () =>
      undos(settings, `pool ${name}`).deletePool(ref),
    );
    if (outcome.outcome === 'notSent') {
      await beforeNextLook(op, `deleting pool ${name}`, outcome.why, misses++);
      watch = freshWatch;
      continue;
    }
    command = given(command, facts.createdAt, Date.now());
    if (outcome.outcome !== 'refused') continue;
    op.explain(`${judgePool(name, facts, poolGone).why}; refused: ${outcome.why}`);
    showRefusal(op, `deleting pool ${name}`, outcome.why, command, patienceOf(leaving, settings.pollMaxMs));
  }
}

function neitherTimeNorMarker(name: string): string {
  return `pool ${name}: the answer has neither a creation time nor our marker`;
}

/** How long a delete of a pool may be without effect. */
function patienceOf(leaving: boolean, pollMaxMs: number): number {
  return leaving ? 8 * pollMaxMs : pollMaxMs;
}

function isLeaving(facts: PoolFacts | null): boolean {
  return facts !== null && (facts.deleting || facts.phase === 'Deleting');
}

/** Removes all of an environment: notebooks first, because deleting a pool makes its notebooks unusable. */
export async function removeAll(
  op: Operation,
  poolId: string,
  removal: Removal,
  phases: RemovalPhases,
  /** Told when the notebooks are gone: what may keep the pool must not be said to keep them too. */
  onNotebooksGone: () => void = () => undefined,
): Promise<boolean> {
  const notebooks = await removeNotebooks(op, removal, phases);
  onNotebooksGone();
  const pool = await removePool(op, poolId, removal, phases);
  return pool || notebooks;
}
