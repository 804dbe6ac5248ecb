import { ActivityFailure, ApplicationFailure, CancellationScope, isCancellation } from '@temporalio/workflow';
import { consistencyPause } from '../../domain/provision/create.js';
import * as timeouts from './activity-options.js';
import { requestedPause, rootFailure } from './failure.js';
import type { Operation } from './operation.js';
import { retryErrorOf } from './retries.js';

/** Runs a call until it succeeds. Only a pause holds it. Progress shows the last error, and the pauses grow. */
export async function retryForever<T>(op: Operation, doing: string, call: () => Promise<T>): Promise<T> {
  for (let round = 0; ; round += 1) {
    await op.gate();
    await op.continueWhenLong();
    try {
      const answer = await op.unlessPaused(call, doing);
      op.retries.clear();
      return answer;
    } catch (error) {
      if (!(error instanceof ActivityFailure) || CancellationScope.current().consideredCancelled) throw error;
      if (isCancellation(error)) continue;
      const cause = rootFailure(error);
      // Respect a protection that was set at the last moment.
      if (cause instanceof ApplicationFailure && cause.type === 'Protected') throw error;
      op.explain(`${doing}: ${cause instanceof Error ? cause.message : String(cause)}; trying again`);
      const pauseMs = requestedPause(error) ?? timeouts.undoPause(round);
      op.retries.failed(doing, retryErrorOf(error), pauseMs);
      await op.retries.pause(doing, pauseMs);
    }
  }
}

/** Pauses and returns true while a create with an unknown outcome may still become visible: check again. */
export async function awaitConsistency(op: Operation, unknownSince: number | null): Promise<boolean> {
  const { consistencyWindowMs } = op.identity.settings;
  if (unknownSince === null) return false;
  const elapsed = Date.now() - unknownSince;
  if (elapsed >= consistencyWindowMs) return false;
  const what = `checking whether an unanswered create took effect`;
  await op.retries.pause(what, consistencyPause(elapsed, consistencyWindowMs - elapsed, consistencyWindowMs));
  return true;
}
