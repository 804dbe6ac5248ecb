import { defineSteering } from '../steering.js';

/** `maops env reject`: ends an operation that waits for approval. */
export const envReject = defineSteering('reject', 'no budget', (operations, name, said) =>
  operations.reject(name, said),
);
