import { z } from 'zod';
import { shapeOf } from '../modelarts/schemas/shapes.js';

export type Leaf = 'text' | 'time' | 'number' | 'flag' | 'id';

/** What a schema accepts at one place, without the tolerance around it. */
export type SchemaNode =
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, z.ZodType>> }
  /** `isTolerant`: items that cannot be read are left out. Otherwise they make the response unreadable. */
  | { readonly kind: 'list'; readonly item: z.ZodType; readonly isTolerant: boolean }
  | { readonly kind: 'map' }
  /** `schema` is the one that reads the value, before any default. */
  | { readonly kind: 'leaf'; readonly leaf: Leaf; readonly schema: z.ZodType }
  | { readonly kind: 'any' };

/** Reads a response schema: the noted shape of a building block, or the definition. */
export function nodeOf(schema: z.ZodType): SchemaNode {
  const shape = shapeOf(schema);
  if (shape?.kind === 'list') return { kind: 'list', item: shape.item, isTolerant: true };
  if (shape?.kind === 'same') return nodeOf(shape.schema);
  if (shape?.kind === 'map') return { kind: 'map' };
  if (shape !== undefined) return { kind: 'leaf', leaf: shape.kind, schema };
  return byDefinition(schema);
}

function byDefinition(schema: z.ZodType): SchemaNode {
  if (schema instanceof z.ZodObject) return { kind: 'object', fields: schema.shape };
  if (schema instanceof z.ZodArray) return { kind: 'list', item: plain(schema.element), isTolerant: false };
  if (schema instanceof z.ZodRecord) return { kind: 'map' };
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodCatch
  )
    return nodeOf(plain(schema.def.innerType));
  // A preprocessing step comes before the schema, a transformation after it.
  if (schema instanceof z.ZodPipe)
    return nodeOf(plain(schema.def.in instanceof z.ZodTransform ? schema.def.out : schema.def.in));
  if (schema instanceof z.ZodUnion) return nodeOf(plain(schema.options[0]));
  if (schema instanceof z.ZodString) return { kind: 'leaf', leaf: 'text', schema };
  if (schema instanceof z.ZodNumber) return { kind: 'leaf', leaf: 'number', schema };
  if (schema instanceof z.ZodBoolean) return { kind: 'leaf', leaf: 'flag', schema };
  return { kind: 'any' };
}

/** The inner schemas of zod have the type of its core. */
function plain(inner: unknown): z.ZodType {
  return inner instanceof z.ZodType ? inner : z.unknown();
}
