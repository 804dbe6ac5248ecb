import type { HttpProxy } from '../config.js';
import type { Progress } from '../contract/progress.js';
import { describeDifferences, type SpecDifference } from '../spec/difference.js';
import { describeProblems, type LocatedProblem, type SpecProblem } from '../spec/problem.js';

/** Any failure that this library reports in its own words: what failed, on what, and in `hint` what to do next. */
export class OperationsError extends Error {
  override readonly name: string = 'OperationsError';
  readonly hint: string | null;

  constructor(message: string, options: { readonly hint?: string | null; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.hint = options.hint ?? null;
  }
}

/** The document, or a change of it, does not make a valid spec; every problem is listed, and nothing was done. */
export class InvalidSpecError extends OperationsError {
  override readonly name = 'InvalidSpecError';

  constructor(
    readonly problems: readonly (SpecProblem | LocatedProblem)[],
    options: { readonly hint?: string | null; readonly outcome?: string } = {},
  ) {
    const outcome = options.outcome ?? 'the spec is not valid, nothing was started';
    super(`${outcome}:\n${describeProblems(problems)}`, options);
  }
}

/** A command that no operation takes, such as one with too long a reason; nothing was sent. */
export class InvalidCommandError extends OperationsError {
  override readonly name = 'InvalidCommandError';
}

/** A schedule that cannot be made as it was asked for; nothing was sent, or Temporal did not take it. */
export class InvalidScheduleError extends OperationsError {
  override readonly name = 'InvalidScheduleError';
}

/** Temporal does not understand a query for operations. */
export class InvalidQueryError extends OperationsError {
  override readonly name = 'InvalidQueryError';
}

/** The name is in use with another spec. */
export class SpecConflictError extends OperationsError {
  override readonly name = 'SpecConflictError';

  constructor(
    readonly environment: string,
    readonly workflowId: string,
    readonly differences: readonly SpecDifference[],
  ) {
    const shown = differences.length === 0 ? 'its spec is not the one asked for' : describeDifferences(differences);
    super(`${environment} exists with another spec (${workflowId}):\n${shown}`, {
      hint: `Give the new environment another name, or remove this one first: \`maops env teardown ${environment}\`.`,
    });
  }
}

/** The operation was there and said no, or the moment does not fit. */
export class OperationRefusedError extends OperationsError {
  override readonly name: string = 'OperationRefusedError';
}

/** What is to be deleted carries `maops:keep`; nothing was sent. */
export class ProtectedError extends OperationRefusedError {
  override readonly name = 'ProtectedError';
  readonly type = 'Protected';
}

/** The operation ended without reaching its goal; `progress` says where and why. */
export class OperationFailedError extends OperationsError {
  override readonly name = 'OperationFailedError';

  constructor(readonly progress: Progress) {
    super(`${progress.workflowId} ended ${progress.phase}: ${progress.why}`, { hint: progress.failure?.hint ?? null });
  }
}

/** No operation of that name is known to Temporal, open or closed. */
export class OperationNotFoundError extends OperationsError {
  override readonly name = 'OperationNotFoundError';
}

/** Temporal could not be reached, or did not answer in time. */
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
        'Is it up, and is TEMPORAL_ADDRESS the one in use? See docs/runbooks/temporal-down.md. To try things out, `maops dev` starts one.',
      cause,
    });
  }
}

/**
 * Temporal answers, but no worker took up what only a worker can answer. A command that was sent is not lost: it counts
 * when a worker comes back.
 */
export class WorkerUnreachableError extends OperationsError {
  override readonly name = 'WorkerUnreachableError';

  constructor(
    readonly taskQueue: string,
    cause?: unknown,
    /** The command that was sent. */
    sent: string | null = null,
  ) {
    const silence = `no worker answers on task queue ${taskQueue}`;
    super(sent === null ? silence : `${silence}; ${sent} was sent, and counts when one does`, {
      hint:
        sent === null ? 'Start one with `maops worker`.' : 'Start one with `maops worker`; then look what came of it.',
      cause,
    });
  }
}

/** Something that Temporal keeps is encrypted with a key that is not set here. */
export class UnreadableError extends OperationsError {
  override readonly name = 'UnreadableError';

  constructor(subject: string, cause: Error) {
    super(`${subject}: ${cause.message}`, {
      hint: 'Set MAOPS_CODEC_KEYS to the keys that the workers have; retired ones stay in the list until their runs are gone.',
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
