import { cancellationSignal } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { makeFailure } from '../contract/failures.js';
import type { ResourceRef } from '../contract/workflows.js';
import { type CommandOutcome, type NotSent, sent } from '../domain/resource/command-outcome.js';
import { isProtected } from '../domain/resource/marker.js';
import { ModelArtsError } from '../modelarts/errors.js';
import { asFailure, asRetryable } from './failures.js';

/** One read: errors become failures by the table. */
export async function reading<T>(call: (options: { signal: AbortSignal }) => Promise<T>): Promise<T> {
  try {
    return await call({ signal: cancellationSignal() });
  } catch (error) {
    throw asFailure(error);
  }
}

/** One read that an operation's wait rests on: any error is tried again, and only a deadline ends it. */
export async function readingPatiently<T>(call: (options: { signal: AbortSignal }) => Promise<T>): Promise<T> {
  try {
    return await call({ signal: cancellationSignal() });
  } catch (error) {
    throw asRetryable(error);
  }
}

/** A look for what is to be made. While it may have been made already no refusal ends the looking, as in a wait. */
export async function looking<T>(
  isSettling: boolean,
  call: (options: { signal: AbortSignal }) => Promise<T>,
): Promise<T> {
  return await (isSettling ? readingPatiently(call) : reading(call));
}

/** A read of one resource, where "not there" is an answer: null. */
export async function orAbsent<T>(read: Promise<T>): Promise<T | null> {
  try {
    return await read;
  } catch (error) {
    if (error instanceof ModelArtsError && error.kind === 'notFound') return null;
    throw error;
  }
}

/**
 * One command, such as a stop or a delete. `call` returns why it did not send it, or nothing after it has. What says that it
 * is done already, or that another one is under way, is no error: the next look decides. Everything else is tried again,
 * because an undo is never given up.
 */
export async function commanding(
  call: (options: { signal: AbortSignal }) => Promise<NotSent | undefined>,
): Promise<CommandOutcome> {
  try {
    return (await call({ signal: cancellationSignal() })) ?? sent;
  } catch (error) {
    if (error instanceof ModelArtsError && error.kind === 'notFound') return sent;
    if (error instanceof ModelArtsError && error.kind === 'stateConflict')
      return { outcome: 'refused', why: error.message };
    // A refusal of ours is meant; only what the service says may be otherwise the next time.
    throw error instanceof ApplicationFailure ? error : asRetryable(error);
  }
}

/** What a stop or delete is meant for, by identity. */
export interface CommandedResource extends ResourceRef {
  /** True for everything but a run that undoes its own create: an operator's mark forbids the command. */
  readonly respectProtection?: boolean;
}

/** The last look before a stop or delete: a mark that was set since the plan was made still counts. */
export function refuseProtected(ref: CommandedResource, label: string, description: string | null | undefined): void {
  if (ref.respectProtection !== true || !isProtected(description)) return;
  throw makeFailure('Protected', `${label} is protected (maops:keep)`, {
    hint: 'To delete it anyway, remove the protection first: `maops env unprotect`.',
  });
}

/**
 * A command whose target cannot be told from the next resource of the same name. It is not sent; the failure is shown and
 * the command is tried again, because another answer may be complete.
 */
export function undecided(label: string): ApplicationFailure {
  const message = `${label}: the response has neither a creation time nor our marker, so nothing was sent`;
  const hint = 'Nothing to do: it is retried until a response is complete.';
  const failure = makeFailure('ServiceUnavailable', message, { hint }, { retryable: true });
  failure.stack = '';
  return failure;
}
