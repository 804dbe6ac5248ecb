import type { SweepProgress } from '../../contract/workflows.js';
import type { RecordedPages } from '../../domain/pages.js';
import type { ResultCounts } from '../../domain/sweep/results.js';
import type { PlanItem } from '../../domain/teardown/plan.js';
import type { OperationState } from '../operation/state.js';

export interface SweepState extends OperationState {
  progress: SweepProgress;
  /** Plan hash of each environment's part, for its teardown. */
  hashes: Readonly<Record<string, string>>;
  /** The rule for jobs: delete pools under them, or wait for them that long. Absent in states of an earlier version. */
  withJobs?: boolean;
  drain?: string | null;
  /** Null for a plan that one result holds. Absent in states of an earlier version. */
  large?: LargePlan | null;
  /** Owner hash of the part without a name that was checked again and is being removed. */
  inProgress: string | null;
}

/**
 * The state of a plan that is too large for one result. Its pages are in the histories of the runs that recorded them.
 */
export interface LargePlan {
  readonly recorded: readonly RecordedPages[];
  /** Where the next page to record begins; null when all are recorded. */
  readonly after: number | null;
  /** Number of times that the plan had changed before all pages were recorded. */
  readonly restarts: number;
  /** The next page to apply, counted from 0, and the items of the page in progress. */
  readonly next: number;
  readonly inProgress: readonly PlanItem[] | null;
  /** Results of the pages that are done, and how many of them `progress.results` keeps. */
  readonly counts: ResultCounts;
  readonly kept: number;
}
