import { randomBytes } from 'node:crypto';
import type { WorkflowHandle, WorkflowStartOptions } from '@temporalio/client';
import { factsOf, type Target } from './target.js';

/** One run on the server under test. `observe` returns what must be the same on every server. */
export interface Scenario {
  readonly name: string;
  readonly observe: (scene: Scene) => Promise<unknown>;
  readonly expected: unknown;
}

/** What a scenario works with: a workflow id of its own, and short ways to do things on the server. */
export class Scene {
  readonly id = `conformance-${randomBytes(6).toString('hex')}`;

  constructor(readonly target: Target) {}

  get handle(): WorkflowHandle {
    return this.target.client.workflow.getHandle(this.id);
  }

  during<T>(promise: Promise<T>): Promise<T> {
    return this.target.during(promise);
  }

  options(args: readonly unknown[], extra: Partial<WorkflowStartOptions> = {}) {
    return { ...extra, workflowId: this.id, taskQueue: this.target.taskQueue, args: [...args] } as never;
  }

  async start(type: string, args: readonly unknown[] = [], extra: Partial<WorkflowStartOptions> = {}) {
    return await this.during(this.target.client.workflow.start(type, this.options(args, extra)));
  }

  /** `started`, or the facts of the refusal. */
  async tryStart(type: string, args: readonly unknown[] = [], extra: Partial<WorkflowStartOptions> = {}) {
    const started = this.target.client.workflow.start(type, this.options(args, extra));
    return await this.outcome(started.then(() => 'started'));
  }

  /** The value of a promise, or the facts of its error. */
  async outcome(promise: Promise<unknown>): Promise<unknown> {
    return await this.during(promise).then(
      (value) => value ?? null,
      (error: unknown) => factsOf(error),
    );
  }

  /** The result of the workflow, or the facts of its failure. */
  async result(): Promise<unknown> {
    return await this.outcome(this.handle.result());
  }

  async run(type: string, args: readonly unknown[] = []): Promise<unknown> {
    await this.start(type, args);
    return await this.result();
  }

  async signal(name: string, ...args: unknown[]): Promise<void> {
    await this.during(this.handle.signal(name, ...args));
  }

  async query(name: string): Promise<unknown> {
    return await this.outcome(this.handle.query(name));
  }

  async update(name: string, args: readonly unknown[] = [], updateId?: string): Promise<unknown> {
    const id = updateId === undefined ? {} : { updateId };
    return await this.outcome(this.handle.executeUpdate(name, { args: args as [], ...id }));
  }

  async status(): Promise<string> {
    return (await this.during(this.handle.describe())).status.name;
  }

  /** Its attempts so far. */
  get attempts() {
    return this.target.attempts.filter(({ workflowId }) => workflowId === this.id);
  }

  async untilAttempt(number: number): Promise<void> {
    await this.target.until(`attempt ${number}`, () => this.attempts.length >= number);
  }

  /** The times between attempts, as `duration` compares them. */
  gaps(...expected: number[]): number[] {
    const at = this.attempts.map((attempt) => attempt.at);
    return at.slice(1).map((moment, index) => this.target.duration(moment - at[index]!, expected[index] ?? 0));
  }
}
