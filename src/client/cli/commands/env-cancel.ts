import { defineSteering } from '../steering.js';

/** `maops env cancel`: the operation undoes what it made, or keeps it, by its spec. */
export const envCancel = defineSteering('cancel', 'not needed any more', (operations, name, said) =>
  operations.cancel(name, said),
);
