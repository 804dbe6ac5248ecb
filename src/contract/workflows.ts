import type { Spec } from './spec.js';

/** Identity of a resource: a deleted and remade pool has the same id, so the creation time belongs to it. */
export interface ResourceRef {
  readonly id: string;
  /** RFC 3339 for pools, epoch milliseconds as text for notebooks, as the service gives it. */
  readonly createdAt: string;
}

/** What of an environment may be alive, and where to look for it. */
export interface EnvironmentResources {
  readonly pool: ResourceRef | null;
  readonly notebooks: readonly ResourceRef[];
  /** Workspaces other than the default that were in use. */
  readonly workspaceIds: readonly string[];
  /** Epoch milliseconds of the last create with an unknown outcome: until it has settled, absence is not believed. */
  readonly unknownSince: number | null;
}

export const noResources: EnvironmentResources = { pool: null, notebooks: [], workspaceIds: [], unknownSince: null };

/** All that either of two knows. */
export function mergeResources(a: EnvironmentResources, b: EnvironmentResources): EnvironmentResources {
  const known = new Set(b.notebooks.map(({ id }) => id));
  const unknown = [a.unknownSince, b.unknownSince].filter((since) => since !== null);
  return {
    pool: b.pool ?? a.pool,
    notebooks: [...a.notebooks.filter(({ id }) => !known.has(id)), ...b.notebooks],
    workspaceIds: [...new Set([...a.workspaceIds, ...b.workspaceIds])],
    unknownSince: unknown.length === 0 ? null : Math.max(...unknown),
  };
}

/** Argument of `leaseEnvironment`: who left what alive. */
export interface LeaseInput {
  readonly name: string;
  /** Workflow id of the operation that made the resources, as `env/team-a`. */
  readonly owner: string;
  /** Null when nobody knows it any more. */
  readonly spec: Spec | null;
  readonly resources: EnvironmentResources;
}

/** Argument of `teardownEnvironment`. */
export interface TeardownInput {
  readonly name: string;
  readonly planHash?: string;
}

/** Argument of `changeResource`: one start, stop, protect or unprotect. */
export interface ChangeInput {
  readonly kind: 'notebook' | 'environment';
  readonly name: string;
  readonly change: 'start' | 'stop' | 'protect' | 'unprotect';
  readonly by: string;
  readonly reason: string;
}
