import { CancellationScope, continueAsNew, workflowInfo } from '@temporalio/workflow';
import { makeFailure } from '../../contract/failures.js';
import { operationId } from '../../contract/ids.js';
import type { FailureProgress, LeaseProgress } from '../../contract/progress.js';
import {
  type EnvironmentResources,
  mergeResources,
  noResources,
  type SweepProgress,
  type TeardownInput,
} from '../../contract/workflows.js';
import { isName } from '../../domain/name.js';
import { protectedVerdict } from '../../domain/resource/removal.js';
import { keepRule } from '../../domain/sweep/rules.js';
import type { PlanItem } from '../../domain/teardown/plan.js';
import { firstCalls, reads, surveys, waits } from '../operation/activity-proxies.js';
import { failed, type Outcome, runToEnd } from '../operation/ending.js';
import { isFailure, planChanged, refuseLarge } from '../operation/failure.js';
import { Operation } from '../operation/operation.js';
import { carriedOver, newState, type OperationState } from '../operation/state.js';
import { showingOverdue } from '../operation/time-limit.js';
import type { Removal } from '../resource/kind.js';
import { removeAll, teardownPhases } from '../resource/remove.js';

interface TeardownState extends OperationState {
  progress: SweepProgress;
  /** What the operations that were called off knew to be alive; null until they are. */
  known: EnvironmentResources | null;
  wasLeased: boolean;
  /** The end of the lease that was called off: it stands, should something have to stay. */
  lease: LeaseProgress | null;
}

/**
 * Deletes every resource that this installation created under a name.
 *
 * Phases: `Planning` until the plan is made and every open operation of the name has ended, so that nothing is created
 * meanwhile. `StoppingNotebook` and `DeletingNotebook` until no notebook is left, then `DeletingPool`. `Verifying` until
 * two observations confirm the absence. Ends in `Gone`, or in `Failed` when something must stay: a lease then owns it.
 * A cancel is refused, because half a teardown would leave resources without an owner.
 */
export async function teardown(input: TeardownInput, carried?: TeardownState): Promise<SweepProgress> {
  const state = carried === undefined ? firstState(input) : carriedOver(carried);
  const op: Operation<TeardownState> = new Operation(
    state,
    () => continueAsNew<(input: TeardownInput, carried: TeardownState) => Promise<unknown>>(input, op.state),
    { refusesCancel: 'a teardown cannot be cancelled' },
  );
  const work = async (): Promise<Outcome> => {
    if (op.state.identity === null) await check(op, input);
    const { name } = op.state.progress;
    if (op.state.progress.plan === null) await plan(op, name, input.planHash ?? null);
    const known = withPlanned(op, op.state.known ?? (await cancelAndAwait(op, name)));
    const { env, pool, notebook } = op.identity.owners;
    const removal: Removal = {
      name,
      owners: [env, pool, notebook],
      known,
      respectProtection: true,
      ...onlyPlanned(op, input),
      onNameTaken: (failure) => {
        op.state.known = noResources;
        op.state.wasLeased = false;
        throw failure;
      },
    };
    let remaining = known;
    await showingOverdue(op, null, () =>
      removeAll(op, removal, teardownPhases(op), (kind) => {
        remaining = kind.without(remaining);
        op.state.known = remaining;
        settleItems(op, kind.step);
      }),
    );
    return { phase: 'Gone', why: op.state.removed ? `${name} is gone: verified deleted` : `${name} has no resources` };
  };
  return await CancellationScope.nonCancellable(() =>
    runToEnd(op, work, { failed: (failure) => endFailed(op, failure) }),
  );
}

function firstState(input: TeardownInput): TeardownState {
  const name = isName(input?.name) ? input.name : '';
  const state = newState(name, [], 'Planning');
  const progress = { ...state.progress, plan: null, results: [] };
  return { ...state, progress, known: null, wasLeased: false, lease: null };
}

/** Raw JSON can start a teardown too: a key that was misspelled must not make it delete more than was meant. */
async function check(op: Operation<TeardownState>, document: unknown): Promise<void> {
  op.enter('Planning', 'checking the argument of the teardown');
  const { name } = op.state.progress;
  const { workflowId } = workflowInfo();
  refuseLarge(document);
  const question = { kind: 'teardownEnvironment', document, workflowId, name } as const;
  op.state.identity = await op.retries.run('checking the argument', () =>
    firstCalls(workflowId).checkArgument(question),
  );
}

/**
 * Makes the plan, by the same code as a dry run. What is protected is refused before anything is called off. A plan that
 * somebody looked at must be the one that is made now; without one, a service that does not answer stops no teardown.
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
  if (!planning.isAsPlanned) throw planChanged(planHash ?? '', planning.plan.hash, `maops env teardown ${name}`);
  const marked = planning.plan.kept.find(({ rule }) => rule === keepRule);
  if (marked === undefined) return;
  const { type, why, hint } = protectedVerdict(`${marked.kind} ${marked.name}`, name);
  throw makeFailure(type, why, { hint });
}

/** By identity too: the list of the worker's own notebooks does not show what another user of the account made. */
function withPlanned(op: Operation<TeardownState>, known: EnvironmentResources): EnvironmentResources {
  const isGone = ({ id }: PlanItem) =>
    op.state.progress.results.some((done) => done.kind === 'notebook' && done.id === id);
  const planned = op.state.progress.plan?.items.filter((item) => item.kind === 'notebook' && !isGone(item)) ?? [];
  const notebooks = planned.map(({ id, createdAt }) => ({ id, createdAt }));
  return mergeResources({ ...noResources, notebooks }, known);
}

/** With a hash, only what stands in the plan may go. */
function onlyPlanned(op: Operation<TeardownState>, input: TeardownInput): Pick<Removal, 'plan'> {
  const { plan } = op.state.progress;
  return input.planHash == null || plan === null ? {} : { plan };
}

/** What of the plan is gone by now. */
function settleItems(op: Operation<TeardownState>, kind: PlanItem['kind']): void {
  const { plan, results: settled } = op.state.progress;
  const isSettled = (id: string) => settled.some((done) => done.kind === kind && done.id === id);
  const items = plan?.items.filter((item) => item.kind === kind && !isSettled(item.id)) ?? [];
  const results = items.map(({ id }) => ({
    kind,
    id,
    result: 'deleted' as const,
    why: 'verified deleted',
  }));
  op.state.progress = { ...op.state.progress, results: [...settled, ...results] };
}

async function cancelAndAwait(op: Operation<TeardownState>, name: string): Promise<EnvironmentResources> {
  op.enter('Planning', `cancelling the open operations of ${name}`);
  const by = op.state.announced?.by ?? workflowInfo().workflowId;
  const reason = op.state.announced?.reason ?? 'teardown';
  const kinds = ['env', 'pool', 'notebook', 'lease'] as const;
  const since = op.state.progress.startedAt;
  const order = { name, kinds, by, reason, since, endsPauses: true };
  const inTheWay = kinds.map((kind) => operationId(kind, name));
  const endedOperations = await op.awaitingEndOf(inTheWay, () =>
    op.retries.run(`waiting for the operations of ${name} to end`, () =>
      waits(op.identity.settings, name).cancelAndAwait(order),
    ),
  );
  // What runs knew that closed long ago may be another pool of the name: it counts where nobody knows better.
  op.state.known = mergeResources(endedOperations.former, endedOperations.resources);
  op.state.wasLeased = endedOperations.wasLeased;
  op.state.lease = endedOperations.lease;
  return op.state.known;
}

/** What a teardown has to leave alive, as a protected resource, goes to a lease: it must not be forgotten. */
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
