import type { NotebookSpec, Spec } from '../contract/spec.js';
import { poolChoices } from '../domain/provision/pool-choices.js';
import { flavorHardware, type Hardware, missingHardware, profileHardware, profileMismatch } from './hardware.js';
import type { SpecProblem } from './problem.js';

/** What the API reports before anything is created. Null is unknown, and no conclusion is drawn from it. */
export interface SpecFacts {
  /** Names of all pool flavors of the project. */
  readonly poolFlavors: readonly string[] | null;
  /** The pool that a `launchNotebook` names. */
  readonly notebookPool: NotebookPoolFacts | null;
  /** Profiles and flavors of existing notebooks: they have worked before. */
  readonly usedProfiles: readonly string[];
  readonly usedFlavors: readonly string[];
}

/** `isThere` is false when the service reports that the pool does not exist. */
export interface NotebookPoolFacts {
  readonly isThere: boolean;
  readonly isLeaving: boolean;
  readonly scopes: readonly string[];
  readonly flavors: readonly string[];
}

/** A value of the spec that cannot be checked before it is used. */
export interface NotChecked {
  /** Dotted path. */
  readonly field: string;
  readonly value: string;
  readonly why: string;
  /** Values from the documentation of the API and from existing notebooks. */
  readonly known: readonly string[];
}

/** The result of the check. With a problem the run is certain to fail. */
export interface Feasibility {
  readonly problems: readonly SpecProblem[];
  readonly notChecked: readonly NotChecked[];
}

export const noFacts: SpecFacts = { poolFlavors: null, notebookPool: null, usedProfiles: [], usedFlavors: [] };

/** Documented profiles and notebook flavors, and their hardware (docs/api/notebooks-and-auth.md "2.1 O1 create"). There may be others. */
const documentedProfiles: Readonly<Record<string, Hardware | null>> = {
  'Multi-Engine 1.0 (python2)-cpu': 'CPU',
  'Multi-Engine 1.0 (python2)-gpu': 'GPU',
  'Multi-Engine 1.0 (python3)-cpu': 'CPU',
  'Multi-Engine 1.0 (python3)-gpu': 'GPU',
  'Multi-Engine 2.0 (python3)': null,
  'Power-Engine 1.0(python3)': null,
  'Python3-gpu': 'GPU',
  'Ascend-Power-Engine 1.0(python3)': 'NPU',
};
const documentedFlavors: Readonly<Record<string, Hardware>> = {
  'modelarts.vm.cpu.2u': 'CPU',
  'modelarts.vm.cpu.8u': 'CPU',
  'modelarts.vm.cpu.free': 'CPU',
  'modelarts.vm.gpu.p100': 'GPU',
  'modelarts.vm.gpu.free': 'GPU',
  'modelarts.bm.gpu.v100NV32': 'GPU',
  'modelarts.kat1.xlarge': 'NPU',
};

/** Checks a normalised spec against the project, before anything is created. A dry run and the run itself call it. */
export function checkFeasibility(spec: Spec, facts: SpecFacts): Feasibility {
  const problems: SpecProblem[] = [];
  const notChecked: NotChecked[] = [];
  problems.push(...ownPoolProblems(spec));
  checkPoolFlavors(spec, facts, problems, notChecked);
  if (spec.notebook !== undefined) {
    problems.push(...profileProblems(spec.notebook));
    checkNotebookPool(spec.notebook, facts, problems, notChecked);
    notChecked.push(...openValues(spec, spec.notebook, facts));
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
  const misfit = nodes.find((flavors) => missingHardware(notebook.flavor, flavors) !== null);
  if (misfit !== undefined) {
    const message = `requires ${missingHardware(notebook.flavor, misfit)}, which is missing in the pool's flavors ${misfit.join(', ')}`;
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
  const missing = missingHardware(flavor, notebookPool.flavors);
  if (missing !== null)
    problems.push({ path: 'notebook.flavor', message: `requires ${missing}, which pool ${pool.id} does not have` });
}

/** `checkSpec` compares the hardware in the names; this compares the documented hardware too. */
function profileProblems({ profileId, flavor }: NotebookSpec): SpecProblem[] {
  const wanted = profileHardware(profileId) ?? documentedProfiles[profileId] ?? null;
  const has = flavorHardware(flavor) ?? documentedFlavors[flavor] ?? null;
  const message = profileMismatch(flavor, wanted, has);
  return message === null ? [] : [{ path: 'notebook.profileId', message }];
}

/** The API cannot list profiles or notebook flavors. */
function openValues(spec: Spec, { profileId, flavor }: NotebookSpec, facts: SpecFacts): NotChecked[] {
  const when =
    spec.pool === undefined
      ? 'shows only when the notebook is created'
      : 'shows only after the pool exists and costs money';
  const open = (field: string, value: string, word: string, documented: object, used: readonly string[]) => {
    const known = [...new Set([...Object.keys(documented), ...used])].sort();
    return known.includes(value) ? [] : [{ field, value, why: `not checked: a wrong ${word} ${when}`, known }];
  };
  return [
    ...open('notebook.profileId', profileId, 'profile', documentedProfiles, facts.usedProfiles),
    ...open('notebook.flavor', flavor, 'flavor', documentedFlavors, facts.usedFlavors),
  ];
}
