import { ActivityFailure, CancellationScope, sleep } from '@temporalio/workflow';
import { settlePause } from '../domain/create.js';
import { isProtected, parseMarker } from '../domain/marker.js';
import { judgeNotebook, type NotebookFacts, nextToRemove } from '../domain/notebook.js';
import { judgePool, type PoolFacts, type PoolGoal } from '../domain/pool.js';
import { startStopwatch } from '../domain/stopwatch.js';
import { freshWatch, isConfirmed, remember, type Watch } from '../domain/watch.js';
import { reads, undos, waits } from './calls.js';
import { rootFailure, stepFailure } from './failure.js';
import type { Operation } from './operation.js';
import * as timeouts from './timeouts.js';

/** What is to be removed, and how its owner is known: nothing without this marker is ever touched. */
export interface Removal {
  readonly name: string;
  /** Hashes of the workflow ids whose resources these are. */
  readonly owners: readonly string[];
  readonly workspaceIds: readonly string[];
  /** When a create call with an unknown outcome was sent: absence is believed only after the settle window. */
  readonly unknownSince: number | null;
  /** False when a run undoes its own create, which an operator's protection does not forbid. */
  readonly obeysProtection: boolean;
}

/** What the operation shows while something goes away; a rollback shows its one phase throughout. */
export interface RemovalPhases {
  stopping(why: string): void;
  deletingNotebook(why: string): void;
  deletingPool(why: string): void;
  verifyingNotebook(why: string): void;
  verifyingPool(why: string): void;
}

const nothingWanted: PoolGoal = { nodes: {}, scopes: [], driver: false };

/**
 * Stops and deletes every notebook that carries the marker, newest first, and returns whether any went. Each look is
 * followed by at most one command, and only a confirmed absence counts as gone.
 */
export async function removeNotebooks(op: Operation, removal: Removal, phases: RemovalPhases): Promise<boolean> {
  const { settings, installation } = op.identity;
  let removed = false;
  for (;;) {
    const found = await persist(op, `looking for notebooks of ${removal.name}`, () =>
      reads(settings, `notebooks of ${removal.name}`).findNotebooks({
        installation,
        owners: removal.owners,
        workspaceIds: removal.workspaceIds,
      }),
    );
    const kept = found.find((one) => removal.obeysProtection && isProtected(one.description));
    if (kept !== undefined) throw protectedFailure(`notebook ${kept.name}`, removal.name);
    const [newest] = [...found].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
    if (newest === undefined) {
      if (await settleMore(removal.unknownSince, settings.settleMs)) continue;
      return removed;
    }
    await removeNotebook(op, { id: newest.id, name: newest.name, workspaceId: newest.workspaceId }, phases);
    removed = true;
  }
}

/** Stops, deletes and waits until one notebook is gone. */
export async function removeNotebook(
  op: Operation,
  { id, name, workspaceId }: { id: string; name: string; workspaceId: string | null },
  phases: RemovalPhases,
): Promise<void> {
  const { settings } = op.identity;
  let watch: Watch<NotebookFacts> = freshWatch;
  for (;;) {
    await op.continueWhenLong();
    const wait = await op.waitWithin(startStopwatch(patience(settings.pollMaxMs)), () =>
      waits(settings, `notebook ${name}`).awaitNotebook({ id, name, workspaceId, goal: 'gone', watch }),
    );
    // When nothing changed for long, the command is given once more: the service may have dropped it.
    if (wait.end === 'answer') {
      watch = remember(watch, wait.answer, judgeNotebook(name, wait.answer.facts, 'gone'));
      if (wait.answer.facts === null) {
        phases.verifyingNotebook(`notebook ${name} is gone; looking once more`);
        if (isConfirmed(watch.absentSince, wait.answer.at, settings)) return;
        continue;
      }
    }
    const facts = watch.last?.facts;
    if (!facts) continue;
    op.state.removed = true;
    const next = nextToRemove(facts.status);
    if (next === 'stop') {
      phases.stopping(`stopping notebook ${name}`);
      await persist(op, `stopping notebook ${name}`, () =>
        undos(settings, `notebook ${name}`).stopNotebook({ id, createdAt: facts.createdAt }),
      );
    } else if (next === 'delete') {
      phases.deletingNotebook(`deleting notebook ${name}`);
      await persist(op, `deleting notebook ${name}`, () =>
        undos(settings, `notebook ${name}`).deleteNotebook({ id, createdAt: facts.createdAt }),
      );
    } else {
      op.explain(judgeNotebook(name, facts, 'gone').why);
    }
  }
}

