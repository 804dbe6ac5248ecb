import { nameOf } from '../contract/ids.js';
import { isEnding, type Phase } from '../contract/phases.js';
import type { LeaseProgress, PoolProgress, Progress } from '../contract/progress.js';
import { isOpen } from '../temporal/run-facts.js';
import { phaseInTemporal } from './read-progress.js';
import type { Run } from './temporal/run.js';

/** Keys whose value only the run itself has. */
type Unasked<T> = { readonly [Key in keyof T]: null };
type Known = 'name' | 'operation' | 'workflowId' | 'runId' | 'phase' | 'startedAt' | 'endedAt';

/**
 * An environment as Temporal lists it: the keys of `Progress`, and null for what only its run knows. The pool has its
 * id, and the lease its end, where they are known.
 */
export type EnvironmentSummary = Pick<Progress, Known> &
  Unasked<Omit<Progress, Known | 'phaseSince' | 'pool' | 'lease'>> & {
    /** True: the run was not asked. */
    readonly partial: true;
    /** Null while the run is open. */
    readonly phaseSince: string | null;
    readonly pool: (Pick<PoolProgress, 'id'> & Unasked<Omit<PoolProgress, 'id'>>) | null;
    readonly lease: (Pick<LeaseProgress, 'endsAt'> & Unasked<Omit<LeaseProgress, 'endsAt'>>) | null;
  };

/** The summary of a listed run. */
export function summaryOf(run: Run): EnvironmentSummary {
  const endedAt = isOpen(run) ? null : (run.closedAt ?? run.startedAt).toISOString();
  const { workflowId, runId, type: operation, poolId, leaseEndsAt } = run;
  return {
    name: run.environment ?? nameOf(workflowId),
    operation,
    workflowId,
    runId,
    phase: phaseNow(run),
    phaseSince: endedAt,
    startedAt: run.startedAt.toISOString(),
    endedAt,
    percent: null,
    why: null,
    steps: null,
    pool: poolId === null ? null : { ...unaskedPool, id: poolId },
    notebook: null,
    failure: null,
    awaiting: null,
    lease: leaseEndsAt === null ? null : { endsAt: leaseEndsAt, maxEndsAt: null, extensions: null },
    retrying: null,
    overdueSince: null,
    waitsFor: null,
    audit: null,
    auditDropped: null,
    partial: true,
  };
}

const unaskedPool = {
  phase: null,
  nodes: null,
  scopes: null,
  driver: null,
  flavors: null,
  protected: null,
  observedAt: null,
};

/** A run that Temporal ended could not show its last phase itself. */
function phaseNow(run: Run): Phase {
  const phase = phaseInTemporal(run);
  if (isOpen(run) || isEnding(phase)) return phase;
  return run.status === 'CANCELLED' ? 'Cancelled' : 'Failed';
}
