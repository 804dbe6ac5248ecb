import { activityInfo } from '@temporalio/activity';
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { memoKeys } from '../contract/memo.js';
import { noteSignal, specQuery } from '../contract/messages.js';
import { phaseAttribute } from '../contract/search-attributes.js';
import { type Spec, type SpecKind, specKinds } from '../contract/spec.js';
import { checkSpec } from '../spec/check.js';
import { describeDifferences, diffSpecs } from '../spec/difference.js';
import { specHash } from '../spec/hash.js';
import type { ActivityDeps } from './deps.js';
import { endOf, lost, type OperationEnd } from './operation-end.js';
import { ask } from './operations.js';
import { invalidSpec } from './specs.js';
import { inWindow, pending } from './waiting.js';

/** What to start under its true id, as `teardown/team-a`. */
export interface StartOperation {
  /** Workflow type. */
  readonly type: string;
  readonly workflowId: string;
  readonly argument: unknown;
  /** Shows in the Temporal UI. */
  readonly summary: string;
  /** Who starts it: kept in its memo, as for one that a person starts. */
  readonly by: string;
  /** Sent with the start, as a teardown wants it: its audit and that of what it calls off name who and why. */
  readonly note?: { readonly verb: string; readonly by: string; readonly reason: string };
}

export interface StartedOperation {
  readonly workflowId: string;
  readonly runId: string;
  /** True when somebody else's run was open already. */
  readonly joined: boolean;
}

/** A phase that an operation has come to, or its end. */
export interface OperationNews {
  /** The run that is open now, where it continued as new. */
  readonly runId: string;
  readonly phase: string | null;
  readonly end: OperationEnd | null;
}

/** Activities that start other operations and wait for their end, for schedules and plans. */
export function startedActivities(deps: ActivityDeps) {
  const { workflow } = deps.temporal;

  /** Looks until `isNews` says yes to a phase, or the operation has ended. */
  async function follow(
    { workflowId, runId }: { workflowId: string; runId: string },
    isNews: (phase: string | null) => boolean,
  ): Promise<OperationNews> {
    return await inWindow<OperationNews>(deps, workflowId, (finish, tell) => {
      const closed = new AbortController();
      const look = async () => {
        for (let run = runId; !closed.signal.aborted; ) {
          try {
            const { status, phase } = await standing(workflow, workflowId, run);
            if (status !== 'RUNNING' && status !== 'PAUSED') {
              const end = status === null ? lost(workflowId, run) : await endOf(workflow, workflowId, run);
              if (!('next' in end)) return finish({ runId: end.runId, phase: end.phase, end });
              run = end.next;
              continue;
            }
            if (isNews(phase)) return finish({ runId: run, phase, end: null });
            tell(`${workflowId} is ${phase ?? 'not begun'}`);
          } catch (error) {
            // A look that fails ends no wait; the next one may succeed.
            tell(`${workflowId}: ${error instanceof Error ? error.message : String(error)}`);
          }
          await deps.sleep(deps.settings.pollMinMs, closed.signal);
        }
      };
      look().catch(() => undefined);
      return () => closed.abort();
    });
  }

  return {
    /**
     * Starts an operation, or joins the open one of its id; one that makes something is joined only with the same spec,
     * else `SpecConflict`. Repeating the activity starts nothing twice, also when the operation has ended meanwhile.
     */
    async startOperation(input: StartOperation): Promise<StartedOperation> {
      const { workflowId } = input;
      const kind = specKinds.find((candidate) => candidate === input.type);
      const spec = kind === undefined ? null : checked(kind, input.argument);
      const { workflowExecution, activityId, attempt } = activityInfo();
      const callId = `${workflowExecution?.workflowId}/${workflowExecution?.runId}/${activityId}`;
      if (attempt > 1) {
        const earlier = await newest(workflow, workflowId);
        if (earlier?.memo[memoKeys.start] === callId) return { workflowId, runId: earlier.runId, joined: false };
      }
      const options = {
        taskQueue: deps.taskQueue,
        workflowId,
        args: [input.argument] as [unknown],
        memo: {
          ...(spec === null ? {} : { [memoKeys.specHash]: specHash(spec) }),
          [memoKeys.start]: callId,
          [memoKeys.by]: input.by,
        },
        staticSummary: input.summary,
        workflowIdConflictPolicy: 'USE_EXISTING' as const,
        workflowIdReusePolicy: 'ALLOW_DUPLICATE' as const,
      };
      const runId =
        input.note === undefined
          ? (await workflow.start(input.type, options)).firstExecutionRunId
          : (
              await workflow.signalWithStart(input.type, {
                ...options,
                signal: noteSignal,
                signalArgs: [input.note],
              })
            ).signaledRunId;
      const { memo } = await workflow.getHandle(workflowId, runId).describe();
      const joined = memo?.[memoKeys.start] !== callId;
      if (joined && spec !== null && memo?.[memoKeys.specHash] !== specHash(spec)) {
        await refuseOtherSpec(workflow, workflowId, spec);
      }
      return { workflowId, runId, joined };
    },

    /** Waits in bounded windows until the operation has ended, over its runs, and answers how. */
    async awaitOperation(input: { workflowId: string; runId: string }): Promise<OperationEnd> {
      const { end } = await follow(input, () => false);
      if (end === null) throw new Error('A wait for an end finished without one.');
      return end;
    },

    /** As `awaitOperation`, and also answers when the operation shows another phase than the one that was seen. */
    async followOperation(input: { workflowId: string; runId: string; seen: string | null }): Promise<OperationNews> {
      return await follow(input, (phase) => phase !== null && phase !== input.seen);
    },
  };
}

type Workflows = Pick<Client['workflow'], 'getHandle'>;

/** Status and phase of a run; a null status when there is none. */
async function standing(
  workflow: Workflows,
  workflowId: string,
  runId: string,
): Promise<{ readonly status: string | null; readonly phase: string | null }> {
  try {
    const { status, typedSearchAttributes } = await workflow.getHandle(workflowId, runId).describe();
    return { status: status.name, phase: typedSearchAttributes.get(phaseAttribute) ?? null };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { status: null, phase: null };
    throw error;
  }
}

async function newest(
  workflow: Workflows,
  workflowId: string,
): Promise<{ readonly runId: string; readonly memo: Readonly<Record<string, unknown>> } | null> {
  try {
    const { runId, memo } = await workflow.getHandle(workflowId).describe();
    return { runId, memo: memo ?? {} };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

function checked(kind: SpecKind, document: unknown): Spec {
  const result = checkSpec(kind, document);
  if (!result.ok) throw invalidSpec(result.problems);
  return result.spec;
}

/** Compares with the spec that is in force, which an operator may have changed since the start. */
async function refuseOtherSpec(workflow: Workflows, workflowId: string, asked: Spec): Promise<void> {
  const current = await ask<Spec | null>(workflow, workflowId, specQuery.name);
  // A run that was started elsewhere and has not checked its spec yet; soon it has one, or has ended.
  if (current === null) throw pending(`${workflowId} has not checked its spec yet`, 500);
  if (specHash(current) === specHash(asked)) return;
  const differences = describeDifferences(diffSpecs(current, asked));
  throw ApplicationFailure.create({
    type: 'SpecConflict',
    message: `${asked.name} exists with another spec (${workflowId}):\n${differences}`,
    nonRetryable: true,
    details: [
      {
        errorCode: null,
        requestId: null,
        hint: `Give the new environment another name, or remove this one first: \`maops env teardown ${asked.name}\`.`,
      },
    ],
  });
}
