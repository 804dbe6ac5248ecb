import { cancellationSignal } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import { type OperationKind, operationId } from '../../contract/ids.js';
import { announceCancelSignal, ownedQuery, progressQuery, resumeSignal } from '../../contract/messages.js';
import type { LeaseProgress, Progress } from '../../contract/progress.js';
import { type EnvironmentResources, mergeResources, noResources } from '../../contract/workflows.js';
import { describeRun, isOpen, type RunFacts, type Workflows } from '../../temporal/describe-run.js';
import { isUnanswered } from '../../temporal/grpc-errors.js';
import type { ActivityDeps } from '../deps.js';
import { reportedInHeartbeat, reportInHeartbeat } from '../heartbeats.js';
import { askInPollWindow, type Round } from '../resource/waiting.js';
import { patientQueries } from './ask-workflow.js';

/** What the cancelled operations handed over: what may be alive, and whether a lease owned it. */
export interface EndedOperations {
  readonly resources: EnvironmentResources;
  /** What runs knew that had closed before the caller began. */
  readonly former: EnvironmentResources;
  readonly wasLeased: boolean;
  /** The end of the cancelled lease. The next owner of what is left keeps it. */
  readonly lease: LeaseProgress | null;
}

export interface HandoverOrder {
  readonly name: string;
  readonly kinds: readonly OperationKind[];
  readonly by: string;
  readonly reason: string;
  /** True when what is paused in its rollback is resumed. @defaultValue false: its pause is waited for */
  readonly endsPauses?: boolean;
  /** When the caller began, RFC 3339: what had ended before is not cancelled. */
  readonly since: string;
}

/** What one run has said of what it owns, and how often it did not answer after its end. */
interface Statement {
  readonly owned: EnvironmentResources | null;
  readonly lease: LeaseProgress | null;
  readonly failed: number;
}

const silent: Statement = { owned: null, lease: null, failed: 0 };
/** A lease hands over within a fraction of a second, a rollback within minutes. */
const pace = { firstMs: 100, longestMs: 2_000 };

/** The activity that takes over what other operations of a name own. */
export function handoverActivities(deps: ActivityDeps) {
  const { workflow } = deps.temporal;

  return {
    /**
     * Cancels the open operations of these kinds and returns once all have ended, with what they know to be alive. The
     * lease comes last: it takes over what an operation keeps. What a run said before its end is kept over windows and
     * workers, and counts when it cannot answer after its end.
     */
    async cancelAndAwait(order: HandoverOrder): Promise<EndedOperations> {
      const memory = new Memory();
      return await askInPollWindow(deps, `cancelling operations of ${order.name}`, pace, async () => {
        const round = await handOver(workflow, order, memory);
        cancellationSignal().throwIfAborted();
        return round;
      });
    },
  };
}

/** What runs have said, kept in the heartbeat. */
class Memory {
  private statements: Readonly<Record<string, Statement>> = statementsOf(reportedInHeartbeat('handover'));

  of(workflowId: string): Statement {
    return this.statements[workflowId] ?? silent;
  }

  set(workflowId: string, change: Partial<Statement>): Statement {
    const statement = { ...this.of(workflowId), ...change };
    this.statements = { ...this.statements, [workflowId]: statement };
    reportInHeartbeat({ handover: this.statements });
    return statement;
  }
}

function statementsOf(told: unknown): Readonly<Record<string, Statement>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this activity's own words of an earlier try
  return typeof told === 'object' && told !== null ? (told as Record<string, Statement>) : {};
}

async function handOver(workflow: Workflows, order: HandoverOrder, memory: Memory): Promise<Round<EndedOperations>> {
  let result: EndedOperations = { resources: noResources, former: noResources, wasLeased: false, lease: null };
  for (const kind of order.kinds) {
    const workflowId = operationId(kind, order.name);
    const run = await describeRun(workflow, workflowId);
    if (run === null) continue;
    if (isOpen(run)) return await cancel(workflow, order, kind, run, memory);
    const said = await lastStatement(workflow, kind, workflowId, run, memory);
    if ('why' in said) return said;
    const { owned, lease } = said.answer;
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

/** Cancels an open run once, and ends the pause of one that is held. */
async function cancel(
  workflow: Workflows,
  { name, by, reason, endsPauses }: HandoverOrder,
  kind: OperationKind,
  run: NonNullable<Awaited<ReturnType<typeof describeRun>>>,
  memory: Memory,
): Promise<Round<never>> {
  const workflowId = operationId(kind, name);
  const handle = workflow.getHandle(workflowId);
  if (run.raw?.workflowExtendedInfo?.cancelRequested !== true) {
    await ignoreEnded(() => handle.signal(announceCancelSignal, { cause: 'teardown', by, reason }));
    await ignoreEnded(() => handle.cancel());
  } else if (run.phase === 'Paused' && endsPauses === true) {
    // A cancel ends a pause that was there before it; one that holds the rollback would hold the caller too. The run itself
    // is asked, so that one without a worker does not get a signal at every look.
    const told = await handle.query<Progress>(progressQuery.name).catch(ignoreUnanswered);
    if (told?.phase === 'Paused') await ignoreEnded(() => handle.signal(resumeSignal, { by, reason }));
  }
  // Whoever has cancelled it: another activity, such as the one that a `tryNow` has ended, leaves no memory.
  if (memory.of(workflowId).owned === null)
    await recordStatement(workflow, kind, workflowId, memory).catch(ignoreUnanswered);
  return { why: `${workflowId} is ending` };
}

/** What a closed run says it owns; after too many failed queries, what it said before, and that more may exist. */
async function lastStatement(
  workflow: Workflows,
  kind: OperationKind,
  workflowId: string,
  run: RunFacts,
  memory: Memory,
): Promise<Round<Statement>> {
  try {
    return { answer: await recordStatement(workflow, kind, workflowId, memory) };
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

async function recordStatement(
  workflow: Workflows,
  kind: OperationKind,
  workflowId: string,
  memory: Memory,
): Promise<Statement> {
  const handle = workflow.getHandle(workflowId);
  const owned = await handle.query<EnvironmentResources>(ownedQuery.name);
  const lease = kind === 'lease' ? (await handle.query<Progress>(progressQuery.name)).lease : null;
  return memory.set(workflowId, { owned, lease });
}

/** From 1 s to 30 s: ten of them give a worker that restarts two minutes. */
function queryPause(failed: number): number {
  return Math.min(1_000 * 1.5 ** (failed - 1), 30_000);
}

/** What an open run does not answer is asked again after its end. */
function ignoreUnanswered(error: unknown): null {
  if (error instanceof WorkflowNotFoundError || isUnanswered(error)) return null;
  throw error;
}

/** False when there is no open run to tell. */
export async function ignoreEnded(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    return false;
  }
}
