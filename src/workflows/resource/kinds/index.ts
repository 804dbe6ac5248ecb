import type { ResourceStep } from '../../../contract/progress.js';
import type { Spec } from '../../../contract/spec.js';
import type { ResourceKind } from '../kind.js';
import { currentNotebook } from './current-notebook.js';
import { notebook } from './notebook.js';
import { pool } from './pool.js';

/** All kinds, each after the kinds that it needs. Two may share a step: then a spec asks for one of them at most. */
export const kinds: readonly ResourceKind[] = [pool, notebook, currentNotebook];

/** Every notebook, whatever its API: one search finds them, and each is removed as its own kind. */
const everyNotebook: ResourceKind = {
  ...(notebook as ResourceKind),
  command: (op, command, target, removal) => kindOf(everyNotebook, target.id).command(op, command, target, removal),
  hasId: () => true,
  known: ({ notebooks }) => notebooks,
  without: (resources) => ({ ...resources, notebooks: [] }),
};

/** Removal goes backwards: deleting a pool would break the notebooks on it. One entry for each step. */
export const kindsToRemove: readonly ResourceKind[] = [everyNotebook, pool];

/** The kinds that are on a pool: everything but the pool. */
export const kindsOnPool: readonly ResourceKind[] = [everyNotebook];

/** The kind of a resource that a removal found. */
export function kindOf(removed: ResourceKind, id: string): ResourceKind {
  return kinds.find((kind) => kind.step === removed.step && kind.hasId(id)) ?? removed;
}

/** The kinds that a spec asks for. */
export function kindsIn(spec: Spec): readonly ResourceKind[] {
  return kinds.filter((kind) => kind.wanted(spec) !== null);
}

/** The kinds that cannot exist without this one, nearest to the end first. */
export function dependentsOf(step: ResourceStep, spec: Spec): readonly ResourceKind[] {
  return [...kindsIn(spec)].reverse().filter(({ needs }) => needs.includes(step));
}
