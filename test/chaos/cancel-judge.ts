import type { Phase } from '../../src/contract/phases.js';
import type { Progress } from '../../src/contract/progress.js';
import { parseMarker } from '../../src/domain/resource/marker.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import { ownerHash } from '../../src/spec/hash.js';
import type { RunStatus } from '../temporal-sim/closing.js';
import type { WorkflowRun } from '../temporal-sim/workflow-run.js';

const creates = ['createPool', 'createNotebook'];
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

/** When the workflow was first told of its cancellation; null while it was not. */
export function cancelledAt(runs: readonly WorkflowRun[], of: WorkflowRun): number | null {
  const chain = runs.filter(({ identity }) => identity.firstRunId === of.identity.firstRunId);
  const records = chain.flatMap(({ cached }) => cached.history);
  return records.find(({ jobs }) => jobs.some((job) => job.cancelWorkflow))?.at ?? null;
}

/** What a workflow decided to create after it was told of its cancellation, in any of its runs. */
export function judgeCreates(runs: readonly WorkflowRun[]): string[] {
  return chainsOf(runs).flatMap((chain) => {
    const records = chain.flatMap(({ cached }) => cached.history);
    const told = records.findIndex(({ jobs }) => jobs.some((job) => job.cancelWorkflow));
    const later = told === -1 ? [] : records.slice(told).flatMap(({ commands }) => commands);
    const types = later.map(({ scheduleActivity }) => scheduleActivity?.activityType ?? '');
    return types
      .filter((type) => creates.includes(type))
      .map((type) => `${chain[0]?.workflowId} was cancelled and sent ${type} after that`);
  });
}

/** The create calls that left for the service although their workflow was told of its cancellation long before. */
export function judgeSent(runs: readonly WorkflowRun[], simulator: Simulator): string[] {
  const sent = ['pools.create', 'notebooks.create'].flatMap((operation) => simulator.requests(operation));
  return chainsOf(runs).flatMap((chain) => {
    const [first] = chain;
    const told = first === undefined ? null : cancelledAt(runs, first);
    if (first === undefined || told === null) return [];
    const owner = ownerHash(first.workflowId);
    const end = chain.at(-1)?.closedAt ?? Number.POSITIVE_INFINITY;
    const late = sent.filter(({ at, body }) => {
      const time = Date.parse(at);
      return time > told + underWayMs && time <= end && parseMarker(JSON.stringify(body))?.owner === owner;
    });
    return late.map(({ operation, at }) => `${first.workflowId} was cancelled, and ${operation} left at ${at}`);
  });
}

/** A pause that came before a cancel must not hold the workflow any more. A teardown is not cancelled. */
export function judgePause(runs: readonly WorkflowRun[], run: WorkflowRun, progress: Progress, now: number): string[] {
  const told = cancelledAt(runs, run);
  const isHeld = progress.phase === 'Paused' && told !== null && now > told && Date.parse(progress.phaseSince) < told;
  if (!isHeld || run.workflowId.startsWith('teardown/')) return [];
  return [`${run.workflowId} was paused before its cancel and still is`];
}
