import { defineSteeringOfMany } from '../steering.js';

/** `maops env reject`: ends an operation that waits for approval. */
export const envReject = defineSteeringOfMany(
  {
    verb: 'reject',
    reason: 'no budget',
    steer: (operations, name, said) => operations.reject(name, said),
    counted: ({ workflowId }) => `rejected: ${workflowId} ends, and makes nothing`,
  },
  { audience: 'makers', query: 'MaopsPhase="AwaitingApproval"' },
);
