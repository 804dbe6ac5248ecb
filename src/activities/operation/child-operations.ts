import { activityInfo } from '@temporalio/activity';
import { makeFailure } from '../../contract/failures.js';
import { memoKeys } from '../../contract/ids.js';
import { announceCancelSignal, type CancelAnnouncement, specQuery } from '../../contract/messages.js';
import type { Progress } from '../../contract/progress.js';
import { type Spec, type SpecKind, specKinds } from '../../contract/spec.js';
import type { PlanItemResult, SweepProgress, WorkflowType } from '../../contract/workflows.js';
import { cut } from '../../domain/text.js';
import { checkSpec } from '../../spec/check.js';
import { describeDifferences, diffSpecs } from '../../spec/difference.js';
import { specHash } from '../../spec/hash.js';
import { describeRun } from '../../temporal/describe-run.js';
import { isOpen } from '../../temporal/run-facts.js';
import { startOptions } from '../../temporal/start-options.js';
import type { ActivityDeps } from '../deps.js';
import { askInPollWindow } from '../resource/waiting.js';
import { invalidSpec } from './arguments.js';
import { ask } from './ask-workflow.js';
import { endOf, lost, type OperationEnd } from './operation-end.js';

/** An operation to start under its workflow id, such as `teardown/team-a`. */
export interface StartOperation {
  readonly type: WorkflowType;
  readonly workflowId: string;
  readonly argument: unknown;
  /** Shows in the Temporal UI. */
  readonly summary: string;
  /** The actor, kept in the memo of the run. */
  readonly by: string;
  /** Sent with the start of a teardown. The operations that it cancels record this actor and reason. */
  readonly announcement?: CancelAnnouncement;
}

export interface StartedOperation {
  readonly workflowId: string;
  readonly runId: string;
  /** True when an open run was joined. */
  readonly joined: boolean;
  /** True when that run has not checked its spec yet: wait for that, then start again. */
  readonly hasNoSpec?: boolean;
}

/** A new phase of an operation, or its end. */
export interface OperationChange {
  /** The open run; a later one than the given run after continue-as-new. */
  readonly runId: string;
  readonly phase: string | null;
  readonly end: OperationEnd | null;
}

/** How a teardown of a sweep's part closed. */
export interface BriefEnd extends Pick<OperationEnd, 'reachedGoal' | 'failure'> {
  /** The result of each planned item that has one. */
  readonly results: readonly PlanItemResult[];
}

/** Limit for each item. The failed teardown has the whole reason. */
const whyLimit = 300;

function hasResults(progress: Progress): progress is SweepProgress {
  return 'results' in progress;
}

