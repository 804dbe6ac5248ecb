import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { missingSearchAttributes } from '../worker/search-attributes.js';

/** Long enough for a first start on a busy machine. */
const usableMs = 60_000;
const retryMs = 50;
/** Retention of closed runs, instead of the single day of `start-dev`. */
const retention = '30 days';

/** Waits until the server responds, the namespace has our retention, and our search attributes can be queried. */
export async function untilUsable(address: string, namespace: string, exited: AbortSignal): Promise<void> {
  const until = performance.now() + usableMs;
  for (;;) {
    try {
      await prepare(address, namespace);
      return;
    } catch (error) {
      if (exited.aborted) throw new Error('the process ended at once', { cause: error });
      if (performance.now() > until) throw error;
    }
    await sleep(retryMs);
  }
}

async function prepare(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({
    address,
    connectTimeout: '2 s',
    // The server is on this machine, so no proxy is needed.
    channelArgs: { 'grpc.enable_http_proxy': 0 },
  });
  try {
    const missing = await missingSearchAttributes(connection, namespace);
    if (missing.length > 0) throw new Error(`search attributes missing: ${missing.map(({ name }) => name).join(', ')}`);
    await connection.workflowService.updateNamespace({
      namespace,
      config: { workflowExecutionRetentionTtl: msToTs(retention) },
    });
    await connection.workflowService.countWorkflowExecutions({ namespace, query: "MaopsEnvironment = 'none'" });
  } finally {
    await connection.close();
  }
}
