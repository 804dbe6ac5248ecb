import { defineSteering } from '../steering.js';

/** `maops env resume`: goes on after a pause. */
export const envResume = defineSteering('resume', 'quota was raised', (operations, name, said) =>
  operations.resume(name, said),
);
