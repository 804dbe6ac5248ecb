import { z } from 'zod';
import { instantOf, parseInstant } from '../../domain/resource/instant.js';

/**
 * Building blocks for answers. An answer is read tolerantly: a field that is missing, null or of a strange type counts as
 * absent, unknown fields and words are kept, and only what identifies a resource is insisted on. A poll must not fail
 * because the service says one thing more, or one thing differently, than its pages do.
 */

/** Drops null members and null items at every depth: the pages use null and absence for the same thing. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== null).map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([key, member]) => [key, withoutNulls(member)]),
  );
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

/** A word or number as text; absent when it is neither. */
export const text = anyText.optional().catch(undefined);

/** A time, in the one form that this code keeps; absent when it cannot be read. */
export const instant = anyText
  .transform((value) => instantOf(value) || undefined)
  .optional()
  .catch(undefined);

/** A time as epoch milliseconds, however it is written; absent when it cannot be read. */
export const epoch = anyText
  .transform((value) => parseInstant(value) ?? undefined)
  .optional()
  .catch(undefined);

/** A number, also when it comes as text; absent when it is neither. */
export const count = anyInteger.optional().catch(undefined);

/** A truth value, also when it comes as text; absent when it is neither. */
export const flag = anyFlag.optional().catch(undefined);

/** The text that identifies a resource: the one thing without which an answer is malformed. */
export const identity = z.union([z.string(), z.number().transform(String)]).pipe(z.string().min(1));

/** A flat map of texts, as labels and annotations are; values that are no scalars are dropped. */
export const textMap = z
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
  });

/** A part of an answer that may be absent. */
export function part<Shape extends z.ZodType>(schema: Shape) {
  return schema.optional().catch(undefined);
}

/** An array; a single object counts as an array of one, absence as none, and items that cannot be read are left out. */
export function many<Item extends z.ZodType>(item: Item) {
  return z
    .unknown()
    .optional()
    .transform((value): z.output<Item>[] => {
      const items = value === undefined ? [] : Array.isArray(value) ? value : [value];
      return items.flatMap((entry) => {
        const parsed = item.safeParse(entry);
        return parsed.success ? [parsed.data] : [];
      });
    });
}

/** The items of a list answer: absence means none, but an item without identity makes the whole answer malformed. */
export function items<Item extends z.ZodType>(item: Item) {
  return z.array(item).default([]);
}
