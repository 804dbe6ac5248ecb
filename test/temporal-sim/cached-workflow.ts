import type { Payload } from '@temporalio/common';
import type { NextRun, ServerInternals } from './internals.js';
import { nameOfCommand, nameOfJob } from './naming.js';
import { type Command, canonical, errorOf, type Failure, type Job, timestamp } from './protocol.js';
import { hashText } from './random.js';
import type { VirtualWorker } from './virtual-worker.js';
import type { WorkflowInstance } from './workflow-sandbox.js';

/** One recorded activation, kept for replay. */
export interface RecordedActivation {
  readonly at: number;
  readonly jobs: readonly Job[];
  readonly commands: readonly Command[];
  readonly historyLength: number;
  readonly continueAsNewSuggested: boolean;
  /** The SDK flags that the activation used. Replay must use the same. */
  readonly flags: readonly number[];
}

/** What a run knows about itself. */
export interface RunIdentity extends NextRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly firstRunId: string;
  readonly continuedFrom: string | undefined;
}

/** A failed workflow task. A real server retries it forever. Here it fails the test. */
export class WorkflowTaskError extends Error {}

/** A replay that did not produce the recorded commands. */
export class NondeterminismError extends Error {}

/** The instance of a run in a worker's cache. If it is not in the cache of the worker, it is created and replayed. */
export class CachedWorkflow {
  /** The worker whose cache last held the run. */
  cachedBy: VirtualWorker | null = null;
  readonly history: RecordedActivation[] = [];
  readonly patches: string[] = [];
  private instance: WorkflowInstance | null = null;

  constructor(
    private readonly server: ServerInternals,
    private readonly identity: RunIdentity,
    private readonly startedAt: number,
  ) {}

  /** The live instance in this worker's cache, created and replayed if it is not there. */
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
          `${this.identity.workflowId}: activation ${number} (${record.jobs.map(nameOfJob).join(', ')}) produced [${expected}], and in replay [${given}]`,
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

  /** Queries the run, open or closed, cached or not. */
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
    return { failure: response?.failed ?? { message: `query ${name} got no response` } };
  }

  /** Drops the instance, as a cache eviction or the death of its worker does. */
  async evict(): Promise<void> {
    await this.instance?.dispose();
    this.instance = null;
  }

  /** Replays the whole run in a new instance. Throws if it is not deterministic. */
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
