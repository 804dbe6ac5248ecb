import type { ApplicationFailure } from '@temporalio/workflow';
import { type FailureType, makeFailure } from '../../contract/failures.js';
import type { CreateRefusal } from '../../domain/provision/create.js';
import type { CapacityRefusal, ResponseIds } from '../../domain/provision/resource-state.js';
import { nameIn, type ResourceKind } from '../resource/kind.js';
import type { Provision } from './state.js';

/**
 * Builds the failure of a step that missed its deadline. The last known cause names the failure: while creates are
 * refused for lack of capacity that is the cause, whatever the step was waiting for at that moment.
 */
export function deadlinePassed(
  op: Provision,
  kind: ResourceKind,
  why: string,
  type: FailureType = 'DeadlineExceeded',
  { errorCode = null, requestId = null }: Partial<ResponseIds> = {},
): ApplicationFailure {
  const { step } = kind;
  const { refusal } = op.resource(step);
  const passed = `the deadline of ${op.spec.deadlines[step]} has passed`;
  if (refusal !== null && type === 'DeadlineExceeded')
    return soldOut(kind, { ...refusal, why: `${refusal.why}; ${passed}` });
  return makeFailure(type, `${why}; ${passed}`, {
    errorCode,
    requestId,
    hint: `Set a longer \`deadlines.${step}\` in the spec.`,
  });
}

export function soldOut({ soldOutHint }: ResourceKind, { why, errorCode, requestId }: CapacityRefusal) {
  return makeFailure('SoldOut', why, { errorCode, requestId, hint: soldOutHint });
}

/** Builds the failure of a step that cannot create its pool again, because the failed one is in the way. */
export function prepaidFailed(label: string): ApplicationFailure {
  const why = `${label} has failed. It is prepaid, so the API cannot delete it to make room for another one`;
  return makeFailure('PoolCreationFailed', why, { hint: 'Unsubscribe it in the console, then start again.' });
}

/** Builds the failure of a step whose name is taken, or may be. */
export async function createConflict(
  op: Provision,
  kind: ResourceKind,
  refusal: CreateRefusal,
): Promise<ApplicationFailure> {
  const { type, why } = refusal;
  const { name } = op.spec;
  const hint = `See \`maops ${kind.step} show ${nameIn(kind, op.spec)}\`.`;
  switch (type) {
    case 'NameTaken': {
      const { errorCode = null, requestId = null } = refusal;
      return makeFailure(type, why, { errorCode, requestId, hint });
    }
    case 'UnknownOutcome': {
      const next = `If it is yours, delete it or restore its marker, then \`maops env resolve ${name} retry\`.`;
      const { errorCode, requestId } = refusal;
      return makeFailure(type, why, { errorCode, requestId, hint: `${hint} ${next}` });
    }
    case 'SpecConflict': {
      const question = { asked: op.spec, madeFrom: refusal.madeFrom };
      const known = await op.within(kind.step, (ms) => op.reads(name, ms).describeOtherSpec(question));
      const next = `Give the new environment another name, or remove this one first: \`maops env teardown ${name}\`.`;
      return makeFailure(type, known?.answer ? `${why}:\n${known.answer}` : why, { hint: `${hint} ${next}` });
    }
  }
}
