import { isCancellation } from '@temporalio/workflow';
import { makeFailure } from '../../contract/failures.js';
import type { Phase } from '../../contract/phases.js';
import type { FailureProgress } from '../../contract/progress.js';
import { describeFailure, isFailure } from './failure.js';
import type { Operation } from './operation.js';
import type { OperationState } from './state.js';

/** How an operation ends. */
export interface Outcome {
  readonly phase: Phase;
  readonly why: string;
  /** Why the goal was not reached; absent when it was. */
  readonly failure?: FailureProgress;
}

export function failed(failure: FailureProgress): Outcome {
  return { phase: 'Failed', why: `${failure.type}: ${failure.message}`, failure };
}

/**
 * Ends a workflow: with its progress as result, as `Canceled`, or with a failure that carries the progress. It waits
 * for running updates first, because a caller without a response does not know whether its update took effect.
 */
export async function endWith<State extends OperationState>(
  op: Operation<State>,
  { phase, why, failure }: Outcome,
): Promise<State['progress']> {
  if (phase === 'Cancelled') return await op.cancellation.end(why);
  if (failure !== undefined) op.fail(failure);
  else if (phase !== 'Abandoned') op.update({ percent: 100 });
  op.enter(phase, why);
  await op.drain();
  const { progress } = op.state;
  if (failure !== undefined) throw makeFailure(failure.type, failure.message, {}, { detail: progress });
  return progress;
}

/** How a workflow ends when its work did not succeed. */
interface Otherwise {
  /** `why` after a cancel. Absent in a workflow that cannot be cancelled. */
  readonly cancelled?: () => string;
  /** @defaultValue the phase `Failed` with the failure's message */
  readonly failed?: (failure: FailureProgress) => Outcome | Promise<Outcome>;
}

/** Runs a workflow and ends it. Bugs and continue-as-new pass through. */
export async function runToEnd<State extends OperationState>(
  op: Operation<State>,
  work: () => Promise<Outcome>,
  otherwise: Otherwise,
): Promise<State['progress']> {
  let outcome: Outcome;
  try {
    outcome = await work();
  } catch (error) {
    if (!isFailure(error)) throw error;
    outcome =
      otherwise.cancelled !== undefined && isCancellation(error)
        ? { phase: 'Cancelled', why: otherwise.cancelled() }
        : await (otherwise.failed ?? failed)(describeFailure(error, null));
  }
  return await endWith(op, outcome);
}
