import { workflowInfo } from '@temporalio/workflow';
import type { Phase } from '../../contract/phases.js';
import { blankProgress, type Progress, type StepName } from '../../contract/progress.js';
import type { Identity } from '../../contract/settings.js';
import type { Spec } from '../../contract/spec.js';
import type { UsedKey } from '../../domain/command-keys.js';

/** What every operation carries, also over a continue-as-new: plain data, with all that progress and going on need. */
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
    /** What was left of the deadline that `awaiting` shows; null when it shows none. */
    readonly leftMs: number | null;
  } | null;
  /** The last note: who is about to cancel, and why. */
  note: Note | null;
  /** The first cancellation request that this workflow accepted, in any of its runs. */
  cancelRequest: CancelRequest | null;
  /** The keys of the last commands, so that one that is repeated counts once. */
  keys: readonly UsedKey[];
  /** True once something was really removed: tells `RolledBack` from `Failed`. */
  removed: boolean;
}

export interface Note {
  readonly verb: string;
  readonly by: string;
  readonly reason: string;
  /** When it came (epoch ms). */
  readonly at: number;
}

/** Who has cancelled a workflow. A teardown takes over what it owns; for anyone else it cleans up itself. */
export interface CancelRequest {
  readonly cause: 'teardown' | 'operator';
  readonly by: string;
  readonly reason: string;
}

/** The cancel that a note announces follows within this time; a later one is somebody else's. */
const noteHoldsMs = 10 * 60_000;

/** The last note, if the cancel that it announces may still come. */
export function noteOf({ note }: OperationState): Note | null {
  return note !== null && Date.now() - note.at < noteHoldsMs ? note : null;
}

/** The first state of an operation; steps are the ones that it will run, in order. */
export function newState(name: string, steps: readonly StepName[], phase: Phase): OperationState {
  const { workflowType: operation, workflowId, runId } = workflowInfo();
  const blank = blankProgress({ name, operation, workflowId, runId, phase, phaseSince: '', startedAt: timeNow() });
  const progress: Progress = { ...blank, steps: steps.map((step) => ({ name: step, state: 'pending' })) };
  const requests = { note: null, cancelRequest: null, keys: [] };
  return { progress, phase, spec: null, identity: null, paused: null, ...requests, removed: false };
}

/** What the state of a run of an earlier version lacks. */
const addedLater: Partial<OperationState> = { cancelRequest: null, keys: [] };
const addedToProgress: Partial<Progress> = { retrying: null, waitsFor: [] };

/** A state that came over a continue-as-new: the same in all but the run. */
export function carriedOver<State extends OperationState>(carried: State): State {
  const progress = { ...addedToProgress, ...carried.progress, runId: workflowInfo().runId };
  return { ...addedLater, ...carried, progress };
}

export function timeNow(): string {
  return new Date(Date.now()).toISOString();
}
