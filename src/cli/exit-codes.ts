import {
  InvalidCommandError,
  InvalidQueryError,
  InvalidScheduleError,
  InvalidSpecError,
  NotAuthorizedError,
  OperationFailedError,
  OperationsError,
} from '../client/errors.js';
import { isSuccess } from '../contract/phases.js';
import type { Progress } from '../contract/progress.js';
import { ModelArtsError } from '../modelarts/errors.js';

/** Exit codes. Scripts rely on them, so they never change (docs/cli.md). */
export const exitCodes = { done: 0, failed: 1, usage: 2, notAuthorized: 4, unfinished: 8, interrupted: 130 } as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The text of `maops help exit-codes`. */
export const exitCodesHelp = `Exit codes of every command:
  0    done
  1    the operation failed, or the command was refused
  2    invalid usage or input, such as a missing --reason; or the answer "no" at a prompt
  4    not authorised, by ModelArts or by Temporal
  8    timed out waiting; the operation is still running
  130  interrupted with Ctrl-C; the operation is still running
  141  the reader of the output went away before the work was done
`;

/** Invalid usage that only the command itself can detect. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Ends a command with an exit code and no further message. */
export class SilentExit extends Error {
  override readonly name = 'SilentExit';

  constructor(readonly code: ExitCode) {
    super(`exit ${code}`);
  }
}

/** The exit code for an ended operation. */
export function exitCodeOfEnding(progress: Progress): ExitCode {
  // A sweep that could not delete everything is `Done` with a failure.
  const isWhole = progress.phase !== 'Done' || progress.failure === null;
  if (isSuccess(progress.phase) && isWhole) return exitCodes.done;
  return progress.failure?.type === 'NotAuthorized' ? exitCodes.notAuthorized : exitCodes.failed;
}

/** Errors of the library about input that it refused before doing anything. */
const invalidInputs = [InvalidSpecError, InvalidCommandError, InvalidScheduleError, InvalidQueryError] as const;

/** Maps any error to an exit code. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof SilentExit) return error.code;
  if (error instanceof UsageError || isConfigError(error)) return exitCodes.usage;
  if (invalidInputs.some((kind) => error instanceof kind)) return exitCodes.usage;
  if (error instanceof NotAuthorizedError) return exitCodes.notAuthorized;
  if (error instanceof OperationFailedError) return exitCodeOfEnding(error.progress);
  if (error instanceof ModelArtsError && (error.kind === 'auth' || error.kind === 'permission'))
    return exitCodes.notAuthorized;
  return exitCodes.failed;
}

/** Describes an error for people: what failed, on what, and what to do next. The stack only with `--debug`. */
export function describeError(error: unknown, debug: boolean): string {
  if (error instanceof SilentExit) return '';
  const lines = [`maops: ${messageOf(error)}`];
  const hint = hintOf(error);
  if (hint !== null) lines.push(`  ${hint}`);
  if (debug && error instanceof Error) lines.push(...stacksOf(error));
  else if (isUnexpected(error))
    lines.push('  This is an unexpected error. Run the command again with --debug for the stack trace.');
  return `${lines.join('\n')}\n`;
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof ModelArtsError)) return error.message;
  const { message, errorCode, requestId } = error;
  const missing = [
    errorCode === null || message.includes(errorCode) ? null : errorCode,
    requestId === null || message.includes(requestId) ? null : `request ${requestId}`,
  ].filter((fact) => fact !== null);
  return missing.length === 0 ? message : `${message} (${missing.join(', ')})`;
}

function hintOf(error: unknown): string | null {
  if (isAddressInUse(error)) return 'Choose another port with --port, or stop the process that uses it.';
  if (error instanceof OperationsError) return error.hint;
  if (!(error instanceof ModelArtsError)) return null;
  switch (error.kind) {
    case 'auth':
      return 'Check the credentials (MODELARTS_TOKEN, HUAWEICLOUD_SDK_AK/_SK or OS_USERNAME/OS_PASSWORD); `maops doctor` tests them.';
    case 'permission':
      return 'The credentials are valid but lack a permission. Request it in IAM.';
    case 'transport':
      return 'Check MODELARTS_ENDPOINT and the network; `maops doctor` tests the connection.';
    case 'throttled':
    case 'unavailable':
      return 'Try again later.';
    case 'notFound':
    case 'exists':
    case 'stateConflict':
    case 'quota':
    case 'soldOut':
    case 'billing':
    case 'rejected':
    case 'malformed':
      return null;
  }
}

function stacksOf(error: Error): string[] {
  const stacks: string[] = [];
  for (let next: unknown = error; next instanceof Error && stacks.length < 5; next = next.cause) {
    stacks.push(`${stacks.length === 0 ? '' : 'caused by '}${next.stack ?? next.message}`);
  }
  return stacks;
}

/** Recognised by name, so that the config module need not be loaded. */
function isConfigError(error: unknown): boolean {
  return error instanceof Error && error.name === 'ConfigError';
}

function isAddressInUse(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function isUnexpected(error: unknown): boolean {
  const isKnown =
    error instanceof OperationsError ||
    error instanceof ModelArtsError ||
    error instanceof UsageError ||
    isAddressInUse(error) ||
    isConfigError(error);
  return !isKnown || error instanceof TypeError;
}
