/** The operation names in the request log and in faults. */
export const OPERATIONS = [
  'pools.create',
  'pools.list',
  'pools.show',
  'pools.patch',
  'pools.delete',
  'pools.nodes',
  'pools.retryScope',
  'pools.statistics',
  'notebooks.create',
  'notebooks.list',
  'notebooks.show',
  'notebooks.update',
  'notebooks.delete',
  'notebooks.action',
  'notebooks.token',
  'currentNotebooks.create',
  'currentNotebooks.list',
  'currentNotebooks.listAll',
  'currentNotebooks.show',
  'currentNotebooks.update',
  'currentNotebooks.delete',
  'currentNotebooks.start',
  'currentNotebooks.stop',
  'currentNotebooks.showLease',
  'currentNotebooks.renewLease',
  'currentNotebooks.flavors',
  'currentNotebooks.changeableFlavors',
  'currentNotebooks.createImage',
  'currentNotebooks.listStorage',
  'currentNotebooks.mountStorage',
  'currentNotebooks.showStorage',
  'currentNotebooks.unmountStorage',
  'currentNotebooks.addTags',
  'currentNotebooks.removeTags',
  'currentNotebooks.listTags',
  'images.list',
  'images.show',
  'images.register',
  'images.delete',
  'images.groups',
  'features.show',
  'clusters.list',
  'clusters.show',
  'flavors.list',
  'networks.create',
  'networks.list',
  'networks.show',
  'networks.delete',
  'quotas.show',
  'workloads.list',
  'workloads.statistics',
  'workloads.runtime',
  'trainingJobs.search',
  'services.list',
  'orders.list',
  'orders.show',
  'events.list',
  'workspaces.list',
  'iam.token',
  'iam.projects',
  'iam.domains',
  'iam.users',
  'unknown',
] as const;

/** The name of one API operation, for example `pools.create`. */
export type Operation = (typeof OPERATIONS)[number];

/** The operations that a fault applies to: one, all of a resource (`pools.*`), or all (`*`). */
export type OperationPattern = Operation | ResourcePattern<Operation> | '*';

type ResourcePattern<Name extends string> = Name extends `${infer Resource}.${string}` ? `${Resource}.*` : never;

/** Whether a text is an operation or a pattern. */
export function isOperationPattern(text: string): text is OperationPattern {
  return text === '*' || OPERATIONS.some((name) => name === text || `${name.split('.')[0]}.*` === text);
}

/** The generation of an operation's notebook API; undefined when the operation belongs to neither. */
export function notebookGenerationOf(operation: Operation): 'historical' | 'current' | undefined {
  if (operation.startsWith('notebooks.')) return 'historical';
  return /^(currentNotebooks|images|features|clusters)\./.test(operation) ? 'current' : undefined;
}

/** Whether a pattern includes an operation. */
export function covers(pattern: OperationPattern, operation: Operation): boolean {
  if (pattern === '*') return true;
  return pattern.endsWith('.*') ? operation.startsWith(pattern.slice(0, -1)) : pattern === operation;
}
