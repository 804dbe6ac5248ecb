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
  1    the operation failed, or the command was refused (with the reason)
  2    wrong usage or input; a missing --reason too
  4    not authorised, by ModelArts or by Temporal
  8    not finished yet: --timeout has passed, the operation goes on
  130  interrupted with Ctrl-C: what was started goes on
`;

/** Wrong usage that only shows when the command runs. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Ends a command with a code after it has said everything itself. */
export class SilentExit extends Error {
  override readonly name = 'SilentExit';

  constructor(readonly code: ExitCode) {
    super(`exit ${code}`);
  }
}

/** The code that an ending deserves. */
export function exitCodeOfEnding(progress: Progress): ExitCode {
  // A sweep that could not delete everything is `Done` with a failure.
  const isWhole = progress.phase !== 'Done' || progress.failure === null;
  if (isSuccess(progress.phase) && isWhole) return exitCodes.done;
  return progress.failure?.type === 'NotAuthorized' ? exitCodes.notAuthorized : exitCodes.failed;
}

/** Found wrong by the library before anything was done. */
const wrongInputs = [InvalidSpecError, InvalidCommandError, InvalidScheduleError, InvalidQueryError] as const;

/** The one table from errors to exit codes. */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof SilentExit) return error.code;
  if (error instanceof UsageError || isConfigError(error)) return exitCodes.usage;
  if (wrongInputs.some((kind) => error instanceof kind)) return exitCodes.usage;
  if (error instanceof NotAuthorizedError) return exitCodes.notAuthorized;
  if (error instanceof OperationFailedError) return exitCodeOfEnding(error.progress);
  if (error instanceof ModelArtsError && (error.kind === 'auth' || error.kind === 'permission'))
    return exitCodes.notAuthorized;
  return exitCodes.failed;
}

/** What people read about an error: what failed, on what, and what to do next; the stack only when it is asked for. */
export function describeError(error: unknown, debug: boolean): string {
  if (error instanceof SilentExit) return '';
  const lines = [`maops: ${messageOf(error)}`];
  const hint = hintOf(error);
  if (hint !== null) lines.push(`  ${hint}`);
  if (debug && error instanceof Error) lines.push(...stacksOf(error));
  else if (isUnexpected(error))
    lines.push('  This was not expected. Run it again with --debug to see where it happened.');
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
  if (isAddressInUse(error)) return 'Choose another port with --port, or stop what listens there.';
  if (error instanceof OperationsError) return error.hint;
  if (!(error instanceof ModelArtsError)) return null;
  switch (error.kind) {
    case 'auth':
      return 'Check the credentials (MODELARTS_TOKEN, HUAWEICLOUD_SDK_AK/_SK or OS_USERNAME/OS_PASSWORD); `maops doctor` tries them.';
    case 'permission':
      return 'The credentials are valid but may not do this: ask for the permission in IAM.';
    case 'transport':
      return 'Check MODELARTS_ENDPOINT and the network; `maops doctor` tries it.';
    case 'throttled':
    case 'unavailable':
      return 'Try again in a while.';
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

/** A configuration error names its variables itself; told by name, because only the config module may define it. */
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
