import { parse } from 'yaml';
import { z } from 'zod';
import type { PriceTable } from '../domain/price.js';
import { section } from './field.js';

const price = z.number({ error: 'must be a number: money per hour' }).min(0, { error: 'must not be negative' });

/** A price table as a person writes it (docs/audit.md). */
const priceTable = section({
  currency: z.string({ error: 'is required, as text such as EUR' }).min(1, { error: 'must not be empty' }),
  flavors: z.record(z.string(), price, { error: 'is required: a group of flavor names with money per hour' }),
});

/** Reads the text of a price table; every problem is named with its path. */
export function parsePrices(
  text: string,
): { readonly ok: true; readonly table: PriceTable } | { readonly ok: false; readonly problems: readonly string[] } {
  let document: unknown;
  try {
    document = parse(text);
  } catch (error) {
    const [message = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { ok: false, problems: [message.replace(/:$/, '')] };
  }
  const checked = priceTable.safeParse(document);
  if (checked.success) return { ok: true, table: checked.data };
  return {
    ok: false,
    problems: checked.error.issues.map(({ path, message }) =>
      path.length === 0 ? message : `${path.join('.')}: ${message}`,
    ),
  };
}
