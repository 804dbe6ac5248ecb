import type { Client } from '@temporalio/client';
import { until } from '../support/until.js';

const deploymentName = 'modelarts-ops';

/** Waits until the server knows a version, which it does once a worker of it has polled both kinds of tasks. */
export async function untilKnown({ options, workflowService }: Client, buildId: string): Promise<void> {
  const deploymentVersion = { deploymentName, buildId };
  await until(`version ${buildId}`, async () => {
    const known = await workflowService
      .describeWorkerDeploymentVersion({ namespace: options.namespace, deploymentVersion })
      .catch(() => null);
    return (known?.workerDeploymentVersionInfo?.taskQueueInfos?.length ?? 0) >= 2;
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
