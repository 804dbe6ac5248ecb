import { defineSteeringOfMany } from '../steering.js';

/** `maops env approve`: the answer that an operation with `approval` waits for. */
export const envApprove = defineSteeringOfMany(
  {
    verb: 'approve',
    reason: 'budget checked',
    steer: (operations, name, said) => operations.approve(name, said),
    counted: ({ workflowId }) => `approved: ${workflowId} goes on`,
  },
  { audience: 'makers', query: 'MaopsPhase="AwaitingApproval"' },
);
