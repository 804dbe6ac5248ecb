import { z } from 'zod';
import { type SpecKind, specKinds } from '../contract/spec.js';
import { type Fields, isFields, type Way } from './finding.js';
import { specSchemas } from './spec-schema.js';

/** File names in docs/schema/ of the documents that people write. */
export const jsonSchemaFiles: Readonly<Record<SpecKind, string>> = {
  provisionPoolThenLaunchNotebook: 'environment.schema.json',
  provisionPool: 'pool.schema.json',
  launchNotebook: 'notebook.schema.json',
};

/** The JSON Schema of what may be written, for editors; rules that concern several fields are checked by `checkSpec` only. */
export function jsonSchema(kind: SpecKind): Fields {
  return { ...z.toJSONSchema(specSchemas[kind], { io: 'input' }) };
}

const schemas = new Map<SpecKind, Fields>();

/** The keys that the section at a way may have; null where any key may stand, or where no section may be. */
export function knownKeys(kind: SpecKind, way: Way): readonly string[] | null {
  const schema = schemas.get(kind) ?? jsonSchema(kind);
  schemas.set(kind, schema);
  const sections = way.reduce<Fields[]>(
    (found, step) => found.flatMap((one) => variants(inside(one, step))),
    variants(schema),
  );
  const closed = sections.filter((one) => one.additionalProperties === false);
  return closed.length === 0
    ? null
    : closed.flatMap((one) => (isFields(one.properties) ? Object.keys(one.properties) : []));
}

/** Kinds of document, other than the given one, that know a key of the top level. */
export function kindsWithKey(kind: SpecKind, key: string): readonly SpecKind[] {
  return specKinds.filter((other) => other !== kind && knownKeys(other, [])?.includes(key));
}

function inside(schema: Fields, step: string | number): unknown {
  if (typeof step === 'number') return schema.items;
  return isFields(schema.properties) ? schema.properties[step] : undefined;
}

function variants(schema: unknown): Fields[] {
  if (!isFields(schema)) return [];
  return Array.isArray(schema.anyOf) ? schema.anyOf.flatMap(variants) : [schema];
}
