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
  'notebooks.listNew',
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
  'iam.token',
  'iam.projects',
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

/** Whether a pattern includes an operation. */
export function covers(pattern: OperationPattern, operation: Operation): boolean {
  if (pattern === '*') return true;
  return pattern.endsWith('.*') ? operation.startsWith(pattern.slice(0, -1)) : pattern === operation;
}
