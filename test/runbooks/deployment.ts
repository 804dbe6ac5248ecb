import type { Client } from '@temporalio/client';
import { until } from '../support/until.js';

const deploymentName = 'modelarts-ops';

/** Workflows and calls of the task queue, and the waits beside it: without all three a version cannot become current. */
const polledKinds = 3;

/** Waits until a worker of a version has polled everything that a worker polls. */
export async function untilKnown({ options, workflowService }: Client, buildId: string): Promise<void> {
  const deploymentVersion = { deploymentName, buildId };
  await until(`version ${buildId}`, async () => {
    const known = await workflowService
      .describeWorkerDeploymentVersion({ namespace: options.namespace, deploymentVersion })
      .catch(() => null);
    return (known?.workerDeploymentVersionInfo?.taskQueueInfos?.length ?? 0) >= polledKinds;
  });
}

/** Lets new runs begin on a version. */
export async function makeCurrent(client: Client, buildId: string): Promise<void> {
  await untilKnown(client, buildId);
  const { namespace } = client.options;
  const asked = { namespace, deploymentName, buildId, ignoreMissingTaskQueues: true, identity: 'test' };
  await until(`version ${buildId} is current`, () =>
    client.workflowService.setWorkerDeploymentCurrentVersion(asked).catch(() => null),
  );
}
