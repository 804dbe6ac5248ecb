import { cancellationSignal } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { type OperationKind, operationId } from '../../contract/ids.js';
import { announceCancelSignal, ownedQuery, progressQuery, resumeSignal } from '../../contract/messages.js';
import type { LeaseProgress, Progress } from '../../contract/progress.js';
import { type EnvironmentResources, mergeResources, noResources } from '../../contract/workflows.js';
import { describeRun, type Workflows } from '../../temporal/describe-run.js';
import { isUnanswered } from '../../temporal/grpc-errors.js';
import { isOpen, type RunFacts } from '../../temporal/run-facts.js';
import type { ActivityDeps } from '../deps.js';
import { reportedInHeartbeat, reportInHeartbeat } from '../heartbeats.js';
import { askInPollWindow, type Round } from '../resource/waiting.js';
import { patientQueries } from './ask-workflow.js';

/** The resources that the cancelled operations reported. */
export interface EndedOperations {
  readonly resources: EnvironmentResources;
  /** Reports of runs that had closed before the caller started. */
  readonly former: EnvironmentResources;
  readonly wasLeased: boolean;
  /** The end of the cancelled lease. The next owner of the remaining resources keeps it. */
  readonly lease: LeaseProgress | null;
}

export interface HandoverOrder {
  readonly name: string;
  readonly kinds: readonly OperationKind[];
  readonly by: string;
  readonly reason: string;
  /** True to resume a paused rollback. @defaultValue false: waits for an operator to resume it */
  readonly endsPauses?: boolean;
  /** Start of the caller, RFC 3339. Runs that ended before it are `former`. */
  readonly since: string;
}

/** The resources that one run reported, and the number of failed queries after its end. */
interface OwnedReport {
  readonly owned: EnvironmentResources | null;
  readonly lease: LeaseProgress | null;
  readonly failed: number;
}

const noReport: OwnedReport = { owned: null, lease: null, failed: 0 };
/** A lease hands over within a fraction of a second, a rollback within minutes. */
const pace = { firstMs: 100, longestMs: 2_000 };

/** The activity that takes ownership from the other operations of a name. */
export function cancelAndAwaitActivities(deps: ActivityDeps) {
  const { workflow } = deps.temporal;

  return {
    /**
     * Cancels the open operations of these kinds and returns when all have ended, with the resources that they
     * reported. The lease is last, because an operation transfers what it keeps to it. A report from before the end of
     * a run is kept over poll windows and workers, for a run that cannot respond after its end.
     */
    async cancelAndAwait(order: HandoverOrder): Promise<EndedOperations> {
      const memory = new ReportMemory();
      return await askInPollWindow(deps, `cancelling operations of ${order.name}`, pace, async () => {
        const round = await handOver(workflow, order, memory);
        cancellationSignal().throwIfAborted();
        return round;
      });
    },
  };
}

/** The reports of the runs, kept in the heartbeat. */
class ReportMemory {
  private reports: Readonly<Record<string, OwnedReport>> = reportsOf(reportedInHeartbeat('handover'));

  of(workflowId: string): OwnedReport {
    return this.reports[workflowId] ?? noReport;
  }

  set(workflowId: string, change: Partial<OwnedReport>): OwnedReport {
    const report = { ...this.of(workflowId), ...change };
    this.reports = { ...this.reports, [workflowId]: report };
    reportInHeartbeat({ handover: this.reports });
    return report;
  }
}

function reportsOf(stored: unknown): Readonly<Record<string, OwnedReport>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this activity's own words of an earlier try
  return typeof stored === 'object' && stored !== null ? (stored as Record<string, OwnedReport>) : {};
}

