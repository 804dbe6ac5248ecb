import type { HttpProxy } from '../config.js';
import type { Progress } from '../contract/progress.js';
import { describeDifferences, type SpecDifference } from '../spec/difference.js';
import { describeProblems, type LocatedProblem, type SpecProblem } from '../spec/problem.js';

/**
 * The base class of all errors of this library. The message says what failed, on what and why; `hint` says what to do
 * next.
 */
export class OperationsError extends Error {
  override readonly name: string = 'OperationsError';
  readonly hint: string | null;

  constructor(message: string, options: { readonly hint?: string | null; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.hint = options.hint ?? null;
  }
}

/** The spec or a change of it is not valid. `problems` lists everything that is wrong; nothing was sent. */
export class InvalidSpecError extends OperationsError {
  override readonly name = 'InvalidSpecError';

  constructor(
    readonly problems: readonly (SpecProblem | LocatedProblem)[],
    options: { readonly hint?: string | null; readonly outcome?: string } = {},
  ) {
    const outcome = options.outcome ?? 'the spec is not valid; nothing was started';
    super(`${outcome}:\n${describeProblems(problems)}`, options);
  }
}

/** A command that no operation accepts, for example with too long a reason; nothing was sent. */
export class InvalidCommandError extends OperationsError {
  override readonly name = 'InvalidCommandError';
}

/** A schedule that is not valid or that Temporal did not accept; nothing was created. */
export class InvalidScheduleError extends OperationsError {
  override readonly name = 'InvalidScheduleError';
}

/** A query for operations that Temporal does not accept. */
export class InvalidQueryError extends OperationsError {
  override readonly name = 'InvalidQueryError';
}

/** The name is in use with another spec; `differences` lists what differs. */
export class SpecConflictError extends OperationsError {
  override readonly name = 'SpecConflictError';

  constructor(
    readonly environment: string,
    readonly workflowId: string,
    readonly differences: readonly SpecDifference[],
  ) {
    const shown = differences.length === 0 ? 'the specs differ' : describeDifferences(differences);
    super(`${environment} already exists with another spec (${workflowId}):\n${shown}`, {
      hint: `Choose another name, or run \`maops env teardown ${environment}\` first.`,
    });
  }
}

/** The operation refused the command, or its state does not allow it. */
export class OperationRefusedError extends OperationsError {
  override readonly name: string = 'OperationRefusedError';
}

/** A resource to delete carries `maops:keep`; nothing was sent. */
export class ProtectedError extends OperationRefusedError {
  override readonly name = 'ProtectedError';
  readonly type = 'Protected';
}

/** The operation ended without reaching its goal; `progress` has the phase and the failure. */
export class OperationFailedError extends OperationsError {
  override readonly name = 'OperationFailedError';

  constructor(readonly progress: Progress) {
    super(`${progress.workflowId} ended ${progress.phase}: ${progress.why}`, { hint: progress.failure?.hint ?? null });
  }
}

/** Temporal has no operation or schedule of that name, open or closed. */
export class OperationNotFoundError extends OperationsError {
  override readonly name = 'OperationNotFoundError';
}

/** Temporal could not be reached, or did not respond in time. */
export class ServerUnreachableError extends OperationsError {
  override readonly name = 'ServerUnreachableError';

  constructor(
    readonly address: string,
    cause?: unknown,
    known: { readonly proxy?: HttpProxy | null | undefined; readonly hint?: string | null | undefined } = {},
  ) {
    const { proxy = null, hint = null } = known;
    const way = proxy === null ? '' : ` through the proxy ${proxy.address} (${proxy.variable})`;
    super(`cannot reach Temporal at ${address}${way}${causeOf(cause)}`, {
      hint:
        hint ??
        'Check that it is running and that TEMPORAL_ADDRESS is correct (docs/runbooks/temporal-down.md). For a local server, run `maops dev`.',
      cause,
    });
  }
}

/** Temporal is available, but no worker responded. A command that was sent takes effect when a worker is available. */
export class WorkerUnreachableError extends OperationsError {
  override readonly name = 'WorkerUnreachableError';

  constructor(
    readonly taskQueue: string,
    cause?: unknown,
    /** The command that was sent, if any. */
    sent: string | null = null,
  ) {
    const effect = sent === null ? '' : `; ${sent} was sent and takes effect when a worker is available`;
    super(`no worker is responding on task queue ${taskQueue}${effect}`, {
      hint: 'Start one with `maops worker`.',
      cause,
    });
  }
}

/** Data in Temporal is encrypted with a key that this process does not have. */
export class UnreadableError extends OperationsError {
  override readonly name = 'UnreadableError';

  constructor(subject: string, cause: Error) {
    super(`${subject}: ${cause.message}`, {
      hint: 'Set MAOPS_CODEC_KEYS to the keys of the workers. Keep retired keys until Temporal no longer has runs that use them.',
      cause,
    });
  }
}

/** Temporal refused the credentials. */
export class NotAuthorizedError extends OperationsError {
  override readonly name = 'NotAuthorizedError';
}

function causeOf(cause: unknown): string {
  if (!(cause instanceof Error) || cause.message === '') return '';
  return `: ${cause.message.split('\n', 1)[0]}`;
}
