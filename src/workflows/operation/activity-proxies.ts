import { type ActivityOptions, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities, WaitActivity } from '../../activities/index.js';
import { waitQueueOf } from '../../contract/ids.js';
import type { Settings } from '../../contract/settings.js';
import * as timeouts from './activity-options.js';

type Calls = Omit<Activities, WaitActivity>;
type Waits = Pick<Activities, WaitActivity>;

/** The activities under one policy; the summary names the resource, and shows in the Temporal UI. */
function calls(policy: ActivityOptions, summary: string) {
  return proxyActivities<Calls>({ ...policy, summary });
}

/** Activities that may hold their slot for minutes, on the queue whose slots delay no call. */
function longCalls(policy: ActivityOptions, summary: string) {
  return proxyActivities<Waits>({ ...policy, summary, taskQueue: waitQueueOf(workflowInfo().taskQueue) });
}

export const firstCalls = (summary: string) => calls(timeouts.firstCall, summary);
export const reads = (settings: Settings, summary: string, limitMs?: number) =>
  calls(timeouts.within(timeouts.read(settings), limitMs), summary);
export const attempts = (settings: Settings, summary: string) => calls(timeouts.attempt(settings), summary);
export const creates = (settings: Settings, summary: string) => calls(timeouts.create(settings), summary);
export const undos = (settings: Settings, summary: string) => calls(timeouts.undo(settings), summary);
export const backgroundTasks = (settings: Settings, summary: string) =>
  calls(timeouts.backgroundTask(settings), summary);
export const deliveries = (limitMs: number, summary: string) => calls(timeouts.delivery(limitMs), summary);
export const surveys = (settings: Settings, summary: string) => longCalls(timeouts.survey(settings), summary);
export const waits = (settings: Settings, summary: string, limitMs?: number) =>
  longCalls(timeouts.within(timeouts.wait(settings), limitMs), summary);
