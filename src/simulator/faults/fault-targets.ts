import { textAt } from '../json.js';
import type { Operation } from '../operations.js';
import type { World } from '../world.js';
import type { FaultTarget } from './fault-queue.js';

/** The resources that a call is about. For a list, every listed resource. */
export function faultTargetsOf(
  world: World,
  operation: Operation,
  params: Readonly<Record<string, string>>,
  body: unknown,
): FaultTarget[] {
  if (operation === 'pools.create' || operation === 'networks.create') {
    const name = textAt(body, 'metadata', 'labels', 'os.modelarts/name') ?? '';
    return [{ ids: [name, `${name}-${world.projectId}`] }];
  }
  if (operation === 'notebooks.create') return [{ ids: [textAt(body, 'name') ?? ''] }];
  if (operation.startsWith('pools.')) {
    return world.state.pools
      .filter((pool) => params.pool === undefined || params.pool === pool.id)
      .map((pool) => ({ ids: [pool.id, pool.name], state: pool.phase }));
  }
  if (operation.startsWith('notebooks.')) {
    return world.state.notebooks
      .filter((notebook) => params.notebook === undefined || params.notebook === notebook.id)
      .map((notebook) => ({ ids: [notebook.id, notebook.name], state: notebook.status }));
  }
  if (operation.startsWith('networks.')) {
    return world.state.networks
      .filter((network) => params.network === undefined || params.network === network.id)
      .map((network) => ({ ids: [network.id, network.name], state: network.phase }));
  }
  return [];
}
