import { StacklessFailureConverter } from './plain-failure-converter.js';

/**
 * Moves messages of failures into a payload, which the codec encrypts. The workflow bundle includes this file, so it
 * must not import what the sandbox lacks. The SDK requires the export's name.
 */
export const failureConverter = new StacklessFailureConverter({ encodeCommonAttributes: true });
