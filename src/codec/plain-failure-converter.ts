import { DefaultFailureConverter } from '@temporalio/common';

type Arguments = Parameters<DefaultFailureConverter['errorToFailureInner']>;

/**
 * Writes failures without stack traces, whoever made the error: a stack says nothing to the readers of a history, and names
 * paths of the machine that it comes from. It is bundled with the workflows too, so it may import nothing that the sandbox
 * lacks.
 */
export class StacklessFailureConverter extends DefaultFailureConverter {
  /** A copy: the SDK blanks the message of an error that is reported twice in place. Causes pass through here too. */
  override errorToFailureInner(...given: Arguments): ReturnType<DefaultFailureConverter['errorToFailureInner']> {
    return { ...super.errorToFailureInner(...given), stackTrace: '' };
  }
}

/** The SDK looks for this name in the file that it is given. */
export const failureConverter = new StacklessFailureConverter();
