import { StacklessFailureConverter } from './plain-failure-converter.js';

/**
 * Moves messages of failures into a payload, where the codec encrypts them. It is bundled with the workflows too, so it
 * may import nothing that the sandbox lacks. The SDK looks for this name in the file that it is given.
 */
export const failureConverter = new StacklessFailureConverter({ encodeCommonAttributes: true });
