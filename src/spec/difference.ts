import type { Spec } from '../contract/spec.js';
import { isFields } from './finding.js';
import { canonicalJson } from './hash.js';

/** A value that differs between two specs. Null is absent. */
export interface SpecDifference {
  readonly path: string;
  readonly left: unknown;
  readonly right: unknown;
}

/** Compares two normalised specs value by value. A list of texts is one value. */
export function diffSpecs(left: Spec, right: Spec): SpecDifference[] {
  const [lefts, rights] = [leaves(left), leaves(right)];
  const paths = [...new Set([...lefts.keys(), ...rights.keys()])].sort();
  return paths
    .map((path) => ({ path, left: lefts.get(path) ?? null, right: rights.get(path) ?? null }))
    .filter((difference) => canonicalJson(difference.left) !== canonicalJson(difference.right))
    .map((difference) => (difference.path === 'lease.webhook' ? withoutSecrets(difference) : difference));
}

/** One line for each difference: `pool.count: 2, requested 3`. */
export function describeDifferences(differences: readonly SpecDifference[]): string {
  return differences.map(({ path, left, right }) => `${path}: ${show(left)}, requested ${show(right)}`).join('\n');
}

function leaves(value: unknown, path: readonly (string | number)[] = []): Map<string, unknown> {
  const inner = isFields(value) ? Object.entries(value) : isListOfSections(value) ? [...value.entries()] : null;
  if (inner === null) return new Map([[path.join('.'), value]]);
  return new Map(inner.flatMap(([key, item]) => [...leaves(item, [...path, key])]));
}

function isListOfSections(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.some(isFields);
}

/** The path of a webhook is often a secret, so only the host is shown. */
function withoutSecrets({ path, left, right }: SpecDifference): SpecDifference {
  return { path, left: hostOf(left), right: hostOf(right) };
}

function hostOf(url: unknown): string | null {
  return typeof url === 'string' && URL.canParse(url) ? `${new URL(url).origin}/…` : null;
}

function show(value: unknown): string {
  return value === null ? 'none' : typeof value === 'string' ? value : JSON.stringify(value);
}
