/** The names by which calls are logged and faults are planned. */
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
  'iam.token',
  'iam.projects',
  'unknown',
] as const;

/** One call of the API, named resource first. */
export type Operation = (typeof OPERATIONS)[number];

/** What a fault may be planned for: one operation, a resource's operations (`pools.*`), or every call. */
export type OperationPattern = Operation | 'pools.*' | 'notebooks.*' | 'flavors.*' | 'networks.*' | 'iam.*' | '*';

/** Whether a planned pattern covers an operation. */
export function covers(pattern: OperationPattern, operation: Operation): boolean {
  if (pattern === '*') return true;
  return pattern.endsWith('.*') ? operation.startsWith(pattern.slice(0, -1)) : pattern === operation;
}
