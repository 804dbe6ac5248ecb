import {
  type CurrentNotebookSpec,
  type HistoricalNotebookSpec,
  isCurrentNotebook,
  type Spec,
} from '../contract/spec.js';
import { chooseImage } from '../domain/resource/image.js';
import type { NotChecked, SpecFacts } from './facts.js';
import { flavorHardware, type Hardware, profileHardware, profileMismatch } from './hardware.js';
import type { SpecProblem } from './problem.js';

/**
 * Documented profiles and notebook flavors, and their hardware (docs/api/notebooks-and-auth.md "2.1 O1 create"). There
 * may be others.
 */
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

/** Checks image, profile and flavor of a notebook. */
export function checkNotebookValues(
  spec: Spec,
  facts: SpecFacts,
): { problems: SpecProblem[]; notChecked: NotChecked[] } {
  const { notebook } = spec;
  if (notebook === undefined) return { problems: [], notChecked: [] };
  if (isCurrentNotebook(notebook))
    return { problems: imageProblems(notebook, facts), notChecked: openCurrentValues(spec, notebook, facts) };
  return { problems: profileProblems(notebook), notChecked: openValues(spec, notebook, facts) };
}

/** `checkSpec` compares the hardware in the names; this compares the documented hardware too. */
function profileProblems({ profileId, flavor }: HistoricalNotebookSpec): SpecProblem[] {
  const wanted = profileHardware(profileId) ?? documentedProfiles[profileId] ?? null;
  const has = flavorHardware(flavor) ?? documentedFlavors[flavor] ?? null;
  const message = profileMismatch(flavor, wanted, has);
  return message === null ? [] : [{ path: 'notebook.profileId', message }];
}

/** The historical API cannot list profiles or notebook flavors. */
function openValues(spec: Spec, { profileId, flavor }: HistoricalNotebookSpec, facts: SpecFacts): NotChecked[] {
  const open = (field: string, value: string, word: string, documented: object, used: readonly string[]) => {
    const known = [...new Set([...Object.keys(documented), ...used])].sort();
    const why = `not checked: a wrong ${word} ${whenItShows(spec)}`;
    return known.includes(value) ? [] : [{ field, value, why, known }];
  };
  return [
    ...open('notebook.profileId', profileId, 'profile', documentedProfiles, facts.usedProfiles),
    ...open('notebook.flavor', flavor, 'flavor', documentedFlavors, facts.usedFlavors),
  ];
}

function imageProblems({ image, ssh }: CurrentNotebookSpec, { images }: SpecFacts): SpecProblem[] {
  if (images === null) return [];
  const found = chooseImage(images, image);
  if (typeof found === 'string') return [{ path: 'notebook.image', message: found }];
  const isSshOnly = found.services.length > 0 && found.services.every((service) => service === 'SSH');
  if (!isSshOnly || ssh !== undefined) return [];
  return [{ path: 'notebook.ssh', message: `required: image ${image} can only be opened with SSH` }];
}

function openCurrentValues(
  spec: Spec,
  { image, flavor }: CurrentNotebookSpec,
  { images, notebookFlavors }: SpecFacts,
): NotChecked[] {
  const open: NotChecked[] = [];
  if (images === null) {
    const why = `the images could not be read: a wrong image ${whenItShows(spec)}`;
    open.push({ field: 'notebook.image', value: image, why, known: [] });
  }
  if (flavor === undefined || notebookFlavors?.some(({ name }) => name === flavor) === true) return open;
  const reason = notebookFlavors === null ? 'not checked' : 'the service does not list this flavor';
  const why = `${reason}: a wrong flavor ${whenItShows(spec)}`;
  return [
    ...open,
    { field: 'notebook.flavor', value: flavor, why, known: notebookFlavors?.map(({ name }) => name) ?? [] },
  ];
}

function whenItShows({ pool }: Spec): string {
  return pool === undefined
    ? 'shows only when the notebook is created'
    : 'shows only after the pool exists and costs money';
}
