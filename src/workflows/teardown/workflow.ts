import { CancellationScope, continueAsNew, workflowInfo } from '@temporalio/workflow';
import { makeFailure } from '../../contract/failures.js';
import { operationId } from '../../contract/ids.js';
import type { FailureProgress, LeaseProgress } from '../../contract/progress.js';
import {
  type EnvironmentResources,
  leftOf,
  mergeResources,
  noResources,
  type SweepProgress,
  type TeardownInput,
} from '../../contract/workflows.js';
import { protectedVerdict } from '../../domain/resource/removal.js';
import { keepRule } from '../../domain/sweep/rules.js';
import type { PlanItem } from '../../domain/teardown/plan.js';
import { isName } from '../../domain/text.js';
import { reads, surveys, waits } from '../operation/activity-proxies.js';
import { checkArgument } from '../operation/check-argument.js';
import { failed, type Outcome, runToEnd } from '../operation/ending.js';
import { isFailure, planChanged } from '../operation/failure.js';
import { Operation } from '../operation/operation.js';
import { carriedOver, newState, type OperationState } from '../operation/state.js';
import { showingOverdue } from '../operation/time-limit.js';
import type { Removal, ResourceKind } from '../resource/kind.js';
import { removeAll, teardownPhases } from '../resource/remove.js';
import { awaitJobs, awaitJobsOfUnplanned, isPlanned, type JobsState, showUse } from './jobs.js';

interface TeardownState extends JobsState {
  /** The resources that the cancelled operations reported; null until they have ended. */
  known: EnvironmentResources | null;
  wasLeased: boolean;
  /** Who started the teardown, and why; a command that joins it does not change that. */
  startedBy: OperationState['announced'];
  /** The end of the cancelled lease. A lease of remaining resources keeps it. */
  lease: LeaseProgress | null;
}

/**
 * Deletes every resource that this installation created under a name.
 *
 * Phases: `Planning` until the plan is made, the jobs on the pool allow its deletion (`drain` waits for them), and
 * every open operation of the name has ended, so that nothing is created meanwhile. `StoppingNotebook` and
 * `DeletingNotebook` until no notebook is left, then `DeletingPool`. `Verifying` until two observations confirm the
 * absence. Ends in `Gone`, or in `Failed` when something must stay: a lease then owns it. A cancel is refused, because
 * half a teardown would leave resources without an owner.
 */
export async function teardown(input: TeardownInput, carried?: TeardownState): Promise<SweepProgress> {
  const state = carried === undefined ? firstState(input) : carriedOver(carried);
  const op: Operation<TeardownState> = new Operation(
    state,
    () => continueAsNew<(input: TeardownInput, carried: TeardownState) => Promise<unknown>>(input, op.state),
    { refusesCancel: 'a teardown cannot be cancelled' },
  );
  // The signal that starts a teardown is handled before this line.
  op.state.startedBy ??= op.state.announced;
  const work = async (): Promise<Outcome> => {
    if (op.state.identity === null) await check(op, input);
    const { name } = op.state.progress;
    if (op.state.progress.plan === null) await plan(op, name, input.planHash ?? null);
    await awaitJobs(op, input);
    const known = withPlanned(op, op.state.known ?? (await cancelAndAwait(op, name)));
    if (!isPlanned(op.state.progress)) {
      // Protection and jobs must be known before anything is deleted. The service may respond by now.
      await plan(op, name, null);
      op.state.areJobsDone = false;
      await awaitJobs(op, input);
      await awaitJobsOfUnplanned(op, input, known);
    }
    const { env, pool, notebook } = op.identity.owners;
    const removal: Removal = {
      name,
      owners: [env, pool, notebook],
      known,
      respectProtection: true,
      ...onlyPlanned(op, input),
      ...(input.withJobs === true ? { jobs: 'ignore' } : {}),
      onNameTaken: (failure) => {
        op.state.known = noResources;
        op.state.wasLeased = false;
        throw failure;
      },
    };
    let remaining = known;
    await showingOverdue(op, null, () =>
      removeAll(op, removal, teardownPhases(op), (kind) => {
        remaining = leftOf(remaining, kind.without(remaining));
        op.state.known = remaining;
        recordRemoved(op, kind);
      }),
    );
    return {
      phase: 'Gone',
      why: op.state.foundToRemove ? `${name} is gone: verified deleted` : `${name} has no resources`,
    };
  };
  return await CancellationScope.nonCancellable(() =>
    runToEnd(op, work, { failed: (failure) => endFailed(op, failure) }),
  );
}

function firstState(input: TeardownInput): TeardownState {
  const name = isName(input?.name) ? input.name : '';
  const state = newState(name, [], 'Planning');
  const progress = { ...state.progress, plan: null, results: [] };
  return { ...state, progress, known: null, wasLeased: false, startedBy: null, lease: null };
}

