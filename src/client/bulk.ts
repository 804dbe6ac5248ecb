import pMap from 'p-map';
import type { Progress } from '../contract/progress.js';
import { specKinds } from '../contract/spec.js';
import type { WorkflowType } from '../contract/workflows.js';
import { oneLine } from '../domain/command.js';
import { isOpen } from '../temporal/run-facts.js';
import {
  InvalidQueryError,
  InvalidSpecError,
  OperationNotFoundError,
  OperationRefusedError,
  OperationsError,
} from './errors.js';
import { progressOfEach } from './read-progress.js';
import type { Run, Runs } from './temporal/run.js';

/** The operations that a bulk command finds; only creating operations (`creating`) have approvals and steps. */
export type BulkScope = 'everyone' | 'creating';

const scopes: Readonly<Record<BulkScope, readonly WorkflowType[]>> = {
  creating: specKinds,
  everyone: [
    ...specKinds,
    'leaseEnvironment',
    'teardownEnvironment',
    'sweepExpired',
    'auditResources',
    'changeResource',
  ],
};

/** Enough to be quick, and few enough for one worker. */
const concurrency = 8;

const refusals = [OperationRefusedError, OperationNotFoundError, InvalidSpecError] as const;

/** The result of a bulk command for one operation. */
export interface BulkResult {
  readonly workflowId: string;
  readonly name: string;
  /** The listed phase, before the command. */
  readonly phase: Progress['phase'];
  /** `untouched`: the signal came before the command was sent. */
  readonly result: 'done' | 'refused' | 'failed' | 'untouched';
  /** Null when it is done. */
  readonly reason: string | null;
  /** The progress after the command; null when it is not done. */
  readonly progress: Progress | null;
}

/** The progress of the open operations that a visibility query finds, by workflow id. */
export async function findOpen(runs: Runs, query: string, scope: BulkScope): Promise<Progress[]> {
  const types = scopes[scope];
  const quoted = types.map((type) => `"${type}"`).join(', ');
  const found = new Map<string, Run>();
  try {
    for await (const run of runs.list(`(${query}) AND ExecutionStatus = "Running" AND WorkflowType IN (${quoted})`)) {
      // A query with brackets of its own could have cancelled the added conditions.
      if (isOpen(run) && types.some((type) => type === run.type)) found.set(run.workflowId, run);
    }
  } catch (error) {
    // List again without the added conditions, so that Temporal's message is about the query as it was given.
    if (error instanceof InvalidQueryError) await runs.list(query)[Symbol.asyncIterator]().next();
    throw error;
  }
  const open = [...found.values()].sort((a, b) => a.workflowId.localeCompare(b.workflowId));
  return await progressOfEach(runs, open, concurrency);
}

/**
 * Sends a command to each listed operation. Refused for one that has another run by now; none is sent after the signal.
 */
export async function commandEach(
  runs: Runs,
  listed: readonly Progress[],
  command: (workflowId: string) => Promise<Progress>,
  signal?: AbortSignal,
): Promise<BulkResult[]> {
  const send = async ({ workflowId, runId, name, phase }: Progress): Promise<BulkResult> => {
    const operation = { workflowId, name, phase };
    if (signal?.aborted === true) return { ...operation, result: 'untouched', reason: 'interrupted', progress: null };
    try {
      const now = await runs.describe(workflowId);
      if (now !== null && now.runId !== runId)
        throw new OperationRefusedError(`${workflowId} has started a new run since it was listed`);
      return { ...operation, result: 'done', reason: null, progress: await command(workflowId) };
    } catch (error) {
      if (!(error instanceof OperationsError)) throw error;
      const result = refusals.some((kind) => error instanceof kind) ? 'refused' : 'failed';
      // A list of problems has several lines, and a row one.
      return { ...operation, result, reason: oneLine(error.message), progress: null };
    }
  };
  return await pMap(listed, send, { concurrency });
}
