import type { Endpoint } from '../call.js';
import { ModelArtsError } from '../errors.js';

/** One page of a list that is read by row offset. */
export interface RowPage<Row> {
  readonly data: readonly Row[];
  /** The number of rows of the whole list. */
  readonly total?: number | undefined;
}

/** How to read a list. */
export interface RowReading<Row> {
  readonly endpoint: Endpoint<unknown>;
  /** Rows per page. The service may return fewer. */
  readonly limit: number;
  readonly idOf: (row: Row) => string | undefined;
  readonly read: (page: { readonly limit: number; readonly offset: number }) => Promise<RowPage<Row>>;
}

/** More rows than any project has. */
const maxRows = 50_000;
/** Readings of a list that changes while it is read. */
const maxReadings = 3;

/**
 * Reads all rows of a list. A row that is deleted between two pages moves the later ones forward, and one of them would
 * be missed. So each page starts with the last row of the page before. If that row has moved, or rows are missing at
 * the end, the list is read again, and at last reported as incomplete (docs/api/notebooks-current.md "15. Exactly once:
 * marker, look, adopt").
 */
export async function readRows<Row>(reading: RowReading<Row>): Promise<Row[]> {
  let problem = '';
  for (let attempt = 0; attempt < maxReadings; attempt += 1) {
    const result = await readOnce(reading);
    if (typeof result !== 'string') return result;
    problem = result;
  }
  const { operation, method, template } = reading.endpoint;
  const message = `${operation} failed: the list is incomplete: ${problem}`;
  throw new ModelArtsError(message, { kind: 'malformed', operation, method, template });
}

/** All rows, or why they are incomplete. */
async function readOnce<Row>({ limit, idOf, read }: RowReading<Row>): Promise<Row[] | string> {
  const rows: Row[] = [];
  for (;;) {
    const last = rows.at(-1);
    const offset = last === undefined ? 0 : rows.length - 1;
    const page = await read({ limit, offset });
    const [first, ...others] = page.data;
    if (last !== undefined && first === undefined) return 'rows were deleted while it was read';
    if (last !== undefined && first !== undefined && idOf(first) !== idOf(last))
      return 'rows changed their places while it was read';
    rows.push(...(last === undefined ? page.data : others));
    if (rows.length > maxRows) return `it has more than ${maxRows} rows`;
    const { total } = page;
    const isLast = total === undefined ? page.data.length < limit : rows.length >= total;
    if (isLast) return rows;
    const added = last === undefined ? page.data.length : others.length;
    if (added === 0) return `the service returned ${rows.length} of ${total ?? 'more'} rows`;
  }
}
