import type { ApplicationFailure } from '@temporalio/workflow';
import { makeFailure } from '../../contract/failures.js';
import type { CreateRefusal } from '../../domain/provision/create.js';
import type { Provision } from './state.js';

/** Ends a step whose name is taken, or may be; `look` is the command that shows by whom. */
export async function refusedCreate(
  op: Provision,
  step: 'pool' | 'notebook',
  refusal: CreateRefusal,
  look: string,
): Promise<ApplicationFailure> {
  const { type, why } = refusal;
  const { name } = op.spec;
  const hint = `Look at it with \`${look}\`.`;
  switch (type) {
    case 'NameTaken':
      return makeFailure(type, why, { hint });
    case 'UnknownOutcome': {
      const next = `If it is yours, delete it or give it its marker back, then \`maops env resolve ${name} retry\`.`;
      return makeFailure(type, why, { hint: `${hint} ${next}` });
    }
    case 'SpecConflict': {
      const question = { asked: op.spec, madeFrom: refusal.madeFrom };
      const known = await op.within(step, () => op.reads(name).describeOtherSpec(question));
      const next = `Give the new environment another name, or remove this one first: \`maops env teardown ${name}\`.`;
      return makeFailure(type, known?.answer ? `${why}:\n${known.answer}` : why, { hint: `${hint} ${next}` });
    }
  }
}
