import { continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { StartedOperation, StartOperation } from '../../activities/operation/child-operations.js';
import type { OperationEnd } from '../../activities/operation/operation-end.js';
import { makeFailure } from '../../contract/failures.js';
import { operationId, scheduledId, sweepId } from '../../contract/ids.js';
import type { Progress } from '../../contract/progress.js';
import type { ScheduledInput, SweepInput, TeardownInput } from '../../contract/workflows.js';
import { failsSchedule } from '../../domain/schedule/pause.js';
import { isName } from '../../domain/text.js';
import { reads, waits } from '../operation/activity-proxies.js';
import { checkArgument } from '../operation/check-argument.js';
import { type Outcome, runToEnd } from '../operation/ending.js';
import { describeFailure } from '../operation/failure.js';
import { Operation } from '../operation/operation.js';
import { carriedOver, newState, type OperationState, timeNow } from '../operation/state.js';

interface ScheduledState extends OperationState {
  /** The operation that was started or joined; null until then. */
  started: { readonly workflowId: string; readonly runId: string; readonly joined: boolean } | null;
  /** The last phase of that operation. */
  seen: string | null;
}

/**
 * The workflow that a Temporal Schedule starts.
 *
 * Phases: `Planning` until the scheduled operation is started under its own id, or joined. `Applying` until that
 * operation ends; `why` shows its phases. Ends in `Done`, or in `Failed` with the operation's own failure type, so that
 * the overlap and pause-on-failure rules of the schedule see the real result (`domain/schedule/pause.ts`). Ends in
 * `Cancelled` after a cancel: an operation that was started continues. `Paused` above any phase until `resume`.
 */
export async function scheduled(input: ScheduledInput, carried?: ScheduledState): Promise<Progress> {
  const op: Operation<ScheduledState> = new Operation(
    carried === undefined ? firstState(input) : carriedOver(carried),
    () => continueAsNew<(input: ScheduledInput, carried: ScheduledState) => Promise<unknown>>(input, op.state),
  );
  const work = async (): Promise<Outcome> => {
    const started = op.state.started ?? (await start(op, input));
    await follow(op, started.workflowId, started.runId, input.start.what === 'sweep');
    return { phase: 'Done', why: op.state.progress.why };
  };
  return await runToEnd(op, work, {
    cancelled: () => describeLeft(op.state.started?.workflowId ?? null),
    failed: (failure) => {
      const what = op.state.started?.workflowId ?? 'nothing was started';
      return { phase: 'Failed', why: `${what}: ${failure.type}: ${failure.message}`, failure };
    },
  });
}

function firstState(input: ScheduledInput): ScheduledState {
  const name = isName(input?.schedule) ? input.schedule : '';
  return { ...newState(name, [], 'Planning'), started: null, seen: null };
}

async function start(
  op: Operation<ScheduledState>,
  input: ScheduledInput,
): Promise<NonNullable<ScheduledState['started']>> {
  op.enter('Planning', 'checking the argument');
  await checkArgument(op, 'runScheduled', input, op.state.progress.name);
  const order = orderOf(input);
  const { workflowId } = order;
  op.explain(`starting ${workflowId}`);
  const started = await startOrJoin(op, order);
  op.state.started = started;
  const how = started.joined ? 'joined' : 'started';
  op.audit(how, order.by, workflowId);
  op.enter('Applying', started.joined ? `joined ${workflowId}, which was running` : `started ${workflowId}`);
  op.reach(10);
  return started;
}

/** Starts or joins the operation. Waits first while a joined one has no spec to compare with. */
async function startOrJoin(op: Operation<ScheduledState>, order: StartOperation): Promise<StartedOperation> {
  const { settings } = op.identity;
  for (;;) {
    await op.gate();
    const { workflowId } = order;
    const started = await op.retries.run(`starting ${workflowId}`, () =>
      reads(settings, workflowId).startOperation(order),
    );
    if (started.hasNoSpec !== true) return started;
    await op.retries.run(`comparing the spec of ${workflowId}`, () => waits(settings, workflowId).awaitSpec(started));
  }
}

/** Shows the phases of the started operation until it has ended. */
async function follow(
  op: Operation<ScheduledState>,
  workflowId: string,
  first: string,
  isSweep: boolean,
): Promise<void> {
  for (let runId = first; ; ) {
    await op.continueWhenLong();
    const { seen } = op.state;
    const question = { workflowId, runId, seen };
    const change = await op.awaitingEndOf([workflowId], () =>
      op.retries.run(`following ${workflowId}`, () =>
        waits(op.identity.settings, workflowId).followOperation(question),
      ),
    );
    runId = change.runId;
    op.state.started = { workflowId, runId, joined: op.state.started?.joined ?? false };
    op.state.seen = change.phase;
    if (change.end !== null) {
      close(op, workflowId, change.end, isSweep);
      return;
    }
    op.explain(`${workflowId} is ${change.phase ?? 'not started yet'}`);
  }
}

/** Shows how the operation ended. Throws its failure when that must reach the schedule. */
function close(op: Operation<ScheduledState>, workflowId: string, end: OperationEnd, isSweep: boolean): void {
  const { pool = null, notebook = null, lease = null } = end.progress ?? {};
  op.update({ pool, notebook, lease });
  const why = end.progress?.why ?? '';
  op.explain(`${workflowId} ended ${end.phase ?? 'without a result'}${why === '' ? '' : `: ${why}`}`);
  if (end.reachedGoal) {
    // A sweep that could not delete everything is done, and shows what is left.
    op.fail(end.phase === 'Done' ? (end.progress?.failure ?? null) : null);
    return;
  }
  const failure = end.failure ?? describeFailure(new Error(op.state.progress.why), null);
  const { type, message, ...facts } = failure;
  if (failsSchedule(isSweep, end.phase, type)) throw makeFailure(type, message, facts);
  op.fail(failure);
}

/** The workflow that a schedule starts, with its id and argument. */
function orderOf({ schedule, start, reason = 'scheduled' }: ScheduledInput): StartOperation {
  const by = scheduledId(schedule);
  switch (start.what) {
    case 'sweep': {
      const { apply = false, rules } = start;
      const argument: SweepInput = { apply, by, reason, ...(rules == null ? {} : { rules }) };
      const workflowId = sweepId(schedule, scheduledTime(schedule));
      return { type: 'sweepExpired', workflowId, argument, summary: `sweep of schedule ${schedule}`, by };
    }
    case 'teardown': {
      const { name, drain, withJobs } = start;
      const jobs = { ...(drain == null ? {} : { drain }), ...(withJobs === true ? { withJobs } : {}) };
      const signed = drain == null && withJobs !== true ? {} : { by, reason: reason.trim() || 'scheduled' };
      const argument: TeardownInput = { name, ...jobs, ...signed };
      const announcement = { cause: 'teardown', by, reason } as const;
      const workflowId = operationId('teardown', name);
      return { type: 'teardownEnvironment', workflowId, argument, summary: `teardown ${name}`, by, announcement };
    }
    case 'provision': {
      const { document } = start;
      const workflowId = operationId('env', document.name);
      const summary = `env ${document.name}`;
      return { type: 'provisionPoolThenLaunchNotebook', workflowId, argument: document, summary, by };
    }
  }
}

/** The time that Temporal appends to the workflow id. It identifies the runs that this one starts. */
function scheduledTime(schedule: string): string {
  const prefix = `${scheduledId(schedule)}-`;
  const { workflowId } = workflowInfo();
  return workflowId.startsWith(prefix) ? workflowId.slice(prefix.length) : timeNow();
}

function describeLeft(workflowId: string | null): string {
  return workflowId === null ? 'cancelled; nothing was started' : `cancelled; ${workflowId} is still running`;
}
