import { z } from 'zod';
import { instantOf, parseInstant } from '../../domain/resource/instant.js';
import { shaped } from './shapes.js';

/**
 * Building blocks for responses, which are parsed tolerantly. A field that is missing, null or of an unexpected type
 * counts as absent. Unknown fields and words are kept. Only the id of a resource is required. A poll must not fail
 * because the service differs from its documentation in one field.
 */

/** Drops null members and items down to a depth, because the documentation uses null for absent fields. */
export function withoutNulls(value: unknown, depth = Number.POSITIVE_INFINITY): unknown {
  if (depth === 0 || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) if (item !== null) items.push(withoutNulls(item, depth - 1));
    return items;
  }
  const members: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    if (member !== null) define(members, key, withoutNulls(member, depth - 1));
  }
  return members;
}

/** Sets a member, also one with the name of a setter, which an assignment would call. */
function define(members: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') members[key] = value;
  else Object.defineProperty(members, key, { value, enumerable: true, configurable: true, writable: true });
}

const anyText = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const anyInteger = z.union([
  z.number(),
  z
    .string()
    .regex(/^\s*-?\d+(\.\d+)?\s*$/)
    .transform(Number),
]);
const anyFlag = z.union([
  z.boolean(),
  z
    .string()
    .regex(/^(true|false)$/i)
    .transform((word) => word.toLowerCase() === 'true'),
]);

/** A scalar as text; otherwise absent. */
export const text = shaped(anyText.optional().catch(undefined), { kind: 'text' });

/** A time as RFC 3339 UTC with whole seconds; absent when it cannot be parsed. */
export const instant = shaped(
  anyText
    .transform((value) => instantOf(value) || undefined)
    .optional()
    .catch(undefined),
  { kind: 'time' },
);

/** A time in any form as epoch milliseconds; absent when it cannot be parsed. */
export const epoch = shaped(
  anyText
    .transform((value) => parseInstant(value) ?? undefined)
    .optional()
    .catch(undefined),
  { kind: 'time' },
);

/** A number, or text that contains one; otherwise absent. */
export const count = shaped(anyInteger.optional().catch(undefined), { kind: 'number' });

/** A boolean, or its text; otherwise absent. */
export const flag = shaped(anyFlag.optional().catch(undefined), { kind: 'flag' });

/** The id of a resource. A response without it is malformed. */
export const identity = shaped(z.union([z.string(), z.number().transform(String)]).pipe(z.string().min(1)), {
  kind: 'id',
});

/** A flat map of texts, such as labels and annotations. Values that are not scalars are dropped. */
export const textMap = shaped(
  z
    .record(z.string(), z.unknown())
    .catch({})
    .default({})
    .transform((map): Record<string, string> => {
      const texts: Record<string, string> = {};
      for (const [key, value] of Object.entries(map)) {
        const parsed = anyText.safeParse(value);
        if (parsed.success) texts[key] = parsed.data;
      }
      return texts;
    }),
  { kind: 'map' },
);

/** An optional part of a response. */
export function part<Shape extends z.ZodType>(schema: Shape) {
  return schema.optional().catch(undefined);
}

/** An array. A single object counts as an array of one. Items that cannot be parsed are left out. */
export function many<Item extends z.ZodType>(item: Item) {
  return shaped(
    z
      .unknown()
      .optional()
      .transform((value): z.output<Item>[] => {
        const items = value === undefined ? [] : Array.isArray(value) ? value : [value];
        return items.flatMap((entry) => {
          const parsed = item.safeParse(entry);
          return parsed.success ? [parsed.data] : [];
        });
      }),
    { kind: 'list', item },
  );
}

/** A list or map that stays absent when the response does not have it. */
export function ifPresent<Shape extends z.ZodType>(schema: Shape) {
  return shaped(
    z
      .unknown()
      .optional()
      .transform((value): z.output<Shape> | undefined => (value === undefined ? undefined : schema.parse(value))),
    { kind: 'same', schema },
  );
}

/** The items of a list response; none when absent. An item without an id makes the whole response malformed. */
export function items<Item extends z.ZodType>(item: Item) {
  return z.array(item).default([]);
}
