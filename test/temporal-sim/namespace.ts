import type { Payload } from '@temporalio/common';
import type { NextRun, ServerInternals } from './internals.js';
import { hashText } from './random.js';
import { WorkflowRun } from './workflow-run.js';

export type ConflictPolicy = 'FAIL' | 'USE_EXISTING' | 'TERMINATE_EXISTING';
export type ReusePolicy = 'ALLOW_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY' | 'REJECT_DUPLICATE';

export interface StartRequest {
  readonly workflowId: string;
  readonly workflowType: string;
  readonly args: readonly Payload[];
  readonly conflict?: ConflictPolicy;
  readonly reuse?: ReusePolicy;
  readonly searchAttributes?: Readonly<Record<string, Payload>>;
  readonly memo?: Readonly<Record<string, Payload>>;
}

/** A start that the workflow id policies refuse. */
export class AlreadyStarted extends Error {}
/** There is no such run, or it is closed and an open one is needed. */
export class RunNotFound extends Error {}

/** All runs by workflow id, and the workflow id policies. */
export class Namespace {
  readonly runs: WorkflowRun[] = [];
  private readonly latest = new Map<string, WorkflowRun>();

  constructor(
    private readonly server: ServerInternals,
    private readonly seed: number,
  ) {}

  start(request: StartRequest): { readonly run: WorkflowRun; readonly started: boolean } {
    const existing = this.latest.get(request.workflowId);
    if (existing !== undefined) {
      if (existing.isOpen) {
        if (request.conflict === 'USE_EXISTING') return { run: existing, started: false };
        if (request.conflict !== 'TERMINATE_EXISTING') throw new AlreadyStarted(`${request.workflowId} is running`);
        existing.terminate('replaced by a new run');
      } else if (
        request.reuse === 'REJECT_DUPLICATE' ||
        (request.reuse === 'ALLOW_DUPLICATE_FAILED_ONLY' && existing.status === 'COMPLETED')
      ) {
        throw new AlreadyStarted(`${request.workflowId} has run before`);
      }
    }
    const { workflowType, args, searchAttributes = {}, memo = {} } = request;
    const run = this.add(request.workflowId, { workflowType, args, searchAttributes, memo }, null);
    return { run, started: true };
  }

  /** Starts the run that continues this one. */
  follow(run: WorkflowRun, next: NextRun): WorkflowRun {
    return this.add(run.workflowId, next, run);
  }

  private add(workflowId: string, next: NextRun, before: WorkflowRun | null): WorkflowRun {
    const runId = this.nextRunId();
    const run = new WorkflowRun(this.server, {
      ...next,
      workflowId,
      runId,
      firstRunId: before?.identity.firstRunId ?? runId,
      continuedFrom: before?.runId,
    });
    this.runs.push(run);
    this.latest.set(workflowId, run);
    return run;
  }

  /** Looks like a UUID and depends only on the seed and the number of the run. */
  private nextRunId(): string {
    const number = this.runs.length + 1;
    const tail = (number * 0x100000000 + hashText(`${this.seed}/${number}`)).toString(16).padStart(12, '0').slice(-12);
    return `${hashText(String(this.seed)).toString(16).padStart(8, '0')}-0000-4000-8000-${tail}`;
  }

  find(workflowId: string, runId?: string | null): WorkflowRun | undefined {
    if (!runId) return this.latest.get(workflowId);
    return this.runs.find((run) => run.runId === runId && run.workflowId === workflowId);
  }

  get(workflowId: string, runId?: string | null): WorkflowRun {
    const run = this.find(workflowId, runId);
    if (run === undefined) throw new RunNotFound(`workflow not found for ID: ${workflowId}`);
    return run;
  }

  getOpen(workflowId: string, runId?: string | null): WorkflowRun {
    const run = this.get(workflowId, runId);
    if (!run.isOpen) throw new RunNotFound('workflow execution already completed');
    return run;
  }
}
