import { type CallContext, ModelArtsError } from './errors.js';
import { withoutNulls } from './schemas/tolerant.js';
import type { Observation } from './subscribers.js';

/** Parses a row whose id is known to be valid. */
type Parse<Item> = (row: unknown) => Item;

interface Parsed<Item> {
  readonly json: string;
  readonly item: Item;
}

/** The rows of one list by id. A row is parsed when somebody asks for it. */
export interface ListedRows<Item> {
  get(id: string): Item | undefined;
  has(id: string): boolean;
}

/**
 * Parses the rows of successive lists. A row that has not changed since the last list keeps its parsed item, so that a
 * look costs what changed and not what exists. Remembers the rows that were asked for in the last list.
 */
export class RowParser<Item> {
  readonly #parse: Parse<Item>;
  #last = new Map<string, Parsed<Item>>();

  constructor(schema: { parse(row: unknown): Item }, call: CallContext) {
    this.#parse = (row) => {
      try {
        return schema.parse(withoutNulls(row));
      } catch {
        // The schema's error may quote the row, so its text is not kept.
        throw new ModelArtsError(`${call.operation} failed: a row of the list cannot be read`, {
          ...call,
          kind: 'malformed',
        });
      }
    };
  }

  /** The rows of a list. `raw` has every row by its id. */
  rows(raw: ReadonlyMap<string, unknown>): ListedRows<Item> {
    const before = this.#last;
    const asked = new Map<string, Parsed<Item>>();
    this.#last = asked;
    const parsed = (id: string): Parsed<Item> => {
      const row = raw.get(id);
      const json = JSON.stringify(row);
      const known = before.get(id);
      return known?.json === json ? known : { json, item: this.#parse(row) };
    };
    return {
      has: (id) => raw.has(id),
      get: (id) => {
        if (!raw.has(id)) return undefined;
        const row = asked.get(id) ?? parsed(id);
        asked.set(id, row);
        return row.item;
      },
    };
  }
}

/** The observation of a listed row. A row that cannot be read concerns only those who wait for it. */
export function rowOf<Item>(listed: ListedRows<Item>, id: string, at: number): Observation<Item> {
  try {
    return { at, item: listed.get(id) ?? null };
  } catch (error) {
    return { at, error: error instanceof Error ? error : new Error(String(error)) };
  }
}
