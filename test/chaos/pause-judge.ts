import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { WorkflowRun } from '../temporal-sim/workflow-run.js';
import { chainsOf } from './cancel-judge.js';

/**
 * What no workflow may send while it is paused. A renewal keeps a notebook from stopping, and a pause does not forbid
 * it.
 */
const commands = [
  'createPool',
  'createNotebook',
  'createCurrentNotebook',
  'startNotebook',
  'stopNotebook',
  'dequeueNotebook',
  'deleteNotebook',
  'startCurrentNotebook',
  'stopCurrentNotebook',
  'deleteCurrentNotebook',
  'deletePool',
];
/** A try that the server had handed to a worker before the pause may begin this much later. */
const underWayMs = 60_000;

interface ActivityAttempt {
  readonly workflowId: string;
  readonly type: string;
  readonly at: number;
}

/** What the judge reads of a run. */
export interface PausableRun {
  readonly workflowId: string;
  readonly closedAt: number | null;
  readonly identity: Pick<WorkflowRun['identity'], 'firstRunId'>;
  readonly cached: { readonly history: readonly Happening[] };
}

type Happening = Pick<WorkflowRun['cached']['history'][number], 'at' | 'jobs' | 'commands'>;

/** Judges that a pause holds creates, stops and deletes, before a cancel as well as after it. */
export class PauseJudge {
  private readonly attempts: ActivityAttempt[] = [];

  /** Notes when a try of an activity begins. */
  recorder(now: () => number): ActivityInterceptorsFactory {
    return ({ info }) => ({
      inbound: {
        execute: async (input, next) => {
          this.note(info.workflowExecution?.workflowId ?? '', info.activityType, now());
          return await next(input);
        },
      },
    });
  }

  note(workflowId: string, type: string, at: number): void {
    if (commands.includes(type)) this.attempts.push({ workflowId, type, at });
  }

  judge(runs: readonly PausableRun[]): string[] {
    return chainsOf(runs).flatMap((chain) => {
      const { pauses, decided } = readChain(chain);
      const workflowId = chain[0]?.workflowId ?? '';
      const late = this.attempts
        .filter((attempt) => attempt.workflowId === workflowId)
        .filter(({ at }) => pauses.some(({ from, to }) => at > from + underWayMs && at < to))
        .map(({ type, at }) => `${workflowId} was paused, and a try of ${type} began at ${new Date(at).toISOString()}`);
      return [...decided.map((type) => `${workflowId} was paused and scheduled ${type}`), ...late];
    });
  }
}

/** The pauses of an execution, over continue-as-new, and what it scheduled in them. */
function readChain(chain: readonly PausableRun[]) {
  const pauses: { readonly from: number; readonly to: number }[] = [];
  const decided: string[] = [];
  const isTeardown = chain[0]?.workflowId.startsWith('teardown/') === true;
  let from: number | null = null;
  let isCancelled = false;
  const resume = (to: number) => {
    if (from !== null) pauses.push({ from, to });
    from = null;
  };
  for (const { at, jobs, commands: sent } of chain.flatMap(({ cached }) => cached.history)) {
    for (const { signalWorkflow } of jobs) {
      if (signalWorkflow?.signalName === 'pause') from ??= at;
      if (signalWorkflow?.signalName === 'resume') resume(at);
    }
    // The first cancel ends a pause that came before it. A teardown refuses it.
    if (!isCancelled && !isTeardown && jobs.some(({ cancelWorkflow }) => cancelWorkflow)) {
      isCancelled = true;
      resume(at);
    }
    if (from !== null)
      decided.push(
        ...sent
          .map(({ scheduleActivity }) => scheduleActivity?.activityType ?? '')
          .filter((type) => commands.includes(type)),
      );
  }
  resume(chain.at(-1)?.closedAt ?? Number.POSITIVE_INFINITY);
  return { pauses, decided };
}
