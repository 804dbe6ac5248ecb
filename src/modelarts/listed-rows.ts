import { withoutNulls } from './schemas/tolerant.js';

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

  constructor(schema: { parse(row: unknown): Item }) {
    this.#parse = (row) => schema.parse(withoutNulls(row));
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
