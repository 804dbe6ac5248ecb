import Long from 'long';
import { closeEvent } from './api-responses.js';
import type { WorkflowRun } from './workflow-run.js';

/** The activities that a run has scheduled and completed, and its end, as events of its history. */
export function recordedEvents(run: WorkflowRun): object[] {
  const events: { eventId: Long }[] = [];
  const scheduledAs = new Map<number, Long>();
  const add = (attributes: object) => {
    const eventId = Long.fromNumber(events.length + 1);
    events.push({ eventId, ...attributes });
    return eventId;
  };
  for (const { jobs, commands } of run.cached.history) {
    for (const { resolveActivity } of jobs) {
      const scheduledEventId = scheduledAs.get(resolveActivity?.seq ?? 0);
      const completed = resolveActivity?.result?.completed;
      if (scheduledEventId === undefined || !completed) continue;
      const result = { payloads: completed.result ? [completed.result] : [] };
      add({ activityTaskCompletedEventAttributes: { scheduledEventId, result } });
    }
    for (const { scheduleActivity } of commands) {
      if (!scheduleActivity) continue;
      const activityType = { name: scheduleActivity.activityType };
      scheduledAs.set(
        scheduleActivity.seq ?? 0,
        add({
          activityTaskScheduledEventAttributes: { activityType, input: { payloads: scheduleActivity.arguments ?? [] } },
        }),
      );
    }
  }
  if (!run.isOpen) add(closeEvent(run));
  return events;
}

/** The bytes of everything that a run's history has recorded, and of the largest part of it. */
export function historySize(run: WorkflowRun): { readonly bytes: number; readonly largest: number } {
  const parts = run.cached.history.flatMap(({ jobs, commands }): number[] => [...jobs, ...commands].map(bytesOf));
  return { bytes: parts.reduce((sum, part) => sum + part, 0), largest: Math.max(0, ...parts) };
}

/** The bytes of all payloads and texts inside. */
export function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, inner) => sum + bytesOf(inner), 0);
}
