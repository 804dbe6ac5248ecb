import { ApplicationFailure, defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';

/** Activities that the driver's own tests register. */
export interface TestActivities {
  work(input: string): Promise<string>;
}

export const stateQuery = defineQuery<string>('state');
export const goSignal = defineSignal<[string]>('go');
export const setUpdate = defineUpdate<string, [string]>('set');

const attribute = defineSearchAttributeKey('State', SearchAttributeType.KEYWORD);

/** Runs one activity with the given options and tells how it ended. */
export async function one(options: Parameters<typeof proxyActivities>[0]): Promise<string> {
  const { work } = proxyActivities<TestActivities>(options);
  return await work('one');
}

/** Calls the activity off after some time and tells how and when that ended. */
export async function cancelAndAwait(
  type: 'TRY_CANCEL' | 'WAIT_CANCELLATION_COMPLETED' | 'ABANDON',
  afterMs: number,
): Promise<[string, number]> {
  const { work } = proxyActivities<TestActivities>({
    startToCloseTimeout: '1 hour',
    heartbeatTimeout: '10 s',
    cancellationType: ActivityCancellationType[type],
  });
  const scope = new CancellationScope();
  const running = scope
    .run(() => work('long'))
    .then(
      (value) => value,
      (error: unknown) =>
        error instanceof Error ? `${error.name}/${(error.cause as Error | undefined)?.name}` : String(error),
    );
  await sleep(afterMs);
  const began = Date.now();
  scope.cancel();
  return [await running, Date.now() - began];
}

/** Waits for a signal, an update or a cancel, and cleans up with an activity when it is cancelled. */
export async function steered(): Promise<string> {
  let state = 'idle';
  const seen: string[] = [];
  setHandler(stateQuery, () => state);
  setHandler(goSignal, (word) => void seen.push(word));
  setHandler(
    setUpdate,
    async (next) => {
      await sleep(1000);
      state = next;
      upsertSearchAttributes([{ key: attribute, value: next }]);
      return `${next}!`;
    },
    {
      validator: (next) => {
        if (next === '') throw new Error('nothing to set');
      },
    },
  );
  const { work } = proxyActivities<TestActivities>({ startToCloseTimeout: '1 minute' });
  try {
    await condition(() => seen.length >= 2, '1 day');
    return seen.join(' ');
  } catch (error) {
    await CancellationScope.nonCancellable(() => work('clean up'));
    throw error;
  }
}

/** Continues as new until it has run `rounds` times. */
export async function rounds(left: number, done = 0): Promise<number> {
  await sleep(60_000);
  upsertSearchAttributes([{ key: attribute, value: `round ${done}` }]);
  if (left === 1) return done + 1;
  return await continueAsNew<typeof rounds>(left - 1, done + 1);
}

/** Grows until it is told to continue as new, and tells how many rounds that took. */
export async function untilSuggested(): Promise<number> {
  for (let round = 1; ; round += 1) {
    await sleep(1000);
    if (workflowInfo().continueAsNewSuggested) return round;
  }
}

/** Three steps in a row, one timer and two activities at once. */
export async function steps(): Promise<string[]> {
  const { work } = proxyActivities<TestActivities>({
    startToCloseTimeout: '1 minute',
    heartbeatTimeout: '8 s',
    retry: { initialInterval: '1 s' },
  });
  const done = [await work('a')];
  await sleep(5000);
  done.push(...(await Promise.all([work('b'), work('c')])));
  if (done.includes('bad')) throw ApplicationFailure.nonRetryable('bad', 'Bad');
  return done;
}

let calls = 0;

/** Not deterministic on purpose: what it does depends on how often it was run in this process. */
export async function unsteady(): Promise<void> {
  (globalThis as { unsteady?: number }).unsteady = calls += 1;
  const { work } = proxyActivities<TestActivities>({ startToCloseTimeout: '1 minute' });
  if (workflowInfo().unsafe.isReplaying) await sleep(1);
  await work('a');
  await work('b');
}
