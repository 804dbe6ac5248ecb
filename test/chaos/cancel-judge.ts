import type { Phase } from '../../src/contract/phases.js';
import type { Progress } from '../../src/contract/progress.js';
import { parseMarker } from '../../src/domain/resource/marker.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import { ownerHash } from '../../src/spec/hash.js';
import type { RunStatus } from '../temporal-sim/closing.js';
import type { WorkflowRun } from '../temporal-sim/workflow-run.js';

const creates = ['createPool', 'createNotebook', 'createCurrentNotebook'];
/** A create whose activity had begun before the cancel may still be sent this much later. */
const underWayMs = 60_000;

const statuses: Partial<Record<Phase, RunStatus>> = {
  Ready: 'COMPLETED',
  Abandoned: 'COMPLETED',
  Gone: 'COMPLETED',
  Done: 'COMPLETED',
  RolledBack: 'FAILED',
  Rejected: 'FAILED',
  Failed: 'FAILED',
  Cancelled: 'CANCELLED',
};

/** A closed run must have the status that its last phase promises. */
export function judgeStatus({ workflowId, status }: WorkflowRun, { phase }: Progress): string[] {
  if (status === 'CONTINUED_AS_NEW' || status === statuses[phase]) return [];
  return [`${workflowId} is ${phase}, and Temporal reports ${status}`];
}

/** The runs of each execution, over continue-as-new. */
export function chainsOf<Run extends { readonly identity: { readonly firstRunId: string } }>(
  runs: readonly Run[],
): Run[][] {
  const chains = new Map<string, Run[]>();
  for (const run of runs) chains.set(run.identity.firstRunId, [...(chains.get(run.identity.firstRunId) ?? []), run]);
  return [...chains.values()];
}

/** When the workflow first received its cancellation, or null. */
export function cancelledAt(runs: readonly WorkflowRun[], of: WorkflowRun): number | null {
  const chain = runs.filter(({ identity }) => identity.firstRunId === of.identity.firstRunId);
  const records = chain.flatMap(({ cached }) => cached.history);
  return records.find(({ jobs }) => jobs.some((job) => job.cancelWorkflow))?.at ?? null;
}

/** The create activities that a workflow scheduled after it received its cancellation, in any of its runs. */
export function judgeCreates(runs: readonly WorkflowRun[]): string[] {
  return chainsOf(runs).flatMap((chain) => {
    const records = chain.flatMap(({ cached }) => cached.history);
    const cancelled = records.findIndex(({ jobs }) => jobs.some((job) => job.cancelWorkflow));
    const later = cancelled === -1 ? [] : records.slice(cancelled).flatMap(({ commands }) => commands);
    const types = later.map(({ scheduleActivity }) => scheduleActivity?.activityType ?? '');
    return types
      .filter((type) => creates.includes(type))
      .map((type) => `${chain[0]?.workflowId} was cancelled and sent ${type} after that`);
  });
}

/** The create calls that were sent long after their workflow received its cancellation. */
export function judgeSent(runs: readonly WorkflowRun[], simulator: Simulator): string[] {
  const sent = (['pools.create', 'notebooks.create', 'currentNotebooks.create'] as const).flatMap((operation) =>
    simulator.requests(operation),
  );
  return chainsOf(runs).flatMap((chain) => {
    const [first] = chain;
    const cancelled = first === undefined ? null : cancelledAt(runs, first);
    if (first === undefined || cancelled === null) return [];
    const owner = ownerHash(first.workflowId);
    const end = chain.at(-1)?.closedAt ?? Number.POSITIVE_INFINITY;
    const later = runs.filter((run) => run.workflowId === first.workflowId && run.startedAt >= end);
    const next = Math.min(...later.map(({ startedAt }) => startedAt));
    const late = sent.filter(({ at, body }) => {
      const time = Date.parse(at);
      // Requests have whole seconds. One of the second in which the next run has started may be its own.
      const isOfThis = time <= end && time + 999 < next;
      return time > cancelled + underWayMs && isOfThis && parseMarker(JSON.stringify(body))?.owner === owner;
    });
    return late.map(({ operation, at }) => `${first.workflowId} was cancelled, and ${operation} left at ${at}`);
  });
}

/** A pause that came before a cancel must no longer hold the workflow. A teardown is not cancelled. */
export function judgePause(runs: readonly WorkflowRun[], run: WorkflowRun, progress: Progress, now: number): string[] {
  // Reading the whole execution costs seconds after hundreds of continue-as-new.
  if (progress.phase !== 'Paused' || run.workflowId.startsWith('teardown/')) return [];
  const cancelled = cancelledAt(runs, run);
  const isHeld = cancelled !== null && now > cancelled && Date.parse(progress.phaseSince) < cancelled;
  return isHeld ? [`${run.workflowId} was paused before its cancel and still is`] : [];
}
