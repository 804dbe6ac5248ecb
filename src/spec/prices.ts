import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { PriceTable } from '../domain/price.js';
import { checkDocument } from './document.js';
import { decodeUtf8 } from './encoding.js';
import { section } from './field.js';
import { isFields } from './finding.js';
import { describeProblems } from './problem.js';
import { parseText } from './source.js';

/** Beyond this the sum of an account would not be exact. */
const highestPrice = 1_000_000_000;
const price = z
  .number({ error: 'must be a number: money per hour' })
  .min(0, { error: 'must not be negative' })
  .max(highestPrice, { error: `must be at most ${highestPrice}` });

/** A price table as it is written (docs/audit.md). */
const priceTable = section({
  currency: z.string({ error: 'required, such as EUR' }).min(1, { error: 'must not be empty' }),
  flavors: z.record(z.string(), price, {
    error: 'required: a mapping of flavors to money per hour, such as `{a: 6.60}`',
  }),
});

export type PriceCheck =
  | { readonly ok: true; readonly table: PriceTable }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads the file of a price table. Every problem names the file. */
export function readPriceFile(path: string): PriceCheck {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const code = isFields(error) && typeof error.code === 'string' ? error.code : 'unknown error';
    return { ok: false, problems: [`cannot read ${path} (${code})`] };
  }
  const decoded = decodeUtf8(bytes);
  if (!decoded.ok) return { ok: false, problems: [`${path}:${decoded.line}:${decoded.column} ${decoded.problem}`] };
  const parsed = parsePrices(decoded.text);
  return parsed.ok ? parsed : { ok: false, problems: parsed.problems.map((problem) => `${path}: ${problem}`) };
}

/** Reads the text of a price table. */
export function parsePrices(text: string): PriceCheck {
  const document = parseText(text, { keepsNumbers: false });
  if (!document.ok) return { ok: false, problems: [document.message] };
  const checked = checkDocument(priceTable, document.value);
  if (checked.ok) return { ok: true, table: checked.data };
  return { ok: false, problems: describeProblems(checked.problems).split('\n') };
}
