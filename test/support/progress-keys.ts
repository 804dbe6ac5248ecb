import type { Progress } from '../../src/contract/progress.js';

/**
 * Every key of a progress: it is there whether or not it has a value, and one that is missing here does not compile.
 */
const keys: Record<keyof Progress, true> = {
  name: true,
  operation: true,
  workflowId: true,
  runId: true,
  phase: true,
  phaseSince: true,
  startedAt: true,
  endedAt: true,
  percent: true,
  why: true,
  steps: true,
  pool: true,
  notebook: true,
  failure: true,
  awaiting: true,
  lease: true,
  retrying: true,
  overdueSince: true,
  waitsFor: true,
  audit: true,
  auditDropped: true,
};

export const progressKeys = Object.keys(keys);
