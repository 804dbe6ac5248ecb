import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';

/**
 * The results of one type of activity in the history of a run, in their order. A list that is too large for one result is
 * recorded in this way, page by page. No worker is needed to read it.
 */
export async function readRecorded(
  workflow: Client['workflow'],
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
  activityType: string,
): Promise<unknown[]> {
  const { events } = await workflow.getHandle(workflowId, runId).fetchHistory();
  const scheduled = new Set<string>();
  const results: unknown[] = [];
  for (const { eventId, activityTaskScheduledEventAttributes, activityTaskCompletedEventAttributes } of events ?? []) {
    if (activityTaskScheduledEventAttributes?.activityType?.name === activityType) scheduled.add(String(eventId));
    if (!activityTaskCompletedEventAttributes) continue;
    const { scheduledEventId, result } = activityTaskCompletedEventAttributes;
    if (!scheduled.has(String(scheduledEventId))) continue;
    const [value] = await decodeArrayFromPayloads(workflow.options.loadedDataConverter, result?.payloads);
    results.push(value);
  }
  return results;
}
