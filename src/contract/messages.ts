import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { LeaseProgress, Progress, StepName } from './progress.js';
import type { Spec } from './spec.js';
import type { EnvironmentResources } from './workflows.js';

/** Who gives a command and why; every command carries both, so that the audit can name them. */
export interface Command {
  readonly by: string;
  readonly reason: string;
}

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
  readonly isEnding?: boolean;
}

/** Read only: what of the environment may be alive; a teardown asks it of everyone that it calls off. */
export const ownedQuery = defineQuery<Owned>('owned');

/** A signal, because there is nothing to answer: it takes effect at the next point where nothing is in flight. */
export const pauseSignal = defineSignal<[Command]>('pause');
export const resumeSignal = defineSignal<[{ readonly by: string; readonly reason?: string }]>('resume');
/** Sent before Temporal's own cancel, which carries no reason. */
export const noteSignal =
  defineSignal<[{ readonly verb: string; readonly by: string; readonly reason: string }]>('note');

/** Updates, because the operator must hear whether the answer counted. */
export const approveUpdate = defineUpdate<Progress, [Command]>('approve');
export const rejectUpdate = defineUpdate<Progress, [Command]>('reject');
export const resolveUpdate = defineUpdate<Progress, [Resolution]>('resolve');

/** An update, because the operator needs the new end. */
export const extendLeaseUpdate = defineUpdate<LeaseProgress, [Command & { readonly duration: string }]>('extendLease');
export const releaseLeaseUpdate = defineUpdate<Progress, [Command]>('releaseLease');
/** Sent together with the start of a lease: an operation that ends waits until its resources have their next owner. */
export const ownUpdate = defineUpdate<LeaseProgress, [EnvironmentResources]>('own');
