import type { Client } from '@temporalio/client';
import { until } from '../support/until.js';

const deploymentName = 'modelarts-ops';

/** Pollers of a worker: workflows and calls, and waits. A version can become current only with all of them. */
const polledKinds = 3;

/** Waits until a worker of a version has polled both queues. */
export async function untilKnown({ options, workflowService }: Client, buildId: string): Promise<void> {
  const deploymentVersion = { deploymentName, buildId };
  await until(`version ${buildId}`, async () => {
    const known = await workflowService
      .describeWorkerDeploymentVersion({ namespace: options.namespace, deploymentVersion })
      .catch(() => null);
    return (known?.workerDeploymentVersionInfo?.taskQueueInfos?.length ?? 0) >= polledKinds;
  });
}

/** Makes a version current. */
export async function makeCurrent(client: Client, buildId: string): Promise<void> {
  await untilKnown(client, buildId);
  const { namespace } = client.options;
  const asked = { namespace, deploymentName, buildId, ignoreMissingTaskQueues: true, identity: 'test' };
  await until(`version ${buildId} is current`, () =>
    client.workflowService.setWorkerDeploymentCurrentVersion(asked).catch(() => null),
  );
}
