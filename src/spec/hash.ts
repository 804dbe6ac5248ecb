import { createHash } from 'node:crypto';
import { operationId } from '../contract/ids.js';
import type { Spec } from '../contract/spec.js';
import { hashedFacts, type PlanItem } from '../domain/teardown/plan.js';
import { type Fields, isFields } from './finding.js';

/** The 8 hex digits of a normalised spec in its ownership marker. */
export function specHash(spec: Spec): string {
  return shortHash(canonicalJson(spec));
}

/** The 8 hex digits of the owning workflow's id in its ownership marker. */
export function ownerHash(workflowId: string): string {
  return shortHash(workflowId);
}

/** The operations that can create resources of a name, with the owner hash of their markers. */
export function creatingOperations(name: string): { readonly owner: string; readonly workflowId: string }[] {
  return (['env', 'pool', 'notebook'] as const)
    .map((kind) => operationId(kind, name))
    .map((workflowId) => ({ workflowId, owner: ownerHash(workflowId) }));
}

/** The 8 hex digits that identify an operator's changes. */
export function changesHash(changes: Readonly<Record<string, unknown>>): string {
  return shortHash(canonicalJson(changes));
}

/** The 16 hex digits that identify a plan: kind, id, creation time, marker, protection and reason of its items. */
export function planHash(items: readonly PlanItem[]): string {
  return createHash('sha256')
    .update(canonicalJson(hashedFacts(items)))
    .digest('hex')
    .slice(0, 16);
}

/** JSON with sorted keys and without undefined, so that equal values have equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isFields(inner) ? sortKeys(inner) : inner));
}

function sortKeys(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
