import { defineSteering } from '../steering.js';

/** `maops env approve`: the answer that an operation with \`approval\` waits for. */
export const envApprove = defineSteering('approve', 'budget checked', (operations, name, said) =>
  operations.approve(name, said),
);
