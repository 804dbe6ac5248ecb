import { ApplicationFailure } from '@temporalio/common';
import { proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';

/** The activity of the tests that need nothing else. */
interface WorkActivity {
  work(input: string): Promise<string>;
}

/** Continues until continue-as-new is suggested. Returns how many rounds that took. */
export async function untilSuggested(): Promise<number> {
  for (let round = 1; ; round += 1) {
    await sleep(1000);
    if (workflowInfo().continueAsNewSuggested) return round;
  }
}

/** One activity, a timer, and two activities at once. */
export async function steps(): Promise<string[]> {
  const { work } = proxyActivities<WorkActivity>({
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

/** Nondeterministic on purpose: it starts a timer only in replay. */
export async function nondeterministic(): Promise<void> {
  const { work } = proxyActivities<WorkActivity>({ startToCloseTimeout: '1 minute' });
  if (workflowInfo().unsafe.isReplaying) await sleep(1);
  await work('a');
  await work('b');
}
