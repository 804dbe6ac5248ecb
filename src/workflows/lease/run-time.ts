import { isCurrentNotebook } from '../../contract/spec.js';
import type { ResourceRef } from '../../contract/workflows.js';
import { MINUTE } from '../../domain/duration.js';
import { type GrantLimits, grantLimits, renewalDue } from '../../domain/lease/grant.js';
import { type NotebookFacts, notebookApiOf } from '../../domain/resource/notebook.js';
import { backgroundTasks } from '../operation/activity-proxies.js';
import { describeFailure, isFailure } from '../operation/failure.js';
import type { Operation } from '../operation/operation.js';
import type { LeaseState, RunTime } from './state.js';

/** After this time an observation that failed is repeated: without one nothing is renewed. */
export const lookAgainMs = 10 * MINUTE;

/** The notebook of the current API that a lease owns; null when it owns none. */
export function currentNotebookIn({ resources }: LeaseState): ResourceRef | null {
  return resources.notebooks.find(({ id }) => notebookApiOf(id) === 'current') ?? null;
}

/** The run time after an observation; null while the notebook does not run. */
export function observedRunTime(before: RunTime | null, facts: NotebookFacts | null): RunTime | null {
  if (facts === null || notebookApiOf(facts.id) !== 'current' || facts.status !== 'RUNNING') return null;
  return { grant: facts.grant ?? null, triedAt: before?.triedAt ?? null };
}

/**
 * When the notebook is to be renewed (epoch milliseconds); null when it is not. A pause of the lease does not matter.
 */
export function nextRenewal(state: LeaseState): number | null {
  const { runTime = null } = state.backgroundTasks;
  const limits = limitsIn(state);
  if (runTime === null || limits === null || state.removalCause !== null) return null;
  return renewalDue(runTime.grant, limits, runTime.triedAt);
}

/** Without an end of the lease nothing is renewed. */
function limitsIn({ term, spec }: LeaseState): GrantLimits | null {
  if (term === null) return null;
  const notebook = spec?.notebook;
  return grantLimits(
    notebook !== undefined && isCurrentNotebook(notebook) ? notebook.autoStop : undefined,
    term.endsAt,
  );
}

type Settings = Parameters<typeof backgroundTasks>[0];

/** Renews the notebook. The result is its run time from now on; null when it does not run. */
export async function renew(op: Operation<LeaseState>, settings: Settings): Promise<RunTime | null> {
  const { state } = op;
  const notebook = currentNotebookIn(state);
  const limits = limitsIn(state);
  const before = state.backgroundTasks.runTime ?? null;
  if (notebook === null || limits === null) return null;
  try {
    const calls = backgroundTasks(settings, `notebook ${state.progress.name}`);
    const renewal = await calls.renewNotebook({ notebook, limits });
    if (renewal === null) return null;
    return { grant: renewal.grant, triedAt: Date.now() };
  } catch (error) {
    if (!isFailure(error)) throw error;
    const { workflowId } = state.progress;
    if (state.removalCause === null)
      op.audit('renew', workflowId, `the notebook was not renewed: ${describeFailure(error, null).message}`);
    return { grant: before?.grant ?? null, triedAt: Date.now() };
  }
}

/** Sets the tags of the spec on a notebook that runs. A failure is only recorded. */
export async function tag(op: Operation<LeaseState>, settings: Settings): Promise<void> {
  const { spec, progress } = op.state;
  const notebook = currentNotebookIn(op.state);
  const tags = spec?.notebook !== undefined && isCurrentNotebook(spec.notebook) ? spec.notebook.tags : undefined;
  if (notebook === null || tags === undefined || Object.keys(tags).length === 0) return;
  try {
    await backgroundTasks(settings, `notebook ${progress.name}`).tagNotebook({ notebook, tags });
  } catch (error) {
    if (!isFailure(error)) throw error;
    op.audit('tag', progress.workflowId, `the notebook has no tags: ${describeFailure(error, null).message}`);
  }
}