/** Activities that start other operations and wait for their end, for schedules and plans. */
export function childOperationActivities(deps: ActivityDeps) {
  const { workflow } = deps.temporal;

  /** Polls until `isSignificantChange` accepts a phase, or the operation has ended. */
  async function follow(
    { workflowId, runId }: { workflowId: string; runId: string },
    isSignificantChange: (phase: string | null) => boolean,
  ): Promise<OperationChange> {
    const { pollMinMs } = deps.settings;
    let run = runId;
    return await askInPollWindow<OperationChange>(
      deps,
      workflowId,
      { firstMs: pollMinMs, longestMs: pollMinMs },
      async () => {
        for (;;) {
          const found = await describeRun(workflow, workflowId, run);
          if (found !== null && isOpen(found)) {
            const { phase } = found;
            if (isSignificantChange(phase)) return { answer: { runId: run, phase, end: null } };
            return { why: `${workflowId} is ${phase ?? 'not started yet'}` };
          }
          const end = found === null ? lost(workflowId, run) : await endOf(workflow, workflowId, run);
          if (!('next' in end)) return { answer: { runId: end.runId, phase: end.phase, end } };
          run = end.next;
        }
      },
    );
  }

  return {
    /**
     * Starts an operation, or joins the open one with its id. A creating operation is joined only with the same spec,
     * otherwise `SpecConflict`. Safe to repeat, even when the operation has ended since.
     */
    async startOperation(input: StartOperation): Promise<StartedOperation> {
      const { workflowId } = input;
      const kind = specKinds.find((candidate) => candidate === input.type);
      const spec = kind === undefined ? null : checked(kind, input.argument);
      const { workflowExecution, activityId, attempt } = activityInfo();
      const callId = `${workflowExecution?.workflowId}/${workflowExecution?.runId}/${activityId}`;
      if (attempt > 1) {
        const earlier = await describeRun(workflow, workflowId);
        if (earlier?.memo[memoKeys.start] === callId) return { workflowId, runId: earlier.runId, joined: false };
      }
      const specMemo = spec === null ? {} : { [memoKeys.specHash]: specHash(spec) };
      const memo = { ...specMemo, [memoKeys.start]: callId, [memoKeys.by]: input.by };
      const options = startOptions({ ...input, memo }, deps.taskQueue);
      const runId =
        input.announcement === undefined
          ? (await workflow.start(input.type, options)).firstExecutionRunId
          : (
              await workflow.signalWithStart(input.type, {
                ...options,
                signal: announceCancelSignal,
                signalArgs: [input.announcement],
              })
            ).signaledRunId;
      const run = await describeRun(workflow, workflowId, runId);
      const joined = run?.memo[memoKeys.start] !== callId;
      if (joined && spec !== null) {
        // Query the run first, because an operator may have changed the spec since the start.
        const current = await ask<Spec | null>(workflow, workflowId, specQuery.name);
        if (current !== null) refuseOtherSpec(workflowId, spec, current);
        else if (run?.memo[memoKeys.specHash] !== specHash(spec)) return { workflowId, runId, joined, hasNoSpec: true };
      }
      return { workflowId, runId, joined };
    },

    /** Waits until a run that was started elsewhere has checked its spec, or has ended. */
    async awaitSpec({ workflowId, runId }: { workflowId: string; runId: string }): Promise<void> {
      const { pollMinMs } = deps.settings;
      await askInPollWindow<null>(deps, workflowId, { firstMs: 100, longestMs: pollMinMs }, async () => {
        const run = await describeRun(workflow, workflowId, runId);
        if (run === null || !isOpen(run)) return { answer: null };
        const spec = await ask<Spec | null>(workflow, workflowId, specQuery.name);
        return spec === null ? { why: `${workflowId} has not checked its spec yet` } : { answer: null };
      });
    },

    /**
     * Waits in poll windows until the operation has ended, over its runs, and returns what a sweep needs of its end.
     */
    async awaitOperation(input: { workflowId: string; runId: string }): Promise<BriefEnd> {
      const { end } = await follow(input, () => false);
      if (end === null) throw new Error('A wait for an end finished without one.');
      const { reachedGoal, progress, failure } = end;
      // One teardown can report thousands of items, and one sweep waits for thousands of teardowns.
      const results = progress !== null && hasResults(progress) ? progress.results : [];
      return {
        reachedGoal,
        results: results.map(({ why, ...rest }) => ({ ...rest, why: cut(why, whyLimit) })),
        failure,
      };
    },

    /** Like `awaitOperation`, but also returns when the phase changes. */
    async followOperation(input: { workflowId: string; runId: string; seen: string | null }): Promise<OperationChange> {
      return await follow(input, (phase) => phase !== null && phase !== input.seen);
    },
  };
}

function checked(kind: SpecKind, document: unknown): Spec {
  const result = checkSpec(kind, document);
  if (!result.ok) throw invalidSpec(result.problems);
  return result.spec;
}

/** Compares with the present spec, which an operator may have changed since the start. */
function refuseOtherSpec(workflowId: string, asked: Spec, current: Spec): void {
  if (specHash(current) === specHash(asked)) return;
  const differences = describeDifferences(diffSpecs(current, asked));
  throw makeFailure('SpecConflict', `${asked.name} exists with another spec (${workflowId}):\n${differences}`, {
    hint: `Give the new environment another name, or remove this one first: \`maops env teardown ${asked.name}\`.`,
  });
}
