import { createHash } from 'node:crypto';
import type { Spec } from '../contract/spec.js';
import { hashedFacts, type PlanItem } from '../domain/teardown/plan.js';

/** The 8 hex digits of a normalised spec that stand in the marker. */
export function specHash(spec: Spec): string {
  return shortHash(canonicalJson(spec));
}

/** The 8 hex digits of the owning workflow's id that stand in the marker. */
export function ownerHash(workflowId: string): string {
  return shortHash(workflowId);
}

/** The 8 hex digits that tell an operator's changes from others. */
export function changesHash(changes: Readonly<Record<string, unknown>>): string {
  return shortHash(canonicalJson(changes));
}

/** The 16 hex digits that a plan is applied by: over kind, id, creation time, marker, protection and reason of its items. */
export function planHash(items: readonly PlanItem[]): string {
  return createHash('sha256')
    .update(canonicalJson(hashedFacts(items)))
    .digest('hex')
    .slice(0, 16);
}

/** JSON with sorted keys and without undefined: equal values give equal text, whatever the order they were written in. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isRecord(inner) ? sortKeys(inner) : inner));
}

function sortKeys(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
