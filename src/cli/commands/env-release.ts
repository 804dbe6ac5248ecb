import { defineSteering } from '../steering.js';

/** `maops env release`: ends the lease, which then tears the environment down. */
export const envRelease = defineSteering({
  verb: 'release',
  reason: 'project finished',
  steer: (operations, name, said) => operations.release(name, said),
  counted: ({ workflowId }) => `released: ${workflowId} removes what it owns`,
});
