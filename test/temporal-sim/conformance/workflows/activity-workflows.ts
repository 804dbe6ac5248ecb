import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  defineSignal,
  isCancellation,
  proxyActivities,
  setHandler,
} from '@temporalio/workflow';
import type { ConformanceActivities, Script } from '../activities.js';

type ActivityOptions = Parameters<typeof proxyActivities>[0];

/** Continues a workflow that waits for it. */
export const proceedSignal = defineSignal('proceed');

/** Runs one scripted activity. */
export async function oneActivity(options: ActivityOptions, script: Script): Promise<unknown> {
  return await proxyActivities<ConformanceActivities>(options).scripted(script);
}

/** Cancels one scripted activity when it gets a signal. Returns its outcome. */
export async function cancelActivity(
  type: keyof typeof ActivityCancellationType,
  options: ActivityOptions,
  script: Script,
): Promise<unknown> {
  let isReleased = false;
  setHandler(proceedSignal, () => {
    isReleased = true;
  });
  const { scripted } = proxyActivities<ConformanceActivities>({
    ...options,
    cancellationType: ActivityCancellationType[type],
  });
  const scope = new CancellationScope();
  const outcome = scope.run(() => scripted(script)).catch((error: unknown) => outcomeOf(error));
  await condition(() => isReleased);
  scope.cancel();
  return await outcome;
}

/** Two activities in scopes of their own. A signal cancels the first, and the second ends as scripted. */
export async function twoScopes(options: ActivityOptions, first: Script, second: Script): Promise<unknown> {
  let isReleased = false;
  setHandler(proceedSignal, () => {
    isReleased = true;
  });
  const { scripted } = proxyActivities<ConformanceActivities>(options);
  const scopes = [new CancellationScope(), new CancellationScope()] as const;
  const outcomes = [
    scopes[0].run(() => scripted(first)).catch((error: unknown) => outcomeOf(error)),
    scopes[1].run(() => scripted(second)).catch((error: unknown) => outcomeOf(error)),
  ];
  await condition(() => isReleased);
  scopes[0].cancel();
  return await Promise.all(outcomes);
}

/** Waits to be cancelled, cleans up in a non-cancellable scope and ends as cancelled, or completes all the same. */
export async function cleanUp(options: ActivityOptions, clean: Script, completes: boolean): Promise<string> {
  const { scripted } = proxyActivities<ConformanceActivities>(options);
  try {
    await condition(() => false);
  } catch (error) {
    await CancellationScope.nonCancellable(() => scripted(clean));
    if (!completes) throw error;
  }
  return 'completed';
}

function outcomeOf(error: unknown): string {
  return isCancellation(error) ? 'cancelled' : 'failed';
}
