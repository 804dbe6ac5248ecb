import type { AuditReport } from '../domain/audit/report.js';
import { maybeSame, type ResourceRef, sameResource } from '../domain/resource/identity.js';
import type { PlanItemResult, ResultCounts } from '../domain/sweep/results.js';
import type { Plan } from '../domain/teardown/plan.js';
import type { LeaseProgress, Progress } from './progress.js';
import type { DurationText, Spec, SpecKind } from './spec.js';

export type { PlanItemResult, ResourceRef };

/** The workflow types. Fixed, because programs start workflows by them. */
export type WorkflowType =
  | SpecKind
  | 'leaseEnvironment'
  | 'teardownEnvironment'
  | 'changeResource'
  | 'auditResources'
  | 'sweepExpired'
  | 'runScheduled';

/** The resources of an environment that may exist, and the workspaces to search. */
export interface EnvironmentResources {
  readonly pool: ResourceRef | null;
  readonly notebooks: readonly ResourceRef[];
  /** Workspaces other than the default that were in use. */
  readonly workspaceIds: readonly string[];
  /**
   * Epoch milliseconds of the last create with an unknown outcome. Absence is not believed within the consistency
   * window after it.
   */
  readonly unknownSince: number | null;
  /** Resources that have been removed; absent when there are none. A merge drops them. */
  readonly removed?: readonly ResourceRef[];
}

export const noResources: EnvironmentResources = { pool: null, notebooks: [], workspaceIds: [], unknownSince: null };

/** Merges two lists of resources, without those that either has removed. */
export function mergeResources(a: EnvironmentResources, b: EnvironmentResources): EnvironmentResources {
  const known = new Set(b.notebooks.map(({ id }) => id));
  const unknown = [a.unknownSince, b.unknownSince].filter((since) => since !== null);
  const removed = unique([...(a.removed ?? []), ...(b.removed ?? [])]).slice(-removedKept);
  // A pool without a known creation time may be the next one of its name, so keep it. Ids of notebooks are never
  // reused.
  const isRemovedPool = (ref: ResourceRef) => removed.some((one) => sameResource(one, ref) === 'same');
  const isRemovedNotebook = (ref: ResourceRef) => removed.some((one) => maybeSame(one, ref));
  const [pool = null] = [b.pool, a.pool].filter((ref) => ref !== null && !isRemovedPool(ref));
  return {
    pool,
    notebooks: [...a.notebooks.filter(({ id }) => !known.has(id)), ...b.notebooks].filter(
      (ref) => !isRemovedNotebook(ref),
    ),
    workspaceIds: [...new Set([...a.workspaceIds, ...b.workspaceIds])],
    unknownSince: unknown.length === 0 ? null : Math.max(...unknown),
    ...(removed.length === 0 ? {} : { removed }),
  };
}

/**
 * The resources that are left of `before`. Those that are missing count as removed, so that no merge brings them back.
 */
export function leftOf(before: EnvironmentResources, left: EnvironmentResources): EnvironmentResources {
  const kept = new Set(refsOf(left).map(({ id }) => id));
  return mergeResources(left, { ...noResources, removed: refsOf(before).filter(({ id }) => !kept.has(id)) });
}

function refsOf({ pool, notebooks }: EnvironmentResources): ResourceRef[] {
  return [...(pool === null ? [] : [pool]), ...notebooks];
}

/** Older ones are dropped: every operation that could still know them has ended. */
const removedKept = 100;

function unique(refs: readonly ResourceRef[]): ResourceRef[] {
  const isCopy = (a: ResourceRef, b: ResourceRef) => a.id === b.id && a.createdAt === b.createdAt;
  const isNamedLater = (ref: ResourceRef, index: number) =>
    refs.some((other, at) => at > index && (isCopy(other, ref) || sameResource(other, ref) === 'same'));
  return refs.filter((ref, index) => !isNamedLater(ref, index));
}

