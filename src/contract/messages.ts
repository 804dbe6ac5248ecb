import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { LeasedObservation } from '../domain/provision/repeated-create.js';
import type { LeaseProgress, Progress, StepName } from './progress.js';
import type { Spec } from './spec.js';
import type { EnvironmentResources } from './workflows.js';

/** Who gives a command and why; every command carries both, so that the audit can name them. */
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

/** What every command that is an update answers; small, because Temporal ends a workflow whose answer is too large. */
export type CommandAnswer = Pick<Progress, 'workflowId' | 'phase' | 'awaiting' | 'lease'>;

export const resolveVerbs = ['retry', 'rollback', 'abandon', 'skip'] as const;
export type ResolveVerb = (typeof resolveVerbs)[number];

export interface Resolution extends Command {
  readonly verb: ResolveVerb;
  /** The step and attempt that the operator looked at: a stale view is refused. */
  readonly step?: StepName;
  readonly attempt?: number;
  /** A partial spec for `retry`. */
  readonly changes?: Readonly<Record<string, unknown>>;
}

/** Read only: where the operation stands. */
export const progressQuery = defineQuery<Progress>('progress');
/** Read only: the normalised spec, null until it is checked. */
export const specQuery = defineQuery<Spec | null>('spec');

/** What of an environment may be alive, and whether whoever says so is about to remove it. */
export interface Owned extends EnvironmentResources {
  /** True of a lease whose removal is decided on, also while a pause holds it. */
  readonly isRemovalPending?: boolean;
  /** A lease's last observation of it; null before the first one. */
  readonly observed?: LeasedObservation | null;
}

/** Read only: what of the environment may be alive; a teardown asks it of everyone that it calls off. */
export const ownedQuery = defineQuery<Owned>('owned');

/** A signal, because there is nothing to answer: it takes effect at the next point where nothing is in flight. */
export const pauseSignal = defineSignal<[Command]>('pause');
export const resumeSignal =
  defineSignal<[{ readonly by: string; readonly reason?: string; readonly key?: string }]>('resume');

/** Who is about to cancel a workflow, and why. A workflow hands over its resources to a teardown, and deletes them for an operator. */
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

/** Updates, because the operator must hear whether the answer counted. */
export const approveUpdate = defineUpdate<CommandAnswer, [Command]>('approve');
export const rejectUpdate = defineUpdate<CommandAnswer, [Command]>('reject');
export const resolveUpdate = defineUpdate<CommandAnswer, [Resolution]>('resolve');

/** What `tryNow` answers. */
export interface TriedNow extends CommandAnswer {
  /** What is tried at once, one line for each, such as `deleting pool team-a`. */
  readonly hurries: readonly string[];
}

/** An update, because the operator must hear what is tried at once, or that nothing waits for a next try. */
export const tryNowUpdate = defineUpdate<TriedNow, [Command]>('tryNow');

/** An update, because the operator needs the new end. */
export const extendLeaseUpdate = defineUpdate<CommandAnswer, [Extension]>('extendLease');
export const releaseLeaseUpdate = defineUpdate<CommandAnswer, [Command]>('releaseLease');
/** Sent together with the start of a lease: an operation that ends waits until its resources have their next owner. */
export const acquireUpdate = defineUpdate<LeaseProgress, [EnvironmentResources]>('acquire');
