import { DefaultFailureConverter } from '@temporalio/common';

type Arguments = Parameters<DefaultFailureConverter['errorToFailureInner']>;

/**
 * Moves messages and stacks of failures into a payload, where the codec encrypts them. It is bundled with the workflows
 * too, so it may import nothing that the sandbox lacks.
 */
class EncodedFailureConverter extends DefaultFailureConverter {
  constructor() {
    super({ encodeCommonAttributes: true });
  }

  /** A copy: the SDK blanks the message in place, and an error that is reported twice would lose its words. */
  override errorToFailureInner(...given: Arguments): ReturnType<DefaultFailureConverter['errorToFailureInner']> {
    return { ...super.errorToFailureInner(...given) };
  }
}

/** The SDK looks for this name in the file that it is given. */
export const failureConverter = new EncodedFailureConverter();
