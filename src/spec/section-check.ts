import { z } from 'zod';
import { type Fields, isFields, valueAt } from './finding.js';
import { unknownKeyMessage } from './nearest-key.js';
import { type SpecProblem, sortProblems } from './problem.js';

/** Either what a document says or everything that is wrong with it. */
export type SectionCheck<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly problems: readonly SpecProblem[] };

/** Checks a document of one section: null counts as absent, as in specs, and an unknown key is told with the nearest known one. */
export function checkSection<Schema extends z.ZodType>(
  schema: Schema,
  document: unknown,
): SectionCheck<z.infer<Schema>> {
  const known = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const given = withoutNulls(known, document ?? {}, []);
  if (!isFields(given)) return { ok: false, problems: [{ path: '', message: 'must be a group of keys with values' }] };
  const parsed = schema.safeParse(given);
  if (parsed.success) return { ok: true, data: parsed.data };
  return { ok: false, problems: sortProblems(parsed.error.issues.flatMap((issue) => problemsOf(known, given, issue))) };
}

/** A null under an unknown key stays, so that the key is still reported. */
function withoutNulls(schema: unknown, value: unknown, way: readonly string[]): unknown {
  if (!isFields(value)) return value;
  const known = keysAt(schema, way);
  const kept = Object.entries(value).filter(([key, inner]) => inner !== null || !known.includes(key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNulls(schema, inner, [...way, key])]));
}

function problemsOf(schema: unknown, document: Fields, issue: z.core.$ZodIssue): SpecProblem[] {
  const way = issue.path.map(String);
  if (issue.code !== 'unrecognized_keys') {
    const isMissing = valueAt(document, way) === undefined;
    return [{ path: way.join('.'), message: isMissing ? 'is required' : issue.message }];
  }
  return issue.keys.map((key) => ({
    path: [...way, key].join('.'),
    message: unknownKeyMessage(key, keysAt(schema, way)),
  }));
}

function keysAt(schema: unknown, way: readonly string[]): string[] {
  const found = way.reduce<unknown>(
    (outer, step) => (isFields(outer) && isFields(outer.properties) ? outer.properties[step] : undefined),
    schema,
  );
  return isFields(found) && isFields(found.properties) ? Object.keys(found.properties) : [];
}