/** Argument of `leaseEnvironment`: the resources and their previous owner. */
export interface LeaseInput {
  readonly name: string;
  /** Workflow id of the operation that created the resources, such as `env/team-a`. */
  readonly owner: string;
  /** Null when it is no longer known. */
  readonly spec: Spec | null;
  readonly resources: EnvironmentResources;
  /** The end of an earlier lease of the same resources, which this one keeps. */
  readonly lease?: LeaseProgress | null;
  /** Actor and reason of an adoption; absent for other leases. */
  readonly adopted?: { readonly by: string; readonly reason: string };
}

export type LeaseEventName = 'lease.warning' | 'lease.extended' | 'lease.expired' | 'lease.refused';

/** The body of a webhook request of a lease (docs/workflows/lease.md). */
export interface LeaseEvent {
  /** The same for every attempt, so that a receiver can detect repeats. */
  readonly id: string;
  readonly event: LeaseEventName;
  readonly name: string;
  readonly workflowId: string;
  readonly at: string;
  readonly endsAt: string | null;
  readonly maxEndsAt: string | null;
  readonly why: string;
}

/** Argument of `teardownEnvironment`. */
export interface TeardownInput {
  readonly name: string;
  readonly planHash?: string;
  /** How long to wait for the jobs on the pool, such as `2h`, before anything is cancelled or deleted. */
  readonly drain?: string;
  /** Deletes the pool under its jobs, and where they cannot be read. @defaultValue false: `Busy` */
  readonly withJobs?: boolean;
  /** Required with `drain` and `withJobs`. */
  readonly by?: string;
  readonly reason?: string;
}

/** Argument of `changeResource`: one start, stop, renewal, protect or unprotect. */
export interface ChangeInput {
  readonly kind: 'notebook' | 'environment';
  readonly name: string;
  readonly change: 'start' | 'stop' | 'renew' | 'protect' | 'unprotect';
  /**
   * Only for `renew`: how long the notebook runs from now, 1h to 72h. @defaultValue what the spec and the lease allow
   */
  readonly duration?: DurationText;
  readonly by: string;
  readonly reason: string;
}

/** Argument of `sweepExpired`. Rules as a person writes them (docs/sweeps.md); an activity checks them. */
export interface SweepInput {
  /** @defaultValue false: a dry run */
  readonly apply?: boolean;
  readonly rules?: unknown;
  /** Deletes exactly this plan, or fails with `PlanChanged`. */
  readonly planHash?: string;
  readonly by?: string;
  readonly reason?: string;
}

/** The progress and result of a sweep or teardown. */
export interface SweepProgress extends Progress {
  readonly plan: Plan | null;
  /** Of a partial plan only those that were not deleted, 200 at most, and those of the page in progress. */
  readonly results: readonly PlanItemResult[];
  /** How many items have each result. Only with a partial plan. */
  readonly resultCounts?: ResultCounts;
}

/** Argument of `auditResources`. With `adopt`, one orphan gets an owner again. */
export interface AuditInput {
  readonly adopt?: {
    /** Id of the pool or notebook. */
    readonly id: string;
    readonly by: string;
    readonly reason: string;
  };
}

/** The progress and result of `auditResources`. */
export interface AuditProgress extends Progress {
  readonly report: AuditReport | null;
}

/** Argument of `runScheduled`, which a Temporal Schedule starts. */
export interface ScheduledInput {
  /** Name of the schedule. */
  readonly schedule: string;
  /** Reason of the schedule, for the audits of the operations that it starts. */
  readonly reason?: string;
  readonly start:
    | { readonly what: 'sweep'; readonly apply?: boolean; readonly rules?: unknown }
    | ({ readonly what: 'teardown'; readonly name: string } & Pick<TeardownInput, 'drain' | 'withJobs'>)
    | {
        readonly what: 'provision';
        /** A spec; its workflow checks the rest of it. */
        readonly document: { readonly name: string };
      };
}
