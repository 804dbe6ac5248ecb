import type { LeasedObservation } from '../domain/provision/repeated-create.js';
import { defineQuery, defineSignal, defineUpdate } from './define-message.js';
import type { LeaseProgress, Progress, StepName } from './progress.js';
import type { Spec } from './spec.js';
import type { EnvironmentResources } from './workflows.js';

/** Actor and reason of a command, for the audit. */
export interface Command {
  /** At most 100 characters. */
  readonly by: string;
  /** At most 1,000 characters. */
  readonly reason: string;
  /** At most 100 characters; a workflow keeps the last 100 keys, and a command counts once under its key. */
  readonly key?: string;
}

/** Either how much later the lease ends, or when it ends at the earliest (RFC 3339 with a zone). */
export type Extension = Command &
  (
    | { readonly duration: string; readonly until?: undefined }
    | { readonly until: string; readonly duration?: undefined }
  );

/** The result of every update that is a command. Small, because Temporal ends a workflow whose result is too large. */
export type CommandAnswer = Pick<Progress, 'workflowId' | 'phase' | 'awaiting' | 'lease'>;

export const resolveVerbs = ['retry', 'rollback', 'abandon', 'skip'] as const;
export type ResolveVerb = (typeof resolveVerbs)[number];

export interface Resolution extends Command {
  readonly verb: ResolveVerb;
  /** The step and attempt that the operator saw. The command is refused when they have changed. */
  readonly step?: StepName;
  readonly attempt?: number;
  /** A partial spec for `retry`. */
  readonly changes?: Readonly<Record<string, unknown>>;
}

/** Query: the progress of the operation. */
export const progressQuery = defineQuery<Progress>('progress');
/** Query: the normalised spec; null until it is checked. */
export const specQuery = defineQuery<Spec | null>('spec');

/** The resources of an environment that may exist, and whether their owner is about to remove them. */
export interface Owned extends EnvironmentResources {
  /** True for a lease that is going to remove its resources, also while it is paused. */
  readonly isRemovalPending?: boolean;
  /** The last observation of a lease; null before the first one. */
  readonly observed?: LeasedObservation | null;
}

/** Query: the resources of the environment that may exist. A teardown sends it to every operation that it cancels. */
export const ownedQuery = defineQuery<Owned>('owned');

/** A signal, because it needs no response: it takes effect at the next point where nothing is in flight. */
export const pauseSignal = defineSignal<[Command]>('pause');
export const resumeSignal =
  defineSignal<[{ readonly by: string; readonly reason?: string; readonly key?: string }]>('resume');

/**
 * Who is about to cancel a workflow, and why. A workflow hands over its resources to a teardown, and deletes them for
 * an operator.
 */
export interface CancelAnnouncement {
  readonly cause: 'teardown' | 'operator';
  readonly by: string;
  readonly reason: string;
}

/** Internal. Sent before Temporal's own cancel, which carries no reason, and with the start of a teardown. */
export const announceCancelSignal = defineSignal<[CancelAnnouncement]>('announceCancel');
/** Internal, to a lease: a resource is no longer protected, so a removal that was refused can be retried now. */
export const protectionChangedSignal = defineSignal<[Pick<Command, 'by' | 'reason'>]>('protectionChanged');
/** Internal, to a lease: the shown resources may have changed, so observe them again. */
export const refreshSignal = defineSignal<[Pick<Command, 'by' | 'reason'>]>('refresh');

/** Updates, because the operator must know whether the decision took effect. */
export const approveUpdate = defineUpdate<CommandAnswer, [Command]>('approve');
export const rejectUpdate = defineUpdate<CommandAnswer, [Command]>('reject');
export const resolveUpdate = defineUpdate<CommandAnswer, [Resolution]>('resolve');

/** The result of `tryNow`. */
export interface TriedNow extends CommandAnswer {
  /** The calls that are retried now, such as `deleting pool team-a`. */
  readonly retried: readonly string[];
}

/** An update, because the operator must know what is retried, or that nothing is waiting for a retry. */
export const tryNowUpdate = defineUpdate<TriedNow, [Command]>('tryNow');

/** An update, because the operator needs the new end. */
export const extendLeaseUpdate = defineUpdate<CommandAnswer, [Extension]>('extendLease');
export const releaseLeaseUpdate = defineUpdate<CommandAnswer, [Command]>('releaseLease');
/** Sent with the start of a lease. An operation ends only when its resources have their next owner. */
export const acquireUpdate = defineUpdate<LeaseProgress, [EnvironmentResources]>('acquire');
