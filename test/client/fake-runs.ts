import type { QueryDefinition, SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { OperationsDeps } from '../../src/client/deps.js';
import { OperationRefusedError, WorkerUnreachableError } from '../../src/client/errors.js';
import { realPacer } from '../../src/client/follow.js';
import { createOperations, type Operations } from '../../src/client/operations.js';
import type { HistoryEvent } from '../../src/client/temporal/history-event.js';
import type { Run, RunOutcome, Runs } from '../../src/client/temporal/run.js';
import { blankProgress, type Progress } from '../../src/contract/progress.js';
import type { RunStart } from '../../src/temporal/start-options.js';

/** A run of the fake: the state in Temporal and the responses of a worker. */
export interface FakeRun extends Run {
  readonly argument: unknown;
  readonly answers: Readonly<Record<string, unknown>>;
  readonly outcome: RunOutcome | null;
}

const start = new Date('2026-03-01T10:00:00Z');

export function makeRun(workflowId: string, change: Partial<FakeRun> = {}): FakeRun {
  return {
    workflowId,
    runId: `run of ${workflowId}`,
    type: 'provisionPoolThenLaunchNotebook',
    status: 'RUNNING',
    startedAt: start,
    closedAt: null,
    memo: {},
    phase: 'AwaitingPool',
    environment: workflowId.slice(workflowId.indexOf('/') + 1),
    poolId: null,
    leaseEndsAt: null,
    pending: [],
    argument: null,
    answers: {},
    outcome: null,
    ...change,
  };
}

export function makeProgress(change: Partial<Progress> = {}): Progress {
  const blank = blankProgress({
    name: 'team-a',
    operation: 'provisionPoolThenLaunchNotebook',
    workflowId: 'env/team-a',
    runId: 'run of env/team-a',
    phase: 'AwaitingPool',
    phaseSince: '2026-03-01T10:00:10.000Z',
    startedAt: '2026-03-01T10:00:00.000Z',
  });
  return {
    ...blank,
    percent: 45,
    why: 'pool team-a: 3 of 8 nodes available, 5 creating; scope Notebook Enabling',
    steps: [
      { name: 'validate', state: 'done', startedAt: '2026-03-01T10:00:00.000Z', attempt: 1 },
      { name: 'pool', state: 'running', startedAt: '2026-03-01T10:00:02.000Z', attempt: 1 },
      { name: 'notebook', state: 'pending' },
    ],
    pool: {
      id: 'team-a-0123456789abcdef0123456789abcdef',
      phase: 'Creating',
      nodes: { wanted: 8, available: 3, creating: 5, abnormal: 0 },
      scopes: { Notebook: 'Enabling' },
      driver: null,
      flavors: { 'modelarts.vm.cpu.8u': 8 },
      protected: false,
      observedAt: '2026-03-01T10:00:30.000Z',
    },
    ...change,
  };
}

/** Why a run without capacity has failed. */
export const soldOut = {
  step: 'pool',
  type: 'SoldOut',
  message: 'no capacity',
  errorCode: null,
  requestId: null,
  hint: 'Try another flavor: `maops flavor list`.',
} as const;

/** A Temporal in memory: the newest run of each id, and a record of what was sent. */
export class FakeRuns implements Runs {
  readonly sent: {
    readonly kind: 'start' | 'signal' | 'update' | 'cancel';
    readonly workflowId: string;
    readonly name?: string;
    readonly argument?: unknown;
  }[] = [];
  /** Ids of the updates that were sent. */
  readonly updateIds: (string | undefined)[] = [];
  readonly runs = new Map<string, FakeRun>();
  /** Histories by run id. */
  readonly histories = new Map<string, readonly HistoryEvent[]>();
  /** Queries that were listed with. */
  readonly queries: string[] = [];

  constructor(...runs: readonly FakeRun[]) {
    for (const run of runs) this.runs.set(run.workflowId, run);
  }

  async describe(workflowId: string): Promise<Run | null> {
    return this.runs.get(workflowId) ?? null;
  }

  async start(request: RunStart): Promise<{ readonly runId: string }> {
    const open = this.runs.get(request.workflowId);
    if (open?.status === 'RUNNING') return { runId: open.runId };
    this.sent.push({ kind: 'start', workflowId: request.workflowId, argument: request.argument });
    const run = makeRun(request.workflowId, {
      type: request.type,
      memo: request.memo,
      argument: request.argument,
      runId: 'a new run',
    });
    this.runs.set(request.workflowId, run);
    return { runId: run.runId };
  }

  async signalWithStart<Argument>(request: RunStart, signal: SignalDefinition<[Argument]>, argument: Argument) {
    const started = await this.start(request);
    await this.signal(request.workflowId, signal, argument);
    return started;
  }

  async query<Result>(workflowId: string, _runId: string, { name }: QueryDefinition<Result>): Promise<Result> {
    const run = this.runs.get(workflowId);
    if (run === undefined || !(name in run.answers)) throw new WorkerUnreachableError('modelarts-ops');
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the fake returns what the test put in.
    return run.answers[name] as Result;
  }

  async signal(workflowId: string, { name }: Pick<SignalDefinition, 'name'>, argument: unknown): Promise<void> {
    this.sent.push({ kind: 'signal', workflowId, name, argument });
  }

  async update<Result, Argument>(
    workflowId: string,
    { name }: UpdateDefinition<Result, [Argument]>,
    argument: Argument,
    id?: string,
  ): Promise<Result> {
    this.updateIds.push(id);
    this.sent.push({ kind: 'update', workflowId, name, argument });
    const answer = this.runs.get(workflowId)?.answers[name];
    if (answer === undefined) throw new OperationRefusedError(`${workflowId}: nothing waits for it`);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the fake returns what the test put in.
    return answer as Result;
  }

  async cancel(workflowId: string): Promise<void> {
    this.sent.push({ kind: 'cancel', workflowId });
  }

  async awaitEnd(): Promise<void> {}

  async argument(workflowId: string): Promise<unknown> {
    return this.runs.get(workflowId)?.argument;
  }

  async outcome(workflowId: string): Promise<RunOutcome | null> {
    return this.runs.get(workflowId)?.outcome ?? null;
  }

  async *list(query: string): AsyncIterable<Run> {
    this.queries.push(query);
    yield* this.runs.values();
  }

  /** The results of an activity in the histories of runs, by run id. */
  readonly results = new Map<string, readonly unknown[]>();

  async recorded(_workflowId: string, runId: string): Promise<readonly unknown[]> {
    return this.results.get(runId) ?? [];
  }

  async history(_workflowId: string, runId: string): Promise<readonly HistoryEvent[]> {
    return this.histories.get(runId) ?? [];
  }
}

/** The library on given runs, which it leaves open. */
export function libraryOn(runs: Runs, change: Partial<OperationsDeps> = {}): Operations {
  const deps = { runs, actor: 'ops', pacer: realPacer, newId: () => 'call', planRemoval: async () => null, ...change };
  return createOperations(deps, async () => {});
}
