import type { Payload } from '@temporalio/common';
import type { NextRun, ServerInternals } from './internals.js';
import { nameOfCommand, nameOfJob } from './naming.js';
import { type Command, canonical, errorOf, type Failure, type Job, timestamp } from './protocol.js';
import { hashText } from './random.js';
import type { VirtualWorker } from './virtual-worker.js';
import type { WorkflowInstance } from './workflow-sandbox.js';

/** One activation as it happened, kept for replay. */
export interface RecordedActivation {
  readonly at: number;
  readonly jobs: readonly Job[];
  readonly commands: readonly Command[];
  readonly historyLength: number;
  readonly continueAsNewSuggested: boolean;
  /** What the SDK says that it relied on; replay must say so too. */
  readonly flags: readonly number[];
}

/** What a run is told of itself. */
export interface RunIdentity extends NextRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly firstRunId: string;
  readonly continuedFrom: string | undefined;
}

/** A workflow task that failed: on a real server it would be tried for ever, here it ends the test. */
export class WorkflowTaskError extends Error {}

/** A replay that did not give the recorded commands. */
export class NondeterminismError extends Error {}

/** A run's code in a worker's cache: made anew and replayed wherever it is needed and not there. */
export class CachedWorkflow {
  /** The worker that has, or had, the run in its cache. */
  cachedBy: VirtualWorker | null = null;
  readonly history: RecordedActivation[] = [];
  readonly patches: string[] = [];
  private instance: WorkflowInstance | null = null;

  constructor(
    private readonly server: ServerInternals,
    private readonly identity: RunIdentity,
    private readonly startedAt: number,
  ) {}

  /** The live instance; one that is not in the worker's cache is made anew and replayed. */
  async on(worker: VirtualWorker): Promise<WorkflowInstance> {
    if (this.instance !== null && this.cachedBy === worker && worker.alive) return this.instance;
    await this.evict();
    this.instance = await this.makeInstance();
    this.cachedBy = worker;
    await this.replayOn(this.instance);
    return this.instance;
  }

  private makeInstance(): Promise<WorkflowInstance> {
    return this.server.createInstance({
      ...this.identity,
      taskQueue: this.server.taskQueue,
      startedAt: this.startedAt,
      seed: hashText(this.identity.runId),
    });
  }

  private async replayOn(instance: WorkflowInstance): Promise<void> {
    let number = 0;
    for (const record of this.history) {
      number += 1;
      const { commands } = await this.play(instance, record, true);
      if (commands.length !== record.commands.length || canonical(commands) !== canonical(record.commands)) {
        const expected = record.commands.map(nameOfCommand).join(', ');
        const given = commands.map(nameOfCommand).join(', ');
        throw new NondeterminismError(
          `${this.identity.workflowId}: activation ${number} (${record.jobs.map(nameOfJob).join(', ')}) gave [${expected}] and in replay [${given}]`,
        );
      }
    }
  }

  async play(
    instance: WorkflowInstance,
    record: Omit<RecordedActivation, 'commands'>,
    isReplaying: boolean,
  ): Promise<{ commands: Command[]; flags: number[] }> {
    const jobs = isReplaying
      ? record.jobs.map((job) => (job.doUpdate ? { doUpdate: { ...job.doUpdate, runValidator: false } } : job))
      : record.jobs;
    const isFirst = record.jobs.some(({ initializeWorkflow }) => initializeWorkflow);
    const patches = isReplaying && isFirst ? this.patches.map((patchId) => ({ notifyHasPatch: { patchId } })) : [];
    const { successful, failed } = await instance.activate({
      runId: this.identity.runId,
      timestamp: timestamp(record.at),
      jobs: [...jobs.slice(0, 1), ...patches, ...jobs.slice(1)],
      isReplaying,
      historyLength: record.historyLength,
      continueAsNewSuggested: record.continueAsNewSuggested,
      availableInternalFlags: [...record.flags],
    });
    if (failed) {
      const cause = errorOf(failed.failure);
      throw new WorkflowTaskError(
        `${this.identity.workflowId}: a workflow task failed: ${cause.message}\n${cause.stack}`,
      );
    }
    return { commands: successful?.commands ?? [], flags: successful?.usedInternalFlags ?? [] };
  }

  /** Asks the run; also a closed one, and one that is in no cache. */
  async query(
    worker: VirtualWorker,
    name: string,
    args: Payload[],
  ): Promise<{ answer: Payload | null } | { failure: Failure }> {
    const instance = await this.on(worker);
    const queryWorkflow = { queryId: 'query', queryType: name, arguments: args, headers: {} };
    const { successful, failed } = await instance.activate({ runId: this.identity.runId, jobs: [{ queryWorkflow }] });
    if (failed) return { failure: failed.failure ?? {} };
    const response = successful?.commands?.find(({ respondToQuery }) => respondToQuery)?.respondToQuery;
    if (response?.succeeded) return { answer: response.succeeded.response ?? null };
    return { failure: response?.failed ?? { message: `query ${name} was not answered` } };
  }

  /** Drops the instance, as a cache eviction or its worker's death does. */
  async evict(): Promise<void> {
    await this.instance?.dispose();
    this.instance = null;
  }

  /** Replays the whole run in a new instance; throws when it is not deterministic. */
  async verifyReplay(): Promise<void> {
    await this.evict();
    const instance = await this.makeInstance();
    try {
      await this.replayOn(instance);
    } finally {
      await instance.dispose();
    }
  }
}
