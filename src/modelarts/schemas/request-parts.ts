import { z } from 'zod';
import { Secret } from '../secret.js';

/**
 * Building blocks for requests. Requests are parsed strictly, because the service ignores unknown keys without an
 * error.
 */

/** The input of a request schema, deeply read-only, so that callers may pass frozen values. */
export type RequestOf<Value> = Value extends Secret
  ? Value
  : Value extends readonly (infer Item)[]
    ? readonly RequestOf<Item>[]
    : Value extends object
      ? { readonly [Key in keyof Value]: RequestOf<Value[Key]> }
      : Value;

export const nonEmpty = z.string().min(1, 'must not be empty');

/** A scalar that is sent as it is. */
export const scalar = z.union([z.string(), z.number(), z.boolean()]);

/**
 * A scalar that is sent as text. The documented examples also use numbers (docs/api/pools-and-flavors.md "2.8
 * Contradictions, and what to do").
 */
export const scalarText = scalar.transform(String);

/** One of a fixed list of words, which may be given as a number or boolean. */
export function scalarWord<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.preprocess(
    (value) => (typeof value === 'number' || typeof value === 'boolean' ? String(value) : value),
    z.enum(words),
  );
}

/** A password, revealed only when the request is built. It is never part of an error. */
export const secretText = z
  .union([z.string(), z.instanceof(Secret)])
  .transform((value) => (value instanceof Secret ? value.reveal() : value));

/** Reports a broken rule and where it is broken. */
export type Report = (path: readonly PropertyKey[], message: string) => void;

/** A check of rules between the fields of a request. Issues hold no input, which may contain a password. */
export function rules<Value>(apply: (value: Value, report: Report) => void): z.core.CheckFn<Value> {
  return ({ value, issues }) =>
    apply(value, (path, message) => issues.push({ code: 'custom', path: [...path], message, input: null }));
}
