import type { Spec } from './spec.js';

/** Identity of a resource: a deleted and remade pool has the same id, so the creation time belongs to it. */
export interface ResourceRef {
  readonly id: string;
  /** RFC 3339 for pools, epoch milliseconds as text for notebooks, as the service gives it. */
  readonly createdAt: string;
}

export interface EnvironmentResources {
  readonly pool: ResourceRef | null;
  readonly notebooks: readonly ResourceRef[];
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
