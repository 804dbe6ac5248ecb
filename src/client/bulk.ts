import pMap from 'p-map';
import type { Progress } from '../contract/progress.js';
import { specKinds } from '../contract/spec.js';
import { oneLine } from '../domain/command.js';
import { isOpen } from '../temporal/describe-run.js';
import {
  InvalidQueryError,
  InvalidSpecError,
  OperationNotFoundError,
  OperationRefusedError,
  OperationsError,
} from './errors.js';
import { progressOfEach } from './read-progress.js';
import type { Run, Runs } from './temporal/run.js';

/** Whom a command can be meant for: only operations that make something have approvals and steps. */
export type Audience = 'everyone' | 'makers';

const makers: readonly string[] = specKinds;
const everyone: readonly string[] = [
  ...makers,
  'leaseEnvironment',
  'teardownEnvironment',
  'sweepExpired',
  'auditResources',
  'changeResource',
];

/** Under way at once: enough to be quick, few enough for one worker to answer. */
const width = 8;

const refusals = [OperationRefusedError, OperationNotFoundError, InvalidSpecError] as const;

/** What became of a command to one of many. */
export interface Steered {
  readonly workflowId: string;
  readonly name: string;
  /** As it was listed. */
  readonly phase: Progress['phase'];
  readonly result: 'done' | 'refused' | 'failed' | 'untouched';
  /** Why it is not done; null when it is. */
  readonly reason: string | null;
  /** The progress that the command answered. */
  readonly progress: Progress | null;
}

/** The open operations of ours that a visibility query finds, as they stand, by workflow id. */
export async function findOpen(runs: Runs, query: string, audience: Audience): Promise<Progress[]> {
  const types = audience === 'makers' ? makers : everyone;
  const ours = types.map((type) => `"${type}"`).join(', ');
  const found = new Map<string, Run>();
  try {
    for await (const run of runs.list(`(${query}) AND ExecutionStatus = "Running" AND WorkflowType IN (${ours})`)) {
      // Looked at again, because a query with brackets of its own could have undone the narrowing.
      if (isOpen(run) && types.includes(run.type)) found.set(run.workflowId, run);
    }
  } catch (error) {
    // Asked again without our part, so that Temporal's words are about what was written.
    if (error instanceof InvalidQueryError) await runs.list(query)[Symbol.asyncIterator]().next();
    throw error;
  }
  const open = [...found.values()].sort((a, b) => a.workflowId.localeCompare(b.workflowId));
  return await progressOfEach(runs, open, width);
}

/**
 * Gives a command to each of those that were listed, and tells of each what became of it. One that has become another
 * run since it was listed is refused; what the signal comes too early for stays untouched.
 */
export async function steerEach(
  runs: Runs,
  listed: readonly Progress[],
  steer: (workflowId: string) => Promise<Progress>,
  signal?: AbortSignal,
): Promise<Steered[]> {
  return await pMap(
    listed,
    async ({ workflowId, runId, name, phase }) => {
      const facts = { workflowId, name, phase };
      if (signal?.aborted === true) return { ...facts, result: 'untouched', reason: 'interrupted', progress: null };
      try {
        const now = await runs.describe(workflowId);
        if (now !== null && now.runId !== runId)
          throw new OperationRefusedError(`${workflowId} is another run than the one that was listed`);
        return { ...facts, result: 'done', reason: null, progress: await steer(workflowId) };
      } catch (error) {
        if (!(error instanceof OperationsError)) throw error;
        const isRefusal = refusals.some((kind) => error instanceof kind);
        // One row is one line, and a list of problems has several.
        const reason = oneLine(error.message);
        return { ...facts, result: isRefusal ? 'refused' : 'failed', reason, progress: null };
      }
    },
    { concurrency: width },
  );
}
