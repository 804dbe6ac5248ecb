import type { NotebookSpec, Spec } from '../contract/spec.js';
import { poolChoices } from '../domain/provision/pool-choices.js';
import type { NotChecked, SpecFacts } from './facts.js';
import { missingHardware } from './hardware.js';
import { checkNotebookValues } from './notebook-feasibility.js';
import type { SpecProblem } from './problem.js';

/** The result of the check. With a problem the run is certain to fail. */
export interface Feasibility {
  readonly problems: readonly SpecProblem[];
  readonly notChecked: readonly NotChecked[];
}

/** Checks a normalised spec against the project, before anything is created. A dry run and the run itself call it. */
export function checkFeasibility(spec: Spec, facts: SpecFacts): Feasibility {
  const problems: SpecProblem[] = [];
  const notChecked: NotChecked[] = [];
  problems.push(...ownPoolProblems(spec));
  checkPoolFlavors(spec, facts, problems, notChecked);
  if (spec.notebook !== undefined) {
    const values = checkNotebookValues(spec, facts);
    problems.push(...values.problems);
    checkNotebookPool(spec.notebook, facts, problems, notChecked);
    notChecked.push(...values.notChecked);
  }
  return { problems, notChecked };
}

/** The pool that the main job creates must accept its notebook. */
function ownPoolProblems({ pool, notebook }: Spec): SpecProblem[] {
  if (pool === undefined || notebook === undefined) return [];
  const problems: SpecProblem[] = [];
  if (!pool.scope.includes('Notebook')) {
    const message = 'must include Notebook, because the notebook runs on this pool';
    problems.push({ path: 'pool.scope', message });
  }
  // Only one of the choices is created, so each must have what the notebook needs.
  const nodes = poolChoices(pool).map(({ resources }) => resources.map(({ flavor }) => flavor));
  const { flavor } = notebook;
  if (flavor === undefined) return problems;
  const misfit = nodes.find((flavors) => missingHardware(flavor, flavors) !== null);
  if (misfit !== undefined) {
    const message = `requires ${missingHardware(flavor, misfit)}, which is missing in the pool's flavors ${misfit.join(', ')}`;
    problems.push({ path: 'notebook.flavor', message });
  }
  return problems;
}

function checkPoolFlavors(
  { pool }: Spec,
  { poolFlavors }: SpecFacts,
  problems: SpecProblem[],
  notChecked: NotChecked[],
): void {
  if (pool === undefined || poolFlavors === null) return;
  const missing = poolChoices(pool).map(({ resources }) =>
    resources.map(({ flavor }) => flavor).filter((flavor) => !poolFlavors.includes(flavor)),
  );
  const path = pool.resources === undefined ? 'pool.flavors' : 'pool.resources';
  if (missing.length > 0 && missing.every((flavors) => flavors.length > 0)) {
    const names = [...new Set(missing.flat())].join(', ');
    problems.push({ path, message: `this project has no flavor ${names}. List flavors with \`maops flavor list\`.` });
    return;
  }
  missing.forEach((flavors, index) => {
    for (const value of flavors)
      notChecked.push({
        field: `${path}.${index}`,
        value,
        why: 'the project does not list this flavor, so the service will reject it',
        known: [...poolFlavors],
      });
  });
}

function checkNotebookPool(
  notebook: NotebookSpec,
  { notebookPool }: SpecFacts,
  problems: SpecProblem[],
  notChecked: NotChecked[],
): void {
  const { pool, flavor } = notebook;
  if (pool === undefined) return;
  const path = 'notebook.pool.id';
  if (notebookPool === null || (notebookPool.isThere && notebookPool.scopes.length === 0)) {
    const why = 'the pool could not be read. Whether it accepts notebooks shows when the notebook is created.';
    notChecked.push({ field: path, value: pool.id, why, known: [] });
    return;
  }
  if (!notebookPool.isThere) {
    problems.push({ path, message: `pool ${pool.id} does not exist. List pools with \`maops pool list\`.` });
    return;
  }
  if (notebookPool.isLeaving) problems.push({ path, message: `pool ${pool.id} is being deleted` });
  if (!notebookPool.scopes.includes('Notebook'))
    problems.push({
      path,
      message: `pool ${pool.id} does not accept notebooks: its scope is ${notebookPool.scopes.join(', ')}, without Notebook`,
    });
  const missing = flavor === undefined ? null : missingHardware(flavor, notebookPool.flavors);
  if (missing !== null)
    problems.push({ path: 'notebook.flavor', message: `requires ${missing}, which pool ${pool.id} does not have` });
}
