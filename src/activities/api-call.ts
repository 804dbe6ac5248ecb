import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { makeFailure } from '../contract/failures.js';
import type { ResourceRef } from '../contract/workflows.js';
import { type CommandOutcome, type NotSent, sent } from '../domain/resource/command-outcome.js';
import { isProtected } from '../domain/resource/marker.js';
import { ModelArtsError } from '../modelarts/errors.js';
import { asFailure, asRetryable } from './failures.js';

/** The options of a call that belongs to a command: its reads are sent before creates and other reads. */
export interface CommandOptions {
  readonly signal: AbortSignal;
  readonly priority: 'guard';
}

/** One read. Maps errors to failures with `verdicts`. */
export async function readOrFail<T>(call: (options: { signal: AbortSignal }) => Promise<T>): Promise<T> {
  try {
    return await call({ signal: cancellationSignal() });
  } catch (error) {
    throw asFailure(error);
  }
}

/** One read of a wait. Every error is retried; only a deadline ends the wait. */
export async function readWithRetries<T>(call: (options: { signal: AbortSignal }) => Promise<T>): Promise<T> {
  try {
    return await call({ signal: cancellationSignal() });
  } catch (error) {
    throw asRetryable(error);
  }
}

/** A read before a create. While the resource may exist already, every error is retried, as in a wait. */
export async function readExisting<T>(
  mayExist: boolean,
  call: (options: { signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  return await (mayExist ? readWithRetries(call) : readOrFail(call));
}

/** Whether a failed read was refused for its credentials, so that every other read would be refused too. */
export function isCredentialRejected(error: unknown): boolean {
  return error instanceof ApplicationFailure && error.type === 'NotAuthorized';
}

/** A read of one resource; null when it does not exist. */
export async function orAbsent<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ModelArtsError && error.kind === 'notFound') return null;
    throw error;
  }
}

/**
 * Sends one command, such as a stop or a delete. `call` returns the reason when it did not send it. A response that the
 * command is done or in progress is no error: the next observation decides. Everything else is retried, because a
 * rollback never gives up.
 */
export async function sendCommand<Unsent extends object = NotSent>(
  call: (options: CommandOptions) => Promise<Unsent | undefined>,
): Promise<CommandOutcome | Unsent> {
  try {
    return (await call({ signal: cancellationSignal(), priority: 'guard' })) ?? sent;
  } catch (error) {
    if (error instanceof ModelArtsError && error.kind === 'notFound') return sent;
    if (error instanceof ModelArtsError && error.kind === 'stateConflict') {
      const { message, errorCode, requestId } = error;
      return { outcome: 'refused', why: message, errorCode, requestId };
    }
    // Our own refusals are final. A refusal of the service may not be repeated on the next attempt.
    throw error instanceof ApplicationFailure ? error : asRetryable(error);
  }
}

/** The target of a stop or delete, by identity. */
export interface CommandedResource extends ResourceRef {
  /** False only when a run undoes its own create. Otherwise an operator's protection forbids the command. */
  readonly respectProtection?: boolean;
}

/** The last check before a stop or delete. A protection that was set after the plan was made still counts. */
export function refuseProtected(ref: CommandedResource, label: string, description: string | null | undefined): void {
  if (ref.respectProtection !== true || !isProtected(description)) return;
  throw makeFailure('Protected', `${label} is protected (maops:keep)`, {
    hint: 'To delete it anyway, remove the protection first: `maops env unprotect`.',
  });
}

/**
 * The target of a command cannot be distinguished from the next resource of the same name. Nothing is sent, and the
 * command is retried, because the next response may be complete.
 */
export function undecided(label: string): ApplicationFailure {
  const message = `${label}: the response has neither a creation time nor our marker, so nothing was sent`;
  const hint = 'Nothing to do: it is retried until a response is complete.';
  const failure = makeFailure('ServiceUnavailable', message, { hint }, { retryable: true });
  failure.stack = '';
  return failure;
}
