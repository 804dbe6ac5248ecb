import { workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../../activities/index.js';
import { firstCalls } from './activity-proxies.js';
import { refuseLarge } from './failure.js';
import type { Operation } from './operation.js';

type Question = Parameters<Activities['checkArgument']>[0];

/**
 * Checks the argument of a run, which raw JSON can start, and takes the identity of the installation from the answer.
 */
export async function checkArgument(
  op: Operation,
  kind: Question['kind'],
  document: unknown,
  name: string,
): Promise<void> {
  refuseLarge(document);
  const { workflowId } = workflowInfo();
  const question = { kind, document, workflowId, name };
  op.state.identity = await op.retries.run('checking the argument', () =>
    firstCalls(workflowId).checkArgument(question),
  );
}
