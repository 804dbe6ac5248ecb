import { randomBytes } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { ensureSearchAttributes, missingSearchAttributes } from '../../src/worker/search-attributes.js';
import { until } from './until.js';

/** Makes a namespace of its own on a server and waits until workflows with our search attributes can run in it. */
export async function freshNamespace(address: string, prefix: string): Promise<string> {
  const namespace = `${prefix}-${randomBytes(4).toString('hex')}`;
  const connection = await Connection.connect({ address });
  try {
    const { workflowService } = connection;
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('1 day') });
    // The server takes a moment to learn of a new namespace, and another one for its attributes.
    await until(namespace, () => ensureSearchAttributes(connection, namespace).catch(() => null));
    await until('attributes', async () => (await missingSearchAttributes(connection, namespace)).length === 0);
    return namespace;
  } finally {
    await connection.close();
  }
}
