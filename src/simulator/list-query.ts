import { badRequest } from './errors.js';
import type { Json } from './json.js';

const MAX_LIMIT = 500;

/** One page of a Kubernetes-style list, with the metadata that leads to the next (docs/api/pools-and-flavors.md "5.1 Pagination"). */
export function pageOf<T>(items: readonly T[], query: URLSearchParams): { items: readonly T[]; metadata: Json } {
  const limit = limitOf(query.get('limit'));
  const start = startOf(query.get('continue'));
  const page = items.slice(start, start + limit);
  const next = start + page.length;
  if (next >= items.length) return { items: page, metadata: {} };
  return { items: page, metadata: { continue: tokenOf(next), remainingItemCount: items.length - next } };
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
