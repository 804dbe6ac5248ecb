import { workflowInfo } from '@temporalio/workflow';
import type { CancelAnnouncement } from '../../contract/messages.js';
import type { Phase } from '../../contract/phases.js';
import { blankProgress, type Progress, type StepName } from '../../contract/progress.js';
import type { Identity } from '../../contract/settings.js';
import type { Spec } from '../../contract/spec.js';
import type { UsedKey } from '../../domain/command-keys.js';
import { MINUTE } from '../../domain/duration.js';
import { isoTime } from '../../domain/rfc3339.js';
import type { Stopwatch } from '../../domain/stopwatch.js';

/** State of every operation, carried over continue-as-new. Plain data. */
export interface OperationState {
  progress: Progress;
  /** The phase beneath `Paused`. */
  phase: Phase;
  spec: Spec | null;
  identity: Identity | null;
  paused: {
    readonly by: string;
    readonly reason: string;
    readonly since: string;
    /** The rest of the deadline in `awaiting`; null when it has none. */
    readonly leftMs: number | null;
  } | null;
  /** The last announcement of a cancel. */
  announced: (CancelAnnouncement & { /** Epoch milliseconds. */ readonly at: number }) | null;
  /** The first cancellation request that this workflow accepted, in any of its runs. */
  cancelRequest: CancelAnnouncement | null;
  /** The keys of the last commands, so that a repeated command counts once. */
  keys: readonly UsedKey[];
  /** The time that the removal under way has taken, and since when it runs (epoch ms). */
  removalClock: { readonly watch: Stopwatch; readonly since: number } | null;
  /**
   * True once a removal has found a resource. Without a failure of the removal, the run then ends `RolledBack` and not
   * `Failed`.
   */
  foundToRemove: boolean;
}

/** An announced cancel follows within this time. A later cancel has another author. */
const announcementHoldsMs = 10 * MINUTE;

/** The announcement that explains a cancel at this moment; null without a recent one. */
export function currentAnnouncement({ announced }: OperationState): CancelAnnouncement | null {
  return announced !== null && Date.now() - announced.at < announcementHoldsMs ? announced : null;
}

/** The first state of an operation; steps are the ones that it will run, in order. */
export function newState(name: string, steps: readonly StepName[], phase: Phase): OperationState {
  const { workflowType: operation, workflowId, runId } = workflowInfo();
  const blank = blankProgress({ name, operation, workflowId, runId, phase, phaseSince: '', startedAt: timeNow() });
  const progress: Progress = { ...blank, steps: steps.map((step) => ({ name: step, state: 'pending' })) };
  const requests = { announced: null, cancelRequest: null, keys: [], removalClock: null };
  return { progress, phase, spec: null, identity: null, paused: null, ...requests, foundToRemove: false };
}

/** The state that a continue-as-new carried over: the same in all but the run. */
export function carriedOver<State extends OperationState>(carried: State): State {
  return { ...carried, progress: { ...carried.progress, runId: workflowInfo().runId } };
}

export function timeNow(): string {
  return isoTime(Date.now());
}
