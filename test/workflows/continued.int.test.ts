import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CancelledFailure } from '@temporalio/client';
import { startTemporalServer, type TemporalServer } from '../../src/dev/temporal-server.js';
import type { Fault } from '../../src/simulator/faults/fault.js';
import { type InProcessStack, startInProcessStack } from '../support/in-process-stack.js';
import { environmentDocument, freshName } from './documents.js';

const minute = 60_000;
const main = 'provisionPoolThenLaunchNotebook';
const capacityFault: Fault = { operation: 'pools.create', kind: 'soldOut', when: 'midway', forMs: 60 * minute };
const slowDelete: Fault = { operation: 'pools.create', kind: 'slowDelete', ms: 20 * minute };

let server: TemporalServer | null = null;
let stack: InProcessStack | null = null;

beforeAll(async () => {
  const { TEMPORAL_ADDRESS: _, ...env } = process.env;
  // A long history is suggested to continue as new; here every history is long.
  const dynamicConfig = { 'limit.historyCount.suggestContinueAsNew': 60 };
  server = await startTemporalServer({ env, onProgress: () => undefined, dynamicConfig });
  stack = await startInProcessStack({ server, faults: [capacityFault, slowDelete] });
}, 600_000);

afterAll(async () => {
  await stack?.stop();
  await server?.stop();
});

test('a cancel during a clean-up that continues as new ends Canceled, and nothing is created after it', async () => {
  if (stack === null) throw new Error('The stack did not start.');
  const { simulator, client } = stack;
  const name = freshName();
  const workflowId = `env/${name}`;
  const { firstExecutionRunId } = await stack.start(main, workflowId, environmentDocument(name));
  await stack.until(workflowId, () => simulator.requests('pools.delete').length > 0, 60_000);
  const handle = client.workflow.getHandle(workflowId);
  await handle.cancel();
  await expect(handle.result()).rejects.toMatchObject({ cause: expect.any(CancelledFailure) });
  const { status, runId } = await handle.describe();
  expect(status.name).toBe('CANCELLED');
  expect(runId).not.toBe(firstExecutionRunId);
  expect(await stack.progress(workflowId)).toMatchObject({ phase: 'Cancelled', runId });
  expect(simulator.requests('pools.create')).toHaveLength(1);
  expect(simulator.state().pools).toEqual([]);
}, 180_000);
