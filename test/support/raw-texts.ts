import type { Client } from '@temporalio/client';
import type { Phase } from '../../src/contract/phases.js';
import { phaseAttribute } from '../../src/contract/search-attributes.js';

/** All texts in a value, with bytes read as text, as a search through a raw history would find them. */
export function textsIn(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'function') return '';
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString();
  if (typeof value === 'string') return value;
  if (typeof value !== 'object') return JSON.stringify(value);
  return Object.entries(value)
    .map(([key, inner]) => `${key}: ${textsIn(inner)}`)
    .join('\n');
}

/** The raw history of a workflow's newest run, with payloads as they are stored. */
export async function historyText(client: Client, workflowId: string): Promise<string> {
  return textsIn(await client.workflow.getHandle(workflowId).fetchHistory());
}

/** The description of a run on the server, read without a key. */
export interface ServerView {
  readonly phase: Phase | null;
  /** Pending activities with heartbeat details and last failures, memo, attributes. */
  readonly text: string;
}

export async function serverViewOf(client: Client, workflowId: string): Promise<ServerView> {
  const { namespace } = client.options;
  const raw = await client.workflowService.describeWorkflowExecution({ namespace, execution: { workflowId } });
  const attribute = raw.workflowExecutionInfo?.searchAttributes?.indexedFields?.[phaseAttribute.name]?.data;
  return { phase: attribute ? JSON.parse(textsIn(attribute)) : null, text: textsIn(raw) };
}
