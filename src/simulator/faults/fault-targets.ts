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
  const { pools, notebooks, networks } = world.state;
  if (operation.startsWith('pools.')) return targetsIn(pools, params.pool, ({ phase }) => phase);
  if (operation.startsWith('notebooks.')) return targetsIn(notebooks, params.notebook, ({ status }) => status);
  if (operation.startsWith('networks.')) return targetsIn(networks, params.network, ({ phase }) => phase);
  return [];
}

/** The record with the id, or all records without one. */
function targetsIn<T extends { readonly id: string; readonly name: string }>(
  records: readonly T[],
  id: string | undefined,
  stateOf: (record: T) => string,
): FaultTarget[] {
  return records
    .filter((record) => id === undefined || id === record.id)
    .map((record) => ({ ids: [record.id, record.name], state: stateOf(record) }));
}
