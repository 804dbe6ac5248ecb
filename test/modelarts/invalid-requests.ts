import type { ModelArts } from '../../src/modelarts/client.js';
import { InvalidRequestError, type Problem } from '../../src/modelarts/errors.js';
import { connect, failureOf } from './fake-service.js';

/** A client whose service accepts every call. */
export function connectToAnything() {
  return connect(() => ({ body: { id: 'i', status: 's', metadata: { name: 'p' }, instances: [] } }));
}

/** The value with one member replaced, or removed when undefined is given. */
export function changed(
  value: unknown,
  path: readonly (string | number)[],
  replacement: unknown,
): ReturnType<typeof JSON.parse> {
  const copy = JSON.parse(JSON.stringify(value));
  let inner = copy;
  for (const key of path.slice(0, -1)) {
    inner[key] ??= {};
    inner = inner[key];
  }
  const last = path.at(-1) ?? '';
  if (replacement === undefined) delete inner[last];
  else inner[last] = replacement;
  return copy;
}

/** The problems of a request, which must not have been sent. */
export async function problemsOf(call: (client: ModelArts) => Promise<unknown>): Promise<readonly Problem[]> {
  const { modelarts, seen } = connectToAnything();
  const error = await failureOf<InvalidRequestError>(call(modelarts));
  expect(error).toBeInstanceOf(InvalidRequestError);
  expect(error).toMatchObject({ kind: 'rejected', notSent: true, outcomeUnknown: false });
  expect(seen).toHaveLength(0);
  return error.problems;
}
