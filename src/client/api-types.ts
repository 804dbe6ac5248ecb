import type { Progress } from '../contract/progress.js';

/** Who gives a command, and why. Longer texts throw InvalidCommandError, and nothing is sent. */
export interface CommandOptions {
  /** At most 1,000 characters. */
  readonly reason: string;
  /** At most 100 characters. @defaultValue the actor of the connection */
  readonly by?: string;
  /** At most 100 characters. A command that is repeated with its key takes effect once. */
  readonly key?: string;
}

/** How a teardown treats the jobs on the pool. Without either option it ends `Busy` while there are some. */
export interface TeardownOptions extends CommandOptions {
  /** How long to wait for the jobs, such as `2h`, before anything is cancelled or deleted. */
  readonly drain?: string;
  /** Deletes the pool under its jobs, after the drain if there is one. @defaultValue false */
  readonly withJobs?: boolean;
}

/** A change of one resource. */
export interface ChangeOptions extends CommandOptions {
  /**
   * Only for `renew`: how long the notebook runs from now, such as `4h`: 1h to 72h. @defaultValue what the spec and the
   * lease allow
   */
  readonly duration?: string;
}

/** Either how much later the lease ends, such as `4h`, or the earliest end (RFC 3339 with a zone). */
export type ExtendOptions = { readonly duration: string } | { readonly until: string | Date };

/** A command to an operation that awaits an operator. */
export interface ResolveOptions extends CommandOptions {
  /** Changes of the spec for `retry`, by path, such as `{"pool.count": 2}`. At most 64 KiB as JSON. */
  readonly changes?: Readonly<Record<string, unknown>>;
}

/** One started workflow. */
export interface OperationHandle {
  readonly workflowId: string;
  readonly runId: string;
}

export interface Created {
  readonly handle: OperationHandle;
  /** True when an open operation with the same spec was joined. */
  readonly joined: boolean;
  /** The last progress when the call waited for the end, else null. */
  readonly progress: Progress | null;
}

export interface CreateOptions {
  /** Who starts it; kept in the memo of the workflow. @defaultValue the actor of the connection */
  readonly by?: string;
  /** Waits for the end; throws OperationFailedError when the goal was not reached. @defaultValue false */
  readonly wait?: boolean;
  /** Aborts the wait, never the operation. */
  readonly signal?: AbortSignal;
}
