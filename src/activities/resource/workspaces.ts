import { type Client, QueryNotRegisteredError, WorkflowNotFoundError } from '@temporalio/client';
import pMap from 'p-map';
import { memoKeys, parseOperationId } from '../../contract/ids.js';
import { specQuery } from '../../contract/messages.js';
import type { Spec } from '../../contract/spec.js';
import { isUnknownWorkspace, isUnpublished } from '../../modelarts/errors.js';
import type { CurrentNotebook } from '../../modelarts/schemas/current-notebook.js';
import type { Notebook } from '../../modelarts/schemas/notebook.js';
import type { ActivityDeps } from '../deps.js';
import { rethrowBug } from '../failures.js';
import { findSpec } from '../operation/ask-workflow.js';

/** The workspace that is listed when none is named (docs/api/notebooks-and-auth.md "2.4 O2 list"). */
const defaultWorkspace = '0';

/** Workspaces besides the default one. No call lists them; they are known from specs. */
export interface Workspaces {
  readonly ids: readonly string[];
  /** Operations that could not be queried: there may be more workspaces. */
  readonly unasked: readonly string[];
}

/** Runs whose specs count: those that own resources, and those that were terminated and may have left some behind. */
const query =
  'WorkflowType IN ("provisionPoolThenLaunchNotebook", "provisionPool", "launchNotebook", "leaseEnvironment") AND ' +
  'ExecutionStatus IN ("Running", "Terminated", "TimedOut")';

const width = 16;
const callMs = 5_000;
/**
 * Operations that were not queried by then are reported: the caller has little time, and each stuck run costs a call.
 */
const budgetMs = 20_000;

/** The default workspace, as null, and the others, each once. */
export function withDefault(workspaceIds: readonly (string | null)[]): (string | null)[] {
  const others = workspaceIds.filter((id) => id !== null && id !== defaultWorkspace);
  return [null, ...new Set(others)];
}

/** The filter of a list of notebooks. */
export function inWorkspace(workspaceId: string | null): { workspace_id?: string } {
  return workspaceId === null ? {} : { workspace_id: workspaceId };
}

/**
 * Lists the notebooks of one workspace in the historical API; none if the workspace does not exist any more, or if the
 * account does not have the API and `mustExist` is false.
 */
export async function notebooksIn(
  { modelarts }: Pick<ActivityDeps, 'modelarts'>,
  workspaceId: string | null,
  filter: { readonly pool_id?: string; readonly show_self?: boolean },
  options: { signal: AbortSignal },
  mustExist = true,
): Promise<readonly Notebook[]> {
  try {
    return (await modelarts.notebooks.list({ ...inWorkspace(workspaceId), ...filter }, options)).instances;
  } catch (error) {
    if (isUnknownWorkspace(error) || (!mustExist && isUnpublished(error))) return [];
    throw error;
  }
}

/** The same in the current API: the caller's own notebooks, all pages. */
export async function currentNotebooksIn(
  { modelarts }: Pick<ActivityDeps, 'modelarts'>,
  workspaceId: string | null,
  mustExist: boolean,
  options: { signal: AbortSignal },
): Promise<readonly CurrentNotebook[]> {
  try {
    return await modelarts.currentNotebooks.list(inWorkspace(workspaceId), options);
  } catch (error) {
    if (isUnknownWorkspace(error) || (!mustExist && isUnpublished(error))) return [];
    throw error;
  }
}

/** Workspaces in the last spec of a name; null when no spec is known. */
export async function workspacesOf(workflow: Client['workflow'], name: string): Promise<string[] | null> {
  const spec = await findSpec(workflow, name);
  return spec === null ? null : workspacesIn(spec);
}

/** Workspaces of a name. Without a known spec, for example of a notebook with another name, those of all operations. */
export async function workspacesFor(deps: ActivityDeps, signal: AbortSignal, name: string): Promise<Workspaces> {
  const ids = await workspacesOf(deps.temporal.workflow, name);
  return ids === null ? await workspacesInUse(deps, signal) : { ids, unasked: [] };
}

/**
 * Workspaces in the specs of all operations that may own resources. A lease has them in its memo, which the list
 * contains. Other operations, whose spec an operator may change, are queried.
 */
export async function workspacesInUse(deps: ActivityDeps, signal: AbortSignal): Promise<Workspaces> {
  const { workflow } = deps.temporal;
  const until = deps.now() + budgetMs;
  const ids = new Set<string>();
  const runs: { readonly workflowId: string; readonly runId: string; readonly isOpen: boolean }[] = [];
  try {
    await workflow.withDeadline(until, async () => {
      for await (const { workflowId, runId, status, taskQueue, memo } of workflow.list({ query })) {
        const isOpen = status.name === 'RUNNING';
        // Runs of another task queue may belong to another installation, and this worker cannot query them.
        const isHere = taskQueue === deps.taskQueue;
        if (!isHere || parseOperationId(workflowId) === null) continue;
        const noted = memo?.[memoKeys.workspaces];
        if (isTexts(noted)) for (const id of noted) ids.add(id);
        else runs.push({ workflowId, runId, isOpen });
      }
    });
  } catch (error) {
    rethrowBug(error);
    signal.throwIfAborted();
    return { ids: [], unasked: ['notebooks in other workspaces: Temporal did not list the operations'] };
  }
  const unanswered: string[] = [];
  const specs = await pMap(
    runs,
    async ({ workflowId, runId, isOpen }) => {
      signal.throwIfAborted();
      try {
        if (deps.now() > until) throw new Error('no time is left');
        const handle = workflow.getHandle(workflowId, runId);
        return await workflow.withDeadline(deps.now() + callMs, () => handle.query<Spec | null>(specQuery.name));
      } catch (error) {
        // A run that was terminated because it was stuck never answers. Reporting it would spoil every audit.
        const hasNone = error instanceof WorkflowNotFoundError || error instanceof QueryNotRegisteredError;
        if (isOpen && !hasNone) unanswered.push(workflowId);
        return null;
      }
    },
    { concurrency: width },
  );
  for (const id of specs.flatMap((spec) => (spec === null ? [] : workspacesIn(spec)))) ids.add(id);
  return { ids: [...ids], unasked: unanswered.length === 0 ? [] : [describeUnanswered(unanswered)] };
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

export function workspacesIn({ pool, notebook }: Spec): string[] {
  return withDefault([pool?.workspaceId ?? null, notebook?.workspaceId ?? null]).filter((id) => id !== null);
}

/** One line for an audit, which names the first of them. */
function describeUnanswered(unanswered: readonly string[]): string {
  const [first = '', ...others] = unanswered;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return `notebooks in other workspaces: ${first}${more} did not respond to a query for its workspace`;
}
