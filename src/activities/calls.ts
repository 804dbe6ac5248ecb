import { cancellationSignal } from '@temporalio/activity';
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
 * One stop or delete. What says that it is done already, or that another one is under way, is no error: the next look
 * decides. Everything else is tried again, because an undo is never given up.
 */
export async function commanding(call: (options: { signal: AbortSignal }) => Promise<unknown>): Promise<void> {
  try {
    await call({ signal: cancellationSignal() });
  } catch (error) {
    if (error instanceof ModelArtsError && (error.kind === 'notFound' || error.kind === 'stateConflict')) return;
    throw asRetryable(error);
  }
}
