/** The queue of activities that may hold their slot for minutes, beside the task queue of workflows and calls. */
export function waitQueueOf(taskQueue: string): string {
  return `${taskQueue}-waits`;
}

/** The kinds of operation on a name; each is the first part of a workflow id. */
export const operationKinds = ['env', 'pool', 'notebook', 'lease', 'teardown'] as const;
export type OperationKind = (typeof operationKinds)[number];

/** The kinds that create resources. */
const creatingKinds: readonly OperationKind[] = ['env', 'pool', 'notebook'];

/** Builds the id that makes an operation on a name unique: `env/team-a`. */
export function operationId(kind: OperationKind, name: string): string {
  return `${kind}/${name}`;
}

export function changeId(kind: 'notebook' | 'environment', name: string): string {
  return `change/${kind}/${name}`;
}

/** Ids of sweeps, audits and scheduled runs contain the time of their start, in RFC 3339. */
export function sweepId(name: string, time: string): string {
  return `sweep/${name}-${time}`;
}

export function auditId(time: string): string {
  return `audit/${time}`;
}

/** Temporal appends the time of each run. */
export function scheduledId(name: string): string {
  return `schedule/${name}`;
}

/** Splits `env/team-a` into its kind and name; null for ids of other shapes (sweeps, audits, changes). */
export function parseOperationId(workflowId: string): { kind: OperationKind; name: string } | null {
  const slash = workflowId.indexOf('/');
  const kind = operationKinds.find((candidate) => candidate === workflowId.slice(0, slash));
  return kind === undefined || slash < 0 ? null : { kind, name: workflowId.slice(slash + 1) };
}

/** The name in a workflow id, or the text itself. */
export function nameOf(nameOrId: string): string {
  return parseOperationId(nameOrId)?.name ?? nameOrId;
}

/** The name in the id of an operation that creates resources; null for any other id. */
export function nameOfCreating(workflowId: string): string | null {
  const parsed = parseOperationId(workflowId);
  return parsed !== null && creatingKinds.includes(parsed.kind) ? parsed.name : null;
}

/**
 * Memo keys of a run: the requested spec, the call that started it, the actor, and of a lease its workspaces besides
 * the default one.
 */
export const memoKeys = {
  specHash: 'maopsSpecHash',
  start: 'maopsStart',
  by: 'maopsBy',
  workspaces: 'maopsWorkspaces',
} as const;
