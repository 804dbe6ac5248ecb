import type { CommandedResource } from '../../activities/api-call.js';
import type { CommandOutcome } from '../../domain/resource/command-outcome.js';
import { isProtected } from '../../domain/resource/marker.js';
import { judgeNotebook, type NotebookFacts, nextToRemove } from '../../domain/resource/notebook.js';
import { freshWatch, isConfirmed, remember, type Watch } from '../../domain/resource/observation.js';
import { given, isDue, noCommand } from '../../domain/resource/repetition.js';
import { startStopwatch } from '../../domain/stopwatch.js';
import { undos, waits } from '../operation/activity-proxies.js';
import type { Operation } from '../operation/operation.js';
import { retryForever } from '../operation/retry-forever.js';
import { observedNotebook } from './observed.js';
import { protectedFailure } from './plan-guard.js';
import { beforeNextLook, protectionRule, type RemovalPhases, showRefusal, untilNext } from './removal-parts.js';

/** Stops, deletes and waits until one notebook is gone. */
export async function removeNotebook(
  op: Operation,
  notebook: CommandedResource & { readonly name: string; readonly workspaceId: string | null },
  phases: RemovalPhases,
): Promise<void> {
  const { settings } = op.identity;
  const { id, name, workspaceId, createdAt, respectProtection = false } = notebook;
  let watch: Watch<NotebookFacts> = freshWatch;
  let command = noCommand;
  let refusal: string | null = null;
  let misses = 0;
  for (;;) {
    await op.continueWhenLong();
    const { hurries } = op.retries;
    const patienceMs = patienceWith(watch.last?.facts?.status, settings.pollMaxMs);
    const wait = await op.waitWithin(startStopwatch(untilNext(watch, command, patienceMs)), () =>
      waits(settings, `notebook ${name}`).awaitNotebook({ id, name, workspaceId, goal: 'gone', watch, pace: op.pace }),
    );
    if (wait.end === 'answer') {
      const verdict = judgeNotebook(name, wait.answer.facts, 'gone');
      watch = remember(watch, wait.answer, verdict);
      if (verdict.condition === 'absent') {
        phases.verifyingNotebook(`notebook ${name} is gone; looking once more`);
        if (!isConfirmed(watch.absentSince, wait.answer.at, settings)) continue;
        op.retries.over();
        op.update({ notebook: null });
        return;
      }
      if (wait.answer.facts !== null) op.update({ notebook: observedNotebook(wait.answer.facts, wait.answer.at) });
    }
    const facts = watch.last?.facts;
    if (!facts) continue;
    // Between a stop and its delete lie minutes: a mark that was set meanwhile counts.
    if (respectProtection && isProtected(facts.description)) throw protectedFailure(`notebook ${name}`, name);
    op.state.removed = true;
    const what = facts.status;
    const next = nextToRemove(what, command.what === what ? command.times : 0);
    if (command.what !== what) refusal = null;
    if (next === 'wait' && command.what !== what) command = given(noCommand, what, Date.now());
    const isHurried = op.retries.hurries !== hurries;
    if (!isHurried && !isDue(command, what, patienceWith(what, settings.pollMaxMs), Date.now())) {
      op.explain(whyNotGone(name, facts, refusal));
      continue;
    }
    const ref = { id, createdAt, ...protectionRule(respectProtection) };
    const calls = undos(settings, `notebook ${name}`);
    let outcome: CommandOutcome;
    switch (next) {
      case 'stop':
        phases.stopping(`stopping notebook ${name}`);
        outcome = await retryForever(op, `stopping notebook ${name}`, () => calls.stopNotebook(ref));
        break;
      case 'dequeue':
        phases.stopping(`taking notebook ${name} out of its queue`);
        outcome = await retryForever(op, `taking notebook ${name} out of its queue`, () => calls.dequeueNotebook(ref));
        break;
      case 'wait':
      case 'delete':
        phases.deletingNotebook(`deleting notebook ${name}`);
        outcome = await retryForever(op, `deleting notebook ${name}`, () => calls.deleteNotebook(ref));
        break;
    }
    if (outcome.outcome === 'notSent') {
      await beforeNextLook(op, `removing notebook ${name}`, outcome.why, misses++);
      watch = freshWatch;
      continue;
    }
    command = given(command, what, Date.now());
    refusal = outcome.outcome === 'refused' ? outcome.why : null;
    if (refusal === null) continue;
    op.explain(whyNotGone(name, facts, refusal));
    showRefusal(op, `removing notebook ${name}`, refusal, command, patienceWith(what, settings.pollMaxMs));
  }
}

function whyNotGone(name: string, facts: NotebookFacts, refusal: string | null): string {
  const { why } = judgeNotebook(name, facts, 'gone');
  return refusal === null ? why : `${why}; refused: ${refusal}`;
}

/**
 * How long a command may be without effect. What is on its way by itself needs none; only where it stays for long it is
 * deleted all the same, because the service refuses that without harm (6357) and nothing else would end the wait.
 */
function patienceWith(status: string | undefined, pollMaxMs: number): number {
  return status !== undefined && nextToRemove(status) === 'wait' ? 8 * pollMaxMs : pollMaxMs;
}
