import type { RunStatus } from './closing.js';
import { nameOfCommand, nameOfJob } from './naming.js';
import type { HistoryLine, RunUntil, SimOptions } from './options.js';
import { decoded } from './protocol.js';
import { historySize } from './recorded-events.js';
import { VirtualServer } from './virtual-server.js';
import { searchAttributesOf } from './visibility.js';
import { workflowSandbox } from './workflow-bundle.js';
import type { WorkflowRun } from './workflow-run.js';

/** The virtual-time Temporal server as tests use it: start, message, run, inspect and verify workflows. */
export class TemporalSim extends VirtualServer {
  static async create(options: SimOptions): Promise<TemporalSim> {
    return new TemporalSim(await workflowSandbox(options.bundle), options);
  }

  async start(workflowType: string, workflowId: string, args: unknown[]): Promise<WorkflowRun> {
    await this.client.workflow.start(workflowType, { workflowId, taskQueue: this.server.taskQueue, args });
    return this.namespace.get(workflowId);
  }

  async query<T>(workflowId: string, name: string, ...args: unknown[]): Promise<T> {
    return await this.client.workflow.getHandle(workflowId).query<T, unknown[]>(name, ...args);
  }

  /** Queries a run without an event: virtual time, tasks and random numbers stay as they are. */
  async observe<T>(run: WorkflowRun, name: string): Promise<T> {
    const worker = this.workers.findLast(({ accepting }) => accepting) ?? this.workers.at(-1);
    if (worker === undefined) throw new Error('No worker has started yet.');
    const reply = await run.cached.query(worker, name, []);
    if ('failure' in reply) throw new Error(reply.failure.message ?? 'the query failed');
    return decoded(reply.answer) as T;
  }

  async signal(workflowId: string, name: string, ...args: unknown[]): Promise<void> {
    await this.client.workflow.getHandle(workflowId).signal(name, ...args);
  }

  async cancel(workflowId: string): Promise<void> {
    await this.client.workflow.getHandle(workflowId).cancel();
  }

  /** Sends an update and runs the server until it has completed. */
  async update<T>(workflowId: string, name: string, ...args: unknown[]): Promise<T> {
    return await this.during(
      this.client.workflow
        .getHandle(workflowId)
        .executeUpdate<T, [unknown, ...unknown[]]>(name, { args: args as [unknown, ...unknown[]] }),
    );
  }

  /**
   * Runs the server until the workflow has closed, across continue-as-new. Returns its result or throws its failure.
   */
  async result<T>(workflowId: string, limits: Omit<RunUntil, 'until'> = {}): Promise<T> {
    return (await this.during(this.client.workflow.getHandle(workflowId).result(), limits)) as T;
  }

  status(workflowId: string): RunStatus | null {
    return this.namespace.find(workflowId)?.status ?? null;
  }

  openWorkflows(): string[] {
    return this.namespace.runs.filter(({ isOpen }) => isOpen).map(({ workflowId }) => workflowId);
  }

  searchAttributes(workflowId: string): Record<string, unknown> {
    return searchAttributesOf(this.namespace.get(workflowId));
  }

  /** Every activation of a workflow id, across its runs. */
  history(workflowId: string): HistoryLine[] {
    return this.namespace.runs
      .filter((run) => run.workflowId === workflowId)
      .flatMap((run) =>
        run.cached.history.map(({ at, jobs, commands }) => ({
          at,
          runId: run.runId,
          jobs: jobs.map(nameOfJob),
          commands: commands.map(nameOfCommand),
        })),
      );
  }

  /** How large the history of each run of a workflow id is, in bytes of its payloads and texts. */
  historySizes(workflowId: string): { readonly bytes: number; readonly largest: number }[] {
    return this.namespace.runs.filter((run) => run.workflowId === workflowId).map(historySize);
  }

  /** Replays every run in a new instance. Throws if one is not deterministic. */
  async verifyReplays(): Promise<void> {
    for (const run of this.namespace.runs) await run.cached.verifyReplay();
  }

  /** Disposes of the sandbox instances. Without this call they leak. */
  async dispose(): Promise<void> {
    for (const worker of this.workers) worker.die();
    for (const run of this.namespace.runs) await run.cached.evict();
  }
}
