import { badRequest } from './errors.js';
import type { Json } from './json.js';

const MAX_LIMIT = 500;

/**
 * One page of a Kubernetes-style list, with the metadata that leads to the next (docs/api/pools-and-flavors.md "5.1
 * Pagination").
 */
export function pageOf<T>(items: readonly T[], query: URLSearchParams): { items: readonly T[]; metadata: Json } {
  const limit = limitOf(query.get('limit'));
  const start = startOf(query.get('continue'));
  const page = items.slice(start, start + limit);
  const next = start + page.length;
  if (next >= items.length) return { items: page, metadata: {} };
  return { items: page, metadata: { continue: tokenOf(next), remainingItemCount: items.length - next } };
}

/** One page of a list with `limit` and a row `offset`. A limit of 0 is the usual one. Throws a 400. */
export function offsetPage<T>(
  items: readonly T[],
  query: URLSearchParams,
  { most, usual }: { readonly most: number; readonly usual: number },
): readonly T[] {
  const offset = Number(query.get('offset') || 0);
  const limit = Number(query.get('limit') || 0) || usual;
  if (!Number.isInteger(offset) || offset < 0) throw badRequest('offset must be a number of at least 0.');
  if (!Number.isInteger(limit) || limit < 0 || limit > most) throw badRequest(`limit must be in 0..${most}.`);
  return items.slice(offset, offset + limit);
}

/** Whether a value equals a query parameter. An absent or empty parameter matches every value. */
export function matchesQuery(query: URLSearchParams, key: string, value: string | undefined): boolean {
  const wanted = query.get(key) ?? '';
  return wanted === '' || wanted === value;
}

function limitOf(text: string | null): number {
  if (text === null || text === '' || text === '0') return MAX_LIMIT;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 0 || limit > MAX_LIMIT) throw badRequest(`limit must be in 0..${MAX_LIMIT}.`);
  return limit;
}

function startOf(token: string | null): number {
  if (token === null || token === '') return 0;
  const match = /^position:(\d+)$/.exec(Buffer.from(token, 'base64url').toString('utf8'));
  if (match?.[1] === undefined) throw badRequest('continue is not valid.');
  return Number(match[1]);
}

function tokenOf(position: number): string {
  return Buffer.from(`position:${position}`).toString('base64url');
}