async function handOver(
  workflow: Workflows,
  order: HandoverOrder,
  memory: ReportMemory,
): Promise<Round<EndedOperations>> {
  let result: EndedOperations = { resources: noResources, former: noResources, wasLeased: false, lease: null };
  for (const kind of order.kinds) {
    const workflowId = operationId(kind, order.name);
    const run = await describeRun(workflow, workflowId);
    if (run === null) continue;
    if (isOpen(run)) return await cancel(workflow, order, kind, run, memory);
    const reported = await lastReport(workflow, kind, workflowId, run, memory);
    if ('why' in reported) return reported;
    const { owned, lease } = reported.answer;
    if (owned === null) continue;
    if (closedAtOf(run) < Date.parse(order.since)) {
      result = { ...result, former: mergeResources(result.former, owned) };
      continue;
    }
    result = { ...result, resources: mergeResources(result.resources, owned) };
    if (kind === 'lease') result = { ...result, wasLeased: true, lease };
  }
  return { answer: result };
}

/** Cancels an open run once. With `endsPauses`, resumes a run that is paused in its rollback. */
async function cancel(
  workflow: Workflows,
  { name, by, reason, endsPauses }: HandoverOrder,
  kind: OperationKind,
  run: NonNullable<Awaited<ReturnType<typeof describeRun>>>,
  memory: ReportMemory,
): Promise<Round<never>> {
  const workflowId = operationId(kind, name);
  const handle = workflow.getHandle(workflowId);
  if (run.raw?.workflowExtendedInfo?.cancelRequested !== true) {
    await ignoreEnded(() => handle.signal(announceCancelSignal, { cause: 'teardown', by, reason }));
    await ignoreEnded(() => handle.cancel());
  } else if (run.phase === 'Paused' && endsPauses === true) {
    // A cancel ends an earlier pause, but a later pause of the rollback would block the caller. The run is queried
    // first: a run without a worker would collect one signal per attempt.
    const stored = await handle.query<Progress>(progressQuery.name).catch(ignoreUnanswered);
    if (stored?.phase === 'Paused') await ignoreEnded(() => handle.signal(resumeSignal, { by, reason }));
  }
  // Record a report even if another activity cancelled the run: one that `tryNow` ended leaves none behind.
  if (memory.of(workflowId).owned === null)
    await recordReport(workflow, kind, workflowId, memory).catch(ignoreUnanswered);
  return { why: `${workflowId} is ending` };
}

/**
 * The report of a closed run. After too many failed queries, its last report, with an unknown create: more may exist.
 */
async function lastReport(
  workflow: Workflows,
  kind: OperationKind,
  workflowId: string,
  run: RunFacts,
  memory: ReportMemory,
): Promise<Round<OwnedReport>> {
  try {
    return { answer: await recordReport(workflow, kind, workflowId, memory) };
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    const { owned, lease, failed } = memory.set(workflowId, { failed: memory.of(workflowId).failed + 1 });
    if (failed < patientQueries)
      return {
        why: `${workflowId} has ended and its resources are unknown (${failed} of ${patientQueries} queries failed)`,
        pauseMs: queryPause(failed),
      };
    const unknownSince = Math.max(owned?.unknownSince ?? 0, closedAtOf(run));
    return { answer: { owned: { ...noResources, ...owned, unknownSince }, lease, failed } };
  }
}

function closedAtOf({ closedAt }: RunFacts): number {
  return closedAt?.getTime() ?? 0;
}

async function recordReport(
  workflow: Workflows,
  kind: OperationKind,
  workflowId: string,
  memory: ReportMemory,
): Promise<OwnedReport> {
  const handle = workflow.getHandle(workflowId);
  const owned = await handle.query<EnvironmentResources>(ownedQuery.name);
  const lease = kind === 'lease' ? (await handle.query<Progress>(progressQuery.name)).lease : null;
  return memory.set(workflowId, { owned, lease });
}

/** From 1 s to 30 s: ten of them give a worker that restarts two minutes. */
function queryPause(failed: number): number {
  return Math.min(1_000 * 1.5 ** (failed - 1), 30_000);
}

/** An open run that does not respond is queried again after its end. */
function ignoreUnanswered(error: unknown): null {
  if (error instanceof WorkflowNotFoundError || isUnanswered(error)) return null;
  throw error;
}

/** Returns false when there is no open run. */
export async function ignoreEnded(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return false;
  }
}
