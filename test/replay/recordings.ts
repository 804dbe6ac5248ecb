import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** A recorded history in the export format of the Temporal CLI and UI. */
export interface Recording {
  readonly file: string;
  readonly workflowType: string;
  readonly events: readonly RecordedEvent[];
}

interface RecordedEvent {
  readonly eventType: string;
  readonly workflowExecutionStartedEventAttributes?: { readonly workflowType: { readonly name: string } };
  readonly upsertWorkflowSearchAttributesEventAttributes?: {
    readonly searchAttributes: { readonly indexedFields: Readonly<Record<string, { readonly data: string }>> };
  };
}

const folder = path.join(__dirname, 'histories');

export function readRecordings(): Recording[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => {
    const { events } = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as { events: RecordedEvent[] };
    const workflowType = events[0]?.workflowExecutionStartedEventAttributes?.workflowType.name ?? '';
    return { file, workflowType, events };
  });
}

/** The same run while it was still open: its history up to the first wait in each phase. */
export function openIn(recording: Recording): { readonly phase: string; readonly history: unknown }[] {
  return recording.events.flatMap((event, index) => {
    const phase = phaseOf(event);
    if (phase === null) return [];
    const rest = recording.events.findIndex(
      (later, at) => at > index && later.eventType === 'EVENT_TYPE_WORKFLOW_TASK_SCHEDULED',
    );
    return rest < 0 ? [] : [{ phase, history: { events: recording.events.slice(0, rest) } }];
  });
}

/** The phase in the search attributes of an event. */
function phaseOf(event: RecordedEvent): string | null {
  const fields = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes.indexedFields;
  const data = fields?.MaopsPhase?.data;
  return data === undefined ? null : (JSON.parse(Buffer.from(data, 'base64').toString()) as string);
}