/** Raw JSON can start a teardown too. A misspelled key must not delete more than was requested. */
async function check(op: Operation<TeardownState>, document: unknown): Promise<void> {
  op.enter('Planning', 'checking the argument of the teardown');
  await checkArgument(op, 'teardownEnvironment', document, op.state.progress.name);
}

/**
 * Makes the plan with the code of a dry run. Protection is refused before any operation is cancelled. With a hash, the
 * plan must be the reviewed one. Without a hash, a service that does not respond does not stop the teardown.
 */
async function plan(op: Operation<TeardownState>, name: string, planHash: string | null): Promise<void> {
  op.enter('Planning', `planning the teardown of ${name}`);
  const caller = workflowInfo().workflowId;
  const planning = await op.retries
    .run(`planning the teardown of ${name}`, () =>
      surveys(op.identity.settings, `plan of ${name}`).planTeardown({ name, planHash, caller }),
    )
    .catch((error: unknown) => {
      if (planHash !== null || !isFailure(error)) throw error;
      return null;
    });
  if (planning === null) return;
  op.state.progress = { ...op.state.progress, plan: planning.plan, ...planning.alive };
  if (planning.poolUse != null) showUse(op, planning.poolUse.pool, planning.poolUse.use);
  if (!planning.isAsPlanned) throw planChanged(planHash ?? '', planning.plan.hash, `maops env teardown ${name}`);
  const marked = planning.plan.kept.find(({ rule }) => rule === keepRule);
  if (marked === undefined) return;
  const { type, why, hint } = protectedVerdict(`${marked.kind} ${marked.name}`, name);
  throw makeFailure(type, why, { hint });
}

/** By identity too: the list of the worker's own notebooks does not contain those of other users. */
function withPlanned(op: Operation<TeardownState>, known: EnvironmentResources): EnvironmentResources {
  const isGone = ({ id }: PlanItem) =>
    op.state.progress.results.some((done) => done.kind === 'notebook' && done.id === id);
  const planned = op.state.progress.plan?.items.filter((item) => item.kind === 'notebook' && !isGone(item)) ?? [];
  const notebooks = planned.map(({ id, createdAt }) => ({ id, createdAt }));
  return mergeResources({ ...noResources, notebooks }, known);
}

/** With a hash, only resources in the plan may be deleted. */
function onlyPlanned(op: Operation<TeardownState>, input: TeardownInput): Pick<Removal, 'plan'> {
  const { plan } = op.state.progress;
  return input.planHash == null || plan === null ? {} : { plan };
}

/** Records the planned items of a kind as deleted. */
function recordRemoved(op: Operation<TeardownState>, removed: ResourceKind): void {
  const { step } = removed;
  const { plan, results: recorded } = op.state.progress;
  const isRecorded = (id: string) => recorded.some((done) => done.kind === step && done.id === id);
  const items = plan?.items.filter(({ kind, id }) => kind === step && removed.hasId(id) && !isRecorded(id)) ?? [];
  const results = items.map(({ id }) => ({
    kind: step,
    id,
    result: 'deleted' as const,
    why: 'verified deleted',
  }));
  op.state.progress = { ...op.state.progress, results: [...recorded, ...results] };
}

async function cancelAndAwait(op: Operation<TeardownState>, name: string): Promise<EnvironmentResources> {
  op.enter('Planning', `cancelling the open operations of ${name}`);
  const by = op.state.startedBy?.by ?? workflowInfo().workflowId;
  const reason = op.state.startedBy?.reason ?? 'teardown';
  const kinds = ['env', 'pool', 'notebook', 'lease'] as const;
  const since = op.state.progress.startedAt;
  const order = { name, kinds, by, reason, since, endsPauses: true };
  const awaited = kinds.map((kind) => operationId(kind, name));
  const endedOperations = await op.awaitingEndOf(awaited, () =>
    op.retries.run(`waiting for the operations of ${name} to end`, () =>
      waits(op.identity.settings, name).cancelAndAwait(order),
    ),
  );
  // A run that closed long ago may have recorded an earlier pool of the name. Its record counts only where no later one
  // exists.
  op.state.known = mergeResources(endedOperations.former, endedOperations.resources);
  op.state.wasLeased = endedOperations.wasLeased;
  op.state.lease = endedOperations.lease;
  return op.state.known;
}

/** Transfers the resources that a teardown must keep, such as protected ones, to a lease. */
async function endFailed(op: Operation<TeardownState>, failure: FailureProgress): Promise<Outcome> {
  op.fail(failure);
  const { identity, known, wasLeased, lease: previousLease } = op.state;
  if (identity !== null && known !== null && (wasLeased || known.pool !== null || known.notebooks.length > 0)) {
    const { name } = op.state.progress;
    const order = { name, resources: known, lease: previousLease };
    const lease = await op.retries.run(`transferring the remaining resources of ${name} to its lease`, () =>
      reads(identity.settings, name).transferRemainder(order),
    );
    op.update({ lease });
  }
  return failed(failure);
}
