import { proxyActivities } from '@temporalio/workflow';

const { nothing } = proxyActivities<{ nothing(): Promise<void> }>({ startToCloseTimeout: '10 s' });

/** Runs empty activities one after the other, to measure the cost of Temporal itself. */
export async function bare(activities: number): Promise<void> {
  for (let done = 0; done < activities; done += 1) await nothing();
}
