import type { Client } from '@temporalio/client';
import type { Phase } from '../../src/contract/phases.js';
import { phaseAttribute } from '../../src/contract/search-attributes.js';

/** Every text in a value, bytes read as text: what somebody finds who searches a raw history. */
export function spoken(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'function') return '';
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString();
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return JSON.stringify(value);
  return Object.entries(value)
    .map(([key, inner]) => `${key}: ${spoken(inner)}`)
    .join('\n');
}

/** The raw history of a workflow's newest run; without keys, payloads are what they are on the wire. */
export async function historyOf(client: Client, workflowId: string): Promise<string> {
  return spoken(await client.workflow.getHandle(workflowId).fetchHistory());
}

/** What the server itself knows of a run now, read without any key. */
export interface OwnershipStatus {
  readonly phase: Phase | null;
  /** Pending activities with heartbeat details and last failures, memo, attributes. */
  readonly text: string;
}

export async function ownershipStatusOf(client: Client, workflowId: string): Promise<OwnershipStatus> {
  const { namespace } = client.options;
  const raw = await client.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } });
  const attribute = raw.workflowExecutionInfo?.searchAttributes?.indexedFields?.[phaseAttribute.name]?.data;
  return { phase: attribute ? JSON.parse(spoken(attribute)) : null, text: spoken(raw) };
}
