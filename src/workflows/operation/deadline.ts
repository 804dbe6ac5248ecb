import { type FailureType, makeFailure } from '../../contract/failures.js';
import type { Provision } from '../provision/state.js';

/**
 * Ends a step whose deadline has passed. The last known cause names the failure: while its creates are refused for want of
 * capacity that is the cause, whatever was waited for at that moment.
 */
export function deadlinePassed(
  op: Provision,
  step: 'pool' | 'notebook',
  why: string,
  type: FailureType = 'DeadlineExceeded',
): Error {
  const { refusal } = op.state.making[step];
  const passed = `the deadline of ${op.spec.deadlines[step]} has passed`;
  if (refusal !== null && type === 'DeadlineExceeded')
    return soldOut(step, { ...refusal, why: `${refusal.why}; ${passed}` });
  return makeFailure(type, `${why}; ${passed}`, { hint: `Give it longer with \`deadlines.${step}\` in the spec.` });
}

/** A create that was refused for want of capacity, as the service said it. */
export interface CapacityRefusal {
  readonly why: string;
  readonly errorCode: string | null;
  readonly requestId: string | null;
}

const hints = {
  pool: 'Try another flavor: `maops flavor list` shows what is on sale in which zone.',
  notebook: 'Try another notebook flavor.',
} as const;

export function soldOut(step: 'pool' | 'notebook', { why, errorCode, requestId }: CapacityRefusal): Error {
  return makeFailure('SoldOut', why, { errorCode, requestId, hint: hints[step] });
}
