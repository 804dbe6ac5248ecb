import { z } from 'zod';
import { durationPattern, durationWords, formatDuration, parseDuration } from '../domain/duration.js';

/** Room for the ownership marker and ` maops:keep`, with a space before each. */
const markerRoom = ' maops:aaaaaa-bbbbbbbb-cccccccc'.length + ' maops:keep'.length;

const textError = { error: 'must be text that is not empty. Put a number of more than 15 digits in quotes.' };
// Zod reports the message of the variant that almost fits, so each variant needs the message.
const writtenText = z.string(textError).min(1, textError);
const exactNumber = z.number(textError).refine(isExact, textError);

/** Text that is passed on to the API. A number is taken as its text (`workspaceId: 0`). */
export const text = z.union([writtenText, exactNumber], textError).transform(String);

/** Text that is often written as true or false (`autoPay: true`). */
export const flagText = z.union([writtenText, exactNumber, z.boolean()], textError).transform(String);

/** Text of a pattern, or a whole number within limits, which is taken as its text. */
export function textLike(pattern: RegExp, error: string, least: number, most = Number.MAX_SAFE_INTEGER) {
  return z
    .union([z.string().regex(pattern, { error }), z.int({ error }).min(least, { error }).max(most, { error })], {
      error,
    })
    .transform(String);
}

export function choice<const FailureTexts extends readonly [string, ...string[]]>(words: FailureTexts) {
  return z.enum(words, { error: `must be ${oneOf(words)}` });
}

/** A digit that the API wants as text. The number is accepted too. */
export function digitChoice<const FailureTexts extends readonly [string, ...string[]]>(words: FailureTexts) {
  const error = `must be ${oneOf(words)}`;
  return z
    .union([z.enum(words, { error }), z.literal(words.map(Number), { error })], { error })
    .transform(String)
    .pipe(z.enum(words));
}

export const flag = z.boolean({ error: 'must be true or false' });

/** A whole number within the API's limits. */
export function wholeNumber(least: number, most: number, error = `must be a whole number, ${least} to ${most}`) {
  return z.int({ error }).min(least, { error }).max(most, { error });
}

/** A duration in its canonical text. A bare number is refused, because its unit is ambiguous. */
export const duration = z
  .string({ error: (issue) => durationMessage(issue.input) })
  .refine((written) => parseDuration(written) !== null, { error: (issue) => durationMessage(issue.input) })
  .meta({ pattern: durationPattern, examples: ['30m', '8h', '1h30m'] })
  .transform((written) => formatDuration(parseDuration(written) ?? 0));

/** A duration, or a word in its place. */
export function durationOr(word: string) {
  const error = `must be a duration, such as 90m or 1h30m, or ${word}`;
  return z
    .string({ error })
    .refine((written) => written === word || parseDuration(written) !== null, { error })
    .meta({ anyOf: [{ const: word }, { pattern: durationPattern }], examples: ['1h', word] })
    .transform((written) => (written === word ? written : formatDuration(parseDuration(written) ?? 0)));
}

/** The user's part of a description. It must leave room for the marker, and have no characters that the API forbids. */
export function description(limit: number, forbidden: string) {
  const most = limit - markerRoom;
  return z
    .string({ error: 'must be text' })
    .trim()
    .max(most, {
      error: `must have at most ${most} characters: the API allows ${limit}, and the ownership marker needs the rest`,
    })
    .refine((written) => !characters(written).some((character) => forbidden.includes(character)), {
      error: (issue) =>
        `must not contain ${listForbidden(issue.input, forbidden)}. The API forbids ${characters(forbidden).join(' ')}`,
    })
    .refine((written) => !written.includes('maops:'), {
      error: 'must not contain `maops:`, which begins an ownership marker',
    });
}

/** A list without duplicates. `things` is the word for its items in messages. */
export function listOf<Item extends z.ZodType>(item: Item, things: string, least = 0) {
  return z
    .array(item, { error: `must be a list of ${things}` })
    .min(least, { error: 'must not be empty' })
    .refine((items) => new Set(items.map((one) => JSON.stringify(one))).size === items.length, {
      error: 'must not contain duplicates',
    });
}

/** A mapping of known keys. document.ts makes the message for unknown ones. */
export function section<Shape extends z.ZodRawShape>(shape: Shape, example?: string) {
  const error = `must be a mapping${example === undefined ? '' : `, such as \`${example}\``}`;
  return z.strictObject(shape, { error: (issue) => (issue.code === 'invalid_type' ? error : undefined) });
}

/** Drops empty fields, so that `masters: []` and no masters are the same spec. */
export function withoutEmpty<Fields extends object>(fields: Fields): Fields {
  const kept = { ...fields };
  for (const [key, value] of Object.entries(fields)) if (isEmpty(value)) Reflect.deleteProperty(kept, key);
  return kept;
}

function isEmpty(value: unknown): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

export function durationMessage(input: unknown): string {
  const bare =
    typeof input === 'number' || (typeof input === 'string' && /^\d+(\.\d+)?$/.test(input)) ? String(input) : null;
  if (bare !== null) return `has no unit. Write ${bare}ms, ${bare}s, ${bare}m, ${bare}h or ${bare}d.`;
  return `must be ${durationWords}, and at most 36500d`;
}

function listForbidden(input: unknown, forbidden: string): string {
  return [...new Set(characters(String(input)).filter((character) => forbidden.includes(character)))].join(' ');
}

function characters(written: string): string[] {
  return Array.from(written);
}

function isExact(number: number): boolean {
  return !Number.isInteger(number) || Number.isSafeInteger(number);
}

function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}