/** Deletes the pool when it carries the marker and waits until it is gone; returns whether there was one. */
export async function removePool(
  op: Operation,
  poolId: string,
  removal: Removal,
  phases: RemovalPhases,
): Promise<boolean> {
  const { settings, installation } = op.identity;
  const workspaceId = removal.workspaceIds[0] ?? null;
  let watch: Watch<PoolFacts> = freshWatch;
  let seen = false;
  let deleted: string | null = null;
  for (;;) {
    await op.continueWhenLong();
    const wait = await op.waitWithin(startStopwatch(patience(settings.pollMaxMs)), () =>
      waits(settings, `pool ${removal.name}`).awaitPool({
        poolId,
        name: removal.name,
        workspaceId,
        goal: nothingWanted,
        watch,
      }),
    );
    if (wait.end === 'answer') {
      watch = remember(watch, wait.answer, judgePool(removal.name, wait.answer.facts, nothingWanted));
      if (wait.answer.facts === null) {
        if (seen) phases.verifyingPool(`pool ${removal.name} is gone; looking once more`);
        if (!isConfirmed(watch.absentSince, wait.answer.at, settings)) continue;
        if (await settleMore(removal.unknownSince, settings.settleMs)) continue;
        return seen;
      }
    }
    const facts = watch.last?.facts;
    if (!facts) continue;
    const marker = parseMarker(facts.description);
    if (marker === null || marker.installation !== installation || !removal.owners.includes(marker.owner)) {
      // Whoever made it, it is not part of this environment, and while it has the id ours cannot come back.
      op.explain(`pool ${poolId} does not carry the marker of ${removal.name}; it is left alone`);
      return seen;
    }
    if (removal.obeysProtection && isProtected(facts.description))
      throw protectedFailure(`pool ${removal.name}`, removal.name);
    seen = true;
    op.state.removed = true;
    // Once deleted, or seen leaving, news is only progress; the command is repeated when nothing changes for long.
    const underWay = deleted === facts.createdAt || facts.deleting || facts.phase === 'Deleting';
    if (underWay && wait.end !== 'deadline') {
      op.explain(judgePool(removal.name, facts, nothingWanted).why);
      continue;
    }
    await refuseStrangers(op, poolId, removal);
    phases.deletingPool(`deleting pool ${removal.name}`);
    await persist(op, `deleting pool ${removal.name}`, () =>
      undos(settings, `pool ${removal.name}`).deletePool({ id: poolId, createdAt: facts.createdAt }),
    );
    deleted = facts.createdAt;
  }
}

/** Removes all of an environment: notebooks first, because deleting a pool makes its notebooks unusable. */
export async function removeAll(
  op: Operation,
  poolId: string,
  removal: Removal,
  phases: RemovalPhases,
): Promise<boolean> {
  const notebooks = await removeNotebooks(op, removal, phases);
  const pool = await removePool(op, poolId, removal, phases);
  return pool || notebooks;
}

/** A notebook of someone else on our pool keeps the pool (design section 9). */
async function refuseStrangers(op: Operation, poolId: string, removal: Removal): Promise<void> {
  const { settings, installation } = op.identity;
  const onPool = await persist(op, `looking for notebooks on pool ${removal.name}`, () =>
    reads(settings, `pool ${removal.name}`).notebooksOnPool({ poolId }),
  );
  const stranger = onPool.find(({ description }) => {
    const marker = parseMarker(description);
    return marker === null || marker.installation !== installation || !removal.owners.includes(marker.owner);
  });
  if (stranger === undefined) return;
  const whose = stranger.user === null ? 'someone else' : stranger.user;
  throw stepFailure('Protected', `pool ${removal.name} stays: notebook ${stranger.name} of ${whose} is on it`, {
    hint: `Ask ${whose} to delete notebook ${stranger.name} (${stranger.id}), then run \`maops env teardown ${removal.name}\`.`,
  });
}

function protectedFailure(label: string, name: string): Error {
  return stepFailure('Protected', `${label} is protected (maops:keep); it is left alone`, {
    hint: `When it may go: \`maops env unprotect ${name} --reason …\`, then \`maops env teardown ${name}\`.`,
  });
}

/** Runs a call until it succeeds: an undo is never given up. Its last error is shown, and the pauses grow. */
export async function persist<T>(op: Operation, doing: string, call: () => Promise<T>): Promise<T> {
  for (let round = 0; ; round += 1) {
    await op.gate();
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof ActivityFailure) || CancellationScope.current().consideredCancelled) throw error;
      const cause = rootFailure(error);
      op.explain(`${doing}: ${cause instanceof Error ? cause.message : String(cause)}; trying again`);
      await sleep(timeouts.undoPause(round));
    }
  }
}

/** While an unknown create may still turn up, pauses and returns true: look again. */
async function settleMore(unknownSince: number | null, settleMs: number): Promise<boolean> {
  if (unknownSince === null) return false;
  const elapsed = Date.now() - unknownSince;
  if (elapsed >= settleMs) return false;
  await sleep(settlePause(elapsed, settleMs - elapsed, settleMs));
  return true;
}

/** How long a command may show no effect before it is given again. */
function patience(pollMaxMs: number): number {
  return pollMaxMs * 10;
}
