import { z } from 'zod';
import { type DocumentPath, type Fields, type Finding, isFields, valueAt } from './finding.js';
import { unknownKeyMessage } from './nearest-key.js';
import { problemsOf, type SpecProblem } from './problem.js';

/** The document, or every problem of it. */
export type DocumentCheck<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly problems: readonly SpecProblem[] };

/**
 * Checks a document that is not a spec. Null counts as absent; an unknown key is reported with the nearest known key.
 */
export function checkDocument<Schema extends z.ZodType>(
  schema: Schema,
  document: unknown,
): DocumentCheck<z.infer<Schema>> {
  const given = withoutNulls(schema, document ?? {}, [], true);
  if (!isFields(given)) return { ok: false, problems: [{ path: '', message: 'must be a mapping' }] };
  const parsed = schema.safeParse(given);
  if (parsed.success) return { ok: true, data: parsed.data };
  return { ok: false, problems: problemsOf(findingsOf(schema, given, parsed.error)) };
}

const jsonSchemas = new WeakMap<z.ZodType, Fields>();

/** The JSON Schema of what may be written. */
export function jsonSchemaOf(schema: z.ZodType): Fields {
  const known = jsonSchemas.get(schema);
  if (known !== undefined) return known;
  const made = { ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) };
  jsonSchemas.set(schema, made);
  return made;
}

/** The keys of the section at a path; null where any key is allowed, or where no section is. */
export function knownKeys(schema: z.ZodType, path: DocumentPath): readonly string[] | null {
  const sections = path.reduce<Fields[]>(
    (found, step) => found.flatMap((one) => variants(inside(one, step))),
    variants(jsonSchemaOf(schema)),
  );
  const closed = sections.filter((one) => one.additionalProperties === false);
  return closed.length === 0
    ? null
    : closed.flatMap((one) => (isFields(one.properties) ? Object.keys(one.properties) : []));
}

function inside(schema: Fields, step: string | number): unknown {
  if (typeof step === 'number') return schema.items;
  return isFields(schema.properties) ? schema.properties[step] : undefined;
}

function variants(schema: unknown): Fields[] {
  if (!isFields(schema)) return [];
  return Array.isArray(schema.anyOf) ? schema.anyOf.flatMap(variants) : [schema];
}

/**
 * Takes null as absent, because clients in other languages write every optional field. A null under an unknown key
 * stays, so that the key is reported. Where any key is allowed, such as labels, `keepsFree` decides.
 */
export function withoutNulls(schema: z.ZodType, value: unknown, path: DocumentPath, keepsFree = false): unknown {
  if (Array.isArray(value)) {
    return value.map((item, index) => withoutNulls(schema, item, [...path, index], keepsFree));
  }
  if (!isFields(value)) return value;
  const known = knownKeys(schema, path);
  const keepsNull = (key: string) => (known === null ? keepsFree : !known.includes(key));
  const kept = Object.entries(value).filter(
    ([key, inner]) => inner !== undefined && (inner !== null || keepsNull(key)),
  );
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNulls(schema, inner, [...path, key], keepsFree)]));
}

/** Turns the issues of zod into findings. */
export function findingsOf(schema: z.ZodType, document: Fields, { issues }: z.ZodError): Finding[] {
  return issues.flatMap((issue) => findingsOfIssue(schema, document, issue, []));
}

function findingsOfIssue(schema: z.ZodType, document: Fields, issue: z.core.$ZodIssue, base: DocumentPath): Finding[] {
  const path: DocumentPath = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  if (issue.code === 'unrecognized_keys') {
    const known = knownKeys(schema, path) ?? [];
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownKeyMessage(key, known) }));
  }
  const value = valueAt(document, path);
  if (issue.code === 'invalid_union' && isFields(value)) {
    const meant = nearestVariant(issue.errors);
    if (meant !== undefined) return meant.flatMap((one) => findingsOfIssue(schema, document, one, path));
  }
  const isMissing = value === undefined && !issue.message.startsWith('required');
  return [{ path, message: isMissing ? 'required' : issue.message }];
}

/**
 * The mapping that a document most likely means: the one with the fewest unknown keys, then with the fewest problems.
 */
function nearestVariant(variants: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] | undefined {
  const mappings = variants.filter(
    (issues) => !issues.some(({ path, code }) => path.length === 0 && code === 'invalid_type'),
  );
  return [...mappings].sort((a, b) => unknownKeys(a) - unknownKeys(b) || a.length - b.length)[0];
}

function unknownKeys(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce(
    (sum, issue) => sum + (issue.code === 'unrecognized_keys' && issue.path.length === 0 ? issue.keys.length : 0),
    0,
  );
}
