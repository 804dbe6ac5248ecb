import { CancellationScope, ContinueAsNew, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { Progress } from '../contract/progress.js';
import type { TeardownInput } from '../contract/workflows.js';
import { firstCalls, reads, waits } from './calls.js';
import { checkName, describeFailure, endingFailure } from './failure.js';
import { carriedOver, newState, Operation, type OperationState } from './operation.js';
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
  workspaceIds: readonly string[] | null;
}

/**
 * Tears down all that this installation made under a name. Setup: every open operation on the name is called off, and
 * its end is awaited, so that nothing is made behind our back. Loop: notebooks are stopped and deleted, then the pool.
 * Ending: `Gone`, only when absence was seen twice. Once it has begun it is not called off any more: half a teardown
 * would leave resources without an owner.
 */
export async function teardown(input: TeardownInput, carried?: TeardownState): Promise<Progress> {
  const { name } = checkName(input);
  const state =
    carried === undefined ? { ...newState(name, [], 'Planning'), workspaceIds: null } : carriedOver(carried);
  const op: Operation<TeardownState> = new Operation(state, () =>
    continueAsNew<(input: TeardownInput, carried: TeardownState) => Promise<unknown>>(input, op.state),
  );
  return await CancellationScope.nonCancellable(async () => {
    try {
      await plan(op, name);
      const { env, pool, notebook } = op.identity.owners;
      const removal: Removal = {
        name,
        owners: [env, pool, notebook],
        workspaceIds: op.state.workspaceIds ?? [],
        unknownSince: null,
        obeysProtection: true,
      };
      await removeAll(op, `${name}-${op.identity.projectId}`, removal, teardownPhases(op));
    } catch (error) {
      if (error instanceof ContinueAsNew) throw error;
      return await endFailed(op, error);
    }
    op.update({ percent: 100 });
    op.enter(
      'Gone',
      op.state.removed ? `${name} is gone: neither list nor show knows it` : `there is nothing of ${name}`,
    );
    await op.drain();
    return op.state.progress;
  });
}

async function plan(op: Operation<TeardownState>, name: string): Promise<void> {
  if (op.state.workspaceIds !== null) return;
  op.enter('Planning', `calling off what is open on ${name}`);
  op.state.identity = await firstCalls(name).identify({ name });
  const by = op.state.note?.by ?? workflowInfo().workflowId;
  op.state.workspaceIds = await waits(op.identity.settings, name).callOff({
    name,
    by,
    reason: op.state.note?.reason ?? 'teardown',
  });
}

/** What a teardown has to leave alive, as a protected resource, goes to a lease: it must not be forgotten. */
async function endFailed(op: Operation<TeardownState>, error: unknown): Promise<never> {
  const failure = describeFailure(error, null);
  op.fail(failure);
  const { name } = op.state.progress;
  if (op.state.identity !== null) {
    const lease = await reads(op.identity.settings, name).entrustWhatIsLeft({ name });
    op.update({ lease });
  }
  op.enter('Failed', `${failure.type}: ${failure.message}`);
  await op.drain();
  throw endingFailure(failure, op.state.progress);
}
