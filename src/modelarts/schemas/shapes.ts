import type { z } from 'zod';

/** What a tolerant building block accepts. */
export type Shape =
  | { readonly kind: 'text' | 'time' | 'number' | 'flag' | 'id' | 'map' }
  | { readonly kind: 'list'; readonly item: z.ZodType }
  | { readonly kind: 'same'; readonly schema: z.ZodType };

const shapes = new WeakMap<z.ZodType, Shape>();

/** Notes the shape of a schema for code that walks schemas, because a transformation hides it from their definition. */
export function shaped<Schema extends z.ZodType>(schema: Schema, shape: Shape): Schema {
  shapes.set(schema, shape);
  return schema;
}

/** The noted shape of a schema. */
export function shapeOf(schema: z.ZodType): Shape | undefined {
  return shapes.get(schema);
}
