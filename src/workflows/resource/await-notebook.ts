import { makeFailure } from '../../contract/failures.js';
import type { NotebookSpec } from '../../contract/spec.js';
import { percentOf } from '../../domain/provision/percent.js';
import { judgeNotebook, type NotebookFacts, standsStill } from '../../domain/resource/notebook.js';
import { isBeyondGrace, isConfirmed, remember, type Watch } from '../../domain/resource/observation.js';
import { deadlinePassed } from '../operation/deadline.js';
import type { Provision } from '../provision/state.js';
import { observedNotebook } from './observed.js';

/** Waits until the notebook was seen running twice. */
export async function awaitRunningNotebook(op: Provision, notebook: NotebookSpec): Promise<void> {
  const { ref } = op.state.making.notebook;
  if (ref === null) throw new Error('The notebook is awaited before it was made.');
  const { settings } = op.identity;
  const { name } = notebook;
  let watch = op.state.watches.notebook;
  op.enter('AwaitingNotebook', `notebook ${name}: waiting for the first look`);
  op.reach(percentOf('awaitNotebook'));
  for (;;) {
    await op.continueWhenLong();
    const wait = await op.within('notebook', () =>
      op.waits(`notebook ${op.spec.notebook?.name}`).awaitNotebook({
        id: ref.id,
        name,
        workspaceId: notebook.workspaceId ?? null,
        goal: 'running',
        watch,
        pace: op.pace,
      }),
    );
    if (wait === null) throw missedDeadline(op, name, watch);
    const verdict = judgeNotebook(name, wait.answer.facts, 'running');
    watch = remember(watch, wait.answer, verdict);
    op.setWatches({ notebook: watch });
    if (wait.answer.facts !== null) op.setMaking('notebook', { lastCreate: { outcome: 'none' } });
    showNotebook(op, wait.answer.facts, wait.answer.at);
    op.explain(verdict.why);
    switch (verdict.condition) {
      case 'usable':
        if (isConfirmed(watch.usableSince, wait.answer.at, settings)) return;
        break;
      case 'failed':
        throw notebookFailed(name, verdict.why, wait.answer.facts);
      case 'unhealthy':
        if (isBeyondGrace(watch.unhealthySince, wait.answer.at, settings))
          throw notebookFailed(name, verdict.why, wait.answer.facts);
        break;
      case 'absent':
        if (wait.answer.at - (watch.absentSince ?? wait.answer.at) >= settings.consistencyWindowMs) {
          throw makeFailure('NotebookFailed', `notebook ${name} disappeared`, {
            hint: 'Find out who deleted it, then start again.',
          });
        }
        break;
      case 'leaving':
        break;
      case 'pending':
        await startAgain(op, wait.answer.facts);
        break;
    }
  }
}

/** A notebook that stopped by itself, as one of yesterday that was adopted, is started. Each such sighting gives one command. */
async function startAgain(op: Provision, facts: NotebookFacts | null): Promise<void> {
  if (facts === null || !standsStill(facts)) return;
  await op.gate();
  op.explain(`starting notebook ${facts.name}, which is ${facts.status}`);
  const ref = { id: facts.id, createdAt: facts.createdAt };
  // Tried again like a read, for as long as the deadline lets it: a bad answer to the command ends no wait either.
  const patient = op.reads(`notebook ${facts.name}`);
  const started = await op.within('notebook', () => patient.startNotebook(ref));
  if (started !== null && started.answer.outcome !== 'sent') op.explain(`no start was accepted: ${started.answer.why}`);
}

function missedDeadline(op: Provision, name: string, watch: Watch<NotebookFacts>): Error {
  const { condition, why } = judgeNotebook(name, watch.last?.facts ?? null, 'running');
  if (condition === 'unhealthy') return notebookFailed(name, why, watch.last?.facts ?? null);
  return deadlinePassed(
    op,
    'notebook',
    condition === 'usable' ? `notebook ${name} was seen RUNNING and not since` : why,
  );
}

function notebookFailed(name: string, why: string, facts: NotebookFacts | null): Error {
  return makeFailure('NotebookFailed', why, {
    errorCode: facts?.failure?.code ?? null,
    hint: `See \`maops notebook show ${name}\`; another flavor or pool may help.`,
  });
}

export function showNotebook(op: Provision, facts: NotebookFacts | null, at: number): void {
  if (facts === null) return;
  op.update({ notebook: observedNotebook(facts, at) });
  if (facts.queueRank !== null) op.reach(percentOf('awaitNotebook', 1 / (1 + facts.queueRank)));
}
