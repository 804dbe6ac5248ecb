import { DefaultFailureConverter } from '@temporalio/common';

type Arguments = Parameters<DefaultFailureConverter['errorToFailureInner']>;

/**
 * Writes failures without stack traces, which do not help readers of a history and reveal paths of the machine. The
 * workflow bundle includes this file, so it must not import what the sandbox lacks.
 */
export class StacklessFailureConverter extends DefaultFailureConverter {
  /** Copies the failure: the SDK modifies an error that is reported twice. Causes pass through here too. */
  override errorToFailureInner(...given: Arguments): ReturnType<DefaultFailureConverter['errorToFailureInner']> {
    return { ...super.errorToFailureInner(...given), stackTrace: '' };
  }
}

/** The SDK requires this name. */
export const failureConverter = new StacklessFailureConverter();
