import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';

/**
 * The results of one type of activity in the history of a run, in their order. A list that is too large for one result
 * is recorded in this way, page by page. No worker is needed to read it. A `tryNow` cancels a call and repeats it, and
 * both may complete: the last call with an input counts, as it does for the workflow.
 */
export async function readRecorded(
  workflow: Client['workflow'],
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
  activityType: string,
): Promise<unknown[]> {
  const { events } = await workflow.getHandle(workflowId, runId).fetchHistory();
  const decode = async (payloads: Payload[] | null | undefined) =>
    await decodeArrayFromPayloads(workflow.options.loadedDataConverter, payloads);
  /** The input of each call, by the id of its event. */
  const inputs = new Map<string, string>();
  const results = new Map<string, { readonly eventId: number; readonly value: unknown }>();
  for (const { eventId, activityTaskScheduledEventAttributes: call, activityTaskCompletedEventAttributes } of events ??
    []) {
    if (call?.activityType?.name === activityType)
      inputs.set(String(eventId), JSON.stringify(await decode(call.input?.payloads)));
    if (!activityTaskCompletedEventAttributes) continue;
    const { scheduledEventId, result } = activityTaskCompletedEventAttributes;
    const input = inputs.get(String(scheduledEventId));
    if (input === undefined) continue;
    const [value] = await decode(result?.payloads);
    const called = Number(scheduledEventId);
    if (called > (results.get(input)?.eventId ?? 0)) results.set(input, { eventId: called, value });
  }
  return [...results.values()].sort((a, b) => a.eventId - b.eventId).map(({ value }) => value);
}
