import { ApplicationFailure, defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  isCancellation,
  setHandler,
  sleep,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';

export const addSignal = defineSignal<[string]>('add');
export const finishSignal = defineSignal<['now' | 'whenHandled']>('finish');
export const itemsQuery = defineQuery<string[]>('items');
export const addUpdate = defineUpdate<number, [string]>('addAndCount');
export const slowUpdate = defineUpdate<string>('slow');

/** The product registers this attribute on every server. */
const phase = defineSearchAttributeKey('MaopsPhase', SearchAttributeType.KEYWORD);

/** Collects items from signals and updates until it is asked to finish. */
export async function collect(): Promise<string[]> {
  const items: string[] = [];
  let finish: 'now' | 'whenHandled' | null = null;
  setHandler(addSignal, (item) => void items.push(item));
  setHandler(finishSignal, (how) => {
    finish = how;
  });
  setHandler(itemsQuery, () => items);
  setHandler(slowUpdate, async () => {
    items.push('slow started');
    await condition(() => items.includes('release'));
    return 'slow done';
  });
  setHandler(
    addUpdate,
    async (item) => {
      await sleep(10);
      if (item === 'fails') throw ApplicationFailure.nonRetryable('the handler failed', 'HandlerFailed');
      items.push(item);
      return items.length;
    },
    {
      validator: (item) => {
        if (item === '') throw ApplicationFailure.nonRetryable('empty item', 'EmptyItem');
      },
    },
  );
  await condition(() => finish !== null);
  if (finish === 'whenHandled') await condition(allHandlersFinished);
  return items;
}

/** Sets its search attribute and memo, and waits for a signal. */
export async function visible(value: string): Promise<void> {
  let isDone = false;
  setHandler(finishSignal, () => {
    isDone = true;
  });
  upsertSearchAttributes([{ key: phase, value }]);
  upsertMemo({ note: value });
  await condition(() => isDone);
}

/** Continues as new until it has run `rounds` times. */
export async function rounds(left: number, done: readonly string[] = []): Promise<unknown> {
  await sleep(20);
  const state = [...done, `round ${done.length + 1}`];
  upsertSearchAttributes([{ key: phase, value: `round${state.length}` }]);
  if (left > 1) return await continueAsNew<typeof rounds>(left - 1, state);
  const { runId, firstExecutionRunId } = workflowInfo();
  return { state, isFirstRun: runId === firstExecutionRunId };
}

/** Continues as new when it is cancelled. The next run returns whether it is cancelled too. */
export async function continueWhenCancelled(isSecond = false): Promise<string> {
  if (isSecond) {
    await sleep(50);
    return CancellationScope.current().consideredCancelled ? 'cancelled' : 'not cancelled';
  }
  try {
    await condition(() => false);
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
  return await continueAsNew<typeof continueWhenCancelled>(true);
}

/** Runs timers of these lengths at once and cancels the longest after the first. Returns their order. */
export async function timers(...lengths: number[]): Promise<string[]> {
  const order: string[] = [];
  const longest = Math.max(...lengths);
  const scope = new CancellationScope();
  const timer = async (ms: number) => {
    await sleep(ms);
    order.push(`${ms}`);
    if (order.length === 1) scope.cancel();
  };
  await Promise.all([
    ...lengths.filter((ms) => ms < longest).map(timer),
    scope.run(() => sleep(longest)).catch(() => order.push('cancelled')),
  ]);
  return order;
}

/** Fails with a failure of this type. */
export async function fail(type: string): Promise<never> {
  throw ApplicationFailure.create({ message: 'on purpose', type, nonRetryable: true, details: ['detail'] });
}
