import { invalid } from './errors.js';

/** One page of rows with the counts of the current API. */
export interface PageOfRows<T> {
  /** The index of the page. */
  readonly current: number;
  readonly data: readonly T[];
  readonly pages: number;
  readonly size: number;
  readonly total: number;
}

/** How a list is paged. */
export interface PageRules {
  /** The only limits that are accepted. @defaultValue any positive number */
  readonly limits?: readonly number[];
  /** The limit when the query has none. */
  readonly fallback: number;
  /** The index of the first page. */
  readonly first: 0 | 1;
}

/** The rows from the row `offset` on (docs/api/notebooks-current.md "4. List (C2, C3)"). */
export function pageOfRows<T>(rows: readonly T[], query: URLSearchParams, rules: PageRules): PageOfRows<T> {
  const limit = wholeNumber(query, 'limit') ?? rules.fallback;
  const offset = wholeNumber(query, 'offset') ?? 0;
  if (limit < 1 || rules.limits?.includes(limit) === false) {
    throw invalid(`'limit' must be ${rules.limits?.join(', ') ?? 'positive'}.`);
  }
  return {
    current: rules.first + Math.floor(offset / limit),
    data: rows.slice(offset, offset + limit),
    pages: Math.ceil(rows.length / limit),
    size: limit,
    total: rows.length,
  };
}

/**
 * Whether a value contains the text of a query parameter, in any case. An absent or empty parameter matches every
 * value.
 */
export function nameMatches(query: URLSearchParams, key: string, value: string | undefined): boolean {
  return (value ?? '').toLowerCase().includes((query.get(key) ?? '').toLowerCase());
}

function wholeNumber(query: URLSearchParams, key: string): number | undefined {
  const text = query.get(key) ?? '';
  if (text === '') return undefined;
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw invalid(`'${key}' must be a number.`);
}
