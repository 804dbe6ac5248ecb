import { continueAsNew } from '@temporalio/workflow';
import { operationId } from '../../contract/ids.js';
import type { Progress } from '../../contract/progress.js';
import { type LeaseInput, leftOf, mergeResources } from '../../contract/workflows.js';
import { SECOND } from '../../domain/duration.js';
import { afterRefusal } from '../../domain/lease/steps.js';
import { firstCalls, waits } from '../operation/activity-proxies.js';
import { endWith } from '../operation/ending.js';
import { describeFailure, isFailure } from '../operation/failure.js';
import type { Operation } from '../operation/operation.js';
import { retryErrorOf } from '../operation/retries.js';
import { showingOverdue } from '../operation/time-limit.js';
import type { Removal, ResourceKind } from '../resource/kind.js';
import { kindsOnPool } from '../resource/kinds/index.js';
import { poolInUse } from '../resource/pool-in-use.js';
import { removeAll, teardownPhases } from '../resource/remove.js';
import type { LeaseBackgroundTasks } from './background-tasks.js';
import { showResources } from './handlers.js';
import { decideOnJobs, stopOwnNotebooks, warnOfJobs } from './jobs.js';
import type { LeaseState } from './state.js';

/** Before a run knows its settings. */
const defaultPauseMs = 30 * SECOND;

/** Deletes the resources of a lease and ends it when their absence is verified. What may not be deleted stays owned. */
export async function endLease(
  op: Operation<LeaseState>,
  input: LeaseInput,
  backgroundTasks: LeaseBackgroundTasks,
): Promise<Progress> {
  const { name } = input;
  let gone = `${name} is gone: verified deleted`;
  op.fail(null);
  // Earlier observations no longer hold.
  showResources(op);
  try {
    op.state.identity ??= await op.retries.run('asking for the identity', () => firstCalls(name).identify({ name }));
    op.enter('Planning', `the lease of ${name} is ${op.state.removalCause}; cancelling the open operations of ${name}`);
    await cancelCreatingOperations(op, name);
    const { env, pool, notebook } = op.identity.owners;
    const owners = [env, pool, notebook];
    const onNameTaken = ({ message }: Error) => {
      gone = `all resources of ${name} are gone: ${message}`;
      op.audit('leave', operationId('lease', name), message);
    };
    const base: Removal = { name, owners, known: op.state.resources, respectProtection: true, onNameTaken };
    const remove = (removal: Removal, kinds?: readonly ResourceKind[]) =>
      showingOverdue(op, op.state.spec, () => removeAll(op, removal, teardownPhases(op), forget, kinds));
    const forget = (kind: ResourceKind) => {
      const { resources } = op.state;
      op.state.resources = leftOf(resources, kind.without(resources));
    };
    const { use, end } = await decideOnJobs(op);
    if (end.decision === 'keep') {
      // A removal that an earlier run began, before the jobs came, may have sent the DELETE of a notebook.
      if (op.state.isRemovalStarted === true) await remove(base, kindsOnPool);
      else await stopOwnNotebooks(op, base);
      return await keepOwning(op, input, backgroundTasks, poolInUse(name, use), end.until);
    }
    op.state.isRemovalStarted = true;
    await remove(end.decision === 'deleteUnderJobs' ? { ...base, jobs: 'ignore' } : base);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return await keepOwning(op, input, backgroundTasks, error);
  }
  backgroundTasks.close();
  op.update({ percent: 100, pool: null });
  return await endWith(
    op,
    op.state.removalCause === 'cancelled'
      ? { phase: 'Cancelled', why: 'cancelled; everything it owned has been deleted' }
      : { phase: 'Gone', why: gone },
  );
}

/** Cancels operations that could adopt the resources first. They hand over to this run, not to a lease. */
async function cancelCreatingOperations(op: Operation<LeaseState>, name: string): Promise<void> {
  const kinds = ['env', 'pool', 'notebook'] as const;
  const by = operationId('lease', name);
  const calls = waits(op.identity.settings, name);
  const reason = `the lease is ${op.state.removalCause}`;
  const order = { name, kinds, by, reason, since: op.state.progress.startedAt };
  const awaited = kinds.map((kind) => operationId(kind, name));
  const { resources } = await op.awaitingEndOf(awaited, () =>
    op.retries.run(`waiting for the operations of ${name} to end`, () => calls.cancelAndAwait(order)),
  );
  op.state.resources = mergeResources(op.state.resources, resources);
}

/** Continues as a new run that owns what may not be deleted and shows why. A cancel of this run does not reach it. */
async function keepOwning(
  op: Operation<LeaseState>,
  input: LeaseInput,
  backgroundTasks: LeaseBackgroundTasks,
  error: unknown,
  retryAt?: number,
): Promise<Progress> {
  const failure = describeFailure(error, null);
  const { refused, identity } = op.state;
  // What was asked for counts, although a refused removal is not done yet.
  const cause = op.cancellation.request?.cause === 'operator' ? 'cancelled' : (op.state.removalCause ?? 'expired');
  const pollMaxMs = identity?.settings.pollMaxMs ?? defaultPauseMs;
  const after = afterRefusal(refused, { cause, why: failure.message, retryAt }, pollMaxMs, Date.now());
  const { times, until } = after.refused;
  // The removal is retried: one audit entry per reason is enough. A new command resets the refusal.
  if (retryAt !== undefined) warnOfJobs(op, backgroundTasks, failure, until);
  else if (after.isNewReason) {
    op.audit('refuse', operationId('lease', input.name), failure.message);
    backgroundTasks.announce('lease.refused', `${input.name} could not be removed: ${failure.message}`);
  }
  op.state.refused = after.refused;
  op.state.removalCause = null;
  op.state.isRemovalStarted = false;
  op.retries.failed(`removing ${input.name}`, retryErrorOf(error), until - Date.now(), times);
  // A teardown that waited for this run announces itself to the next run again.
  op.state.announced = null;
  // The cause records an operator's cancel. The next run owns the resources again and accepts another cancel.
  op.state.cancelRequest = null;
  op.fail(failure);
  await op.drain();
  return await continueAsNew<(input: LeaseInput, carried: LeaseState) => Promise<unknown>>(input, op.state);
}
