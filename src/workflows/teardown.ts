import { CancellationScope, ContinueAsNew, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { LeaseProgress, Progress } from '../contract/progress.js';
import type { EnvironmentResources, TeardownInput } from '../contract/workflows.js';
import { isName } from '../domain/name.js';
import { firstCalls, reads, waits } from './calls.js';
import { checkName, describeFailure, endingFailure } from './failure.js';
import { Operation } from './operation.js';
import { carriedOver, newState, type OperationState } from './operation-state.js';
import { type Removal, type RemovalPhases, removeAll } from './removal.js';

/** The phases that a teardown shows, one per kind of command. */
export function teardownPhases(op: Operation): RemovalPhases {
  const show =
    (phase: 'StoppingNotebook' | 'DeletingNotebook' | 'DeletingPool' | 'Verifying', percent: number) =>
    (why: string) => {
      op.enter(phase, why);
      op.reach(percent);
    };
  return {
    stopping: show('StoppingNotebook', 10),
    deletingNotebook: show('DeletingNotebook', 25),
    verifyingNotebook: show('Verifying', 40),
    deletingPool: show('DeletingPool', 50),
    verifyingPool: show('Verifying', 90),
  };
}

interface TeardownState extends OperationState {
  /** What the operations that were called off knew to be alive; null until they are. */
  known: EnvironmentResources | null;
  wasLeased: boolean;
  /** The end of the lease that was called off: it stands, should something have to stay. */
  lease: LeaseProgress | null;
}

/**
 * Tears down all that this installation made under a name. Setup: every open operation on the name is called off, and
 * its end is awaited, so that nothing is made behind our back. Loop: notebooks are stopped and deleted, then the pool.
 * Ending: `Gone`, only when absence was seen twice. Once it has begun it is not called off any more: half a teardown
 * would leave resources without an owner.
 */
export async function teardown(input: TeardownInput, carried?: TeardownState): Promise<Progress> {
  const state = carried === undefined ? firstState(input) : carriedOver(carried);
  const op: Operation<TeardownState> = new Operation(state, () =>
    continueAsNew<(input: TeardownInput, carried: TeardownState) => Promise<unknown>>(input, op.state),
  );
  return await CancellationScope.nonCancellable(async () => {
    try {
      const { name } = checkName(input);
      const known = op.state.known ?? (await callOff(op, name));
      const { env, pool, notebook } = op.identity.owners;
      const removal: Removal = { name, owners: [env, pool, notebook], known, obeysProtection: true };
      await removeAll(op, `${name}-${op.identity.projectId}`, removal, teardownPhases(op), () => {
        op.state.known = { ...known, notebooks: [] };
      });
    } catch (error) {
      if (error instanceof ContinueAsNew) throw error;
      return await endFailed(op, error);
    }
    const { name } = op.state.progress;
    op.update({ percent: 100 });
    op.enter(
      'Gone',
      op.state.removed ? `${name} is gone: neither list nor show knows it` : `there is nothing of ${name}`,
    );
    await op.drain();
    return op.state.progress;
  });
}

function firstState(input: TeardownInput): TeardownState {
  const name = isName(input?.name) ? input.name : '';
  return { ...newState(name, [], 'Planning'), known: null, wasLeased: false, lease: null };
}

async function callOff(op: Operation<TeardownState>, name: string): Promise<EnvironmentResources> {
  op.enter('Planning', `calling off what is open on ${name}`);
  op.state.identity = await firstCalls(name).identify({ name });
  const by = op.state.note?.by ?? workflowInfo().workflowId;
  const reason = op.state.note?.reason ?? 'teardown';
  const kinds = ['env', 'pool', 'notebook', 'lease'] as const;
  const since = op.state.progress.startedAt;
  const calledOff = await waits(op.identity.settings, name).callOff({ name, kinds, by, reason, since });
  op.state.known = calledOff.resources;
  op.state.wasLeased = calledOff.wasLeased;
  op.state.lease = calledOff.lease;
  return calledOff.resources;
}

/** What a teardown has to leave alive, as a protected resource, goes to a lease: it must not be forgotten. */
async function endFailed(op: Operation<TeardownState>, error: unknown): Promise<never> {
  const failure = describeFailure(error, null);
  op.fail(failure);
  const { identity, known, wasLeased, lease: standing } = op.state;
  if (identity !== null && known !== null && (wasLeased || known.pool !== null || known.notebooks.length > 0)) {
    const { name } = op.state.progress;
    const lease = await reads(identity.settings, name).entrustWhatIsLeft({ name, resources: known, lease: standing });
    op.update({ lease });
  }
  op.enter('Failed', `${failure.type}: ${failure.message}`);
  await op.drain();
  throw endingFailure(failure, op.state.progress);
}
