import type { Progress } from '../contract/progress.js';

/** Who gives a command, and why; `by` defaults to the actor that the connection was made for. */
export interface CommandOptions {
  /** At most 1,000 characters. */
  readonly reason: string;
  /** At most 100 characters. */
  readonly by?: string;
  /** At most 100 characters: a command that is given again with its key counts once. Nothing but commands to an operation has one. */
  readonly key?: string;
}

/** Either how much later the lease ends, or when it ends at the earliest (RFC 3339 with a zone). */
export type ExtendOptions = { readonly duration: string } | { readonly until: string | Date };

/** What a resolution says besides its verb; `step` and `attempt` default to those of the failed step as it stands. */
export interface ResolveOptions extends CommandOptions {
  readonly changes?: Readonly<Record<string, unknown>>;
}

/** Names one started workflow. */
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
  /** Who starts it; kept in the workflow's memo. @defaultValue the actor of the connection */
  readonly by?: string;
  /** Waits for the end; throws OperationFailedError when the goal was not reached. @defaultValue false */
  readonly wait?: boolean;
  /** Ends the wait, never the operation. */
  readonly signal?: AbortSignal;
}
