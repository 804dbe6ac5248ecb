/** The states of a run, as Temporal names them. */
export const runStatuses = [
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TERMINATED',
  'TIMED_OUT',
  'CONTINUED_AS_NEW',
  'PAUSED',
  'UNKNOWN',
] as const;
type RunStatus = (typeof runStatuses)[number];

/** The facts of a run that Temporal has without a worker. */
export interface RunFacts {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  readonly status: RunStatus;
  readonly startedAt: Date;
  readonly closedAt: Date | null;
  readonly memo: Readonly<Record<string, unknown>>;
  /** Search attributes `MaopsPhase` and `MaopsEnvironment`; null before the run's first task. */
  readonly phase: string | null;
  readonly environment: string | null;
  /** Search attribute `MaopsPool`; null while there is no pool. */
  readonly poolId: string | null;
  /** Search attribute `MaopsLeaseEndsAt`, RFC 3339 UTC; null where there is no end. */
  readonly leaseEndsAt: string | null;
}

/** True while a run can still do something. */
export function isOpen({ status }: Pick<RunFacts, 'status'>): boolean {
  return status === 'RUNNING' || status === 'PAUSED';
}
