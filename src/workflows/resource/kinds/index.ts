import type { ResourceStep } from '../../../contract/progress.js';
import type { Spec } from '../../../contract/spec.js';
import type { ResourceKind } from '../kind.js';
import { currentNotebook } from './current-notebook.js';
import { notebook } from './notebook.js';
import { pool } from './pool.js';

/** All kinds, each after the kinds that it needs. Two may share a step: then a spec asks for one of them at most. */
export const kinds: readonly ResourceKind[] = [pool, notebook, currentNotebook];

/** Removal goes backwards: deleting a pool would break the notebooks on it. */
export const kindsToRemove: readonly ResourceKind[] = [...kinds].reverse();

/** The kinds that a spec asks for. */
export function kindsIn(spec: Spec): readonly ResourceKind[] {
  return kinds.filter((kind) => kind.wanted(spec) !== null);
}

/** The kinds that cannot exist without this one, nearest to the end first. */
export function dependentsOf(step: ResourceStep): readonly ResourceKind[] {
  return kindsToRemove.filter(({ needs }) => needs.includes(step));
}
