/** Rules between the fields of a notebook create (docs/api/notebooks-and-auth.md "2.2 Cross-field rules for O1" and "9. Further points of the primary page"), each with the code the service would answer. */

interface Location {
  readonly path?: string | undefined;
  readonly volume_size?: number | undefined;
  readonly mount_path?: string | undefined;
  readonly access_modes?: string | undefined;
}

interface Storage {
  readonly type: 'obs' | 'obsfs' | 'evs';
  readonly location?: Location | undefined;
}

interface Notebook {
  readonly profile_id: string;
  readonly flavor: string;
  readonly spec: {
    readonly storage: Storage;
    readonly extend_storage?: readonly Storage[] | undefined;
  };
  readonly pool?: object | undefined;
}

/** A broken rule and where it is broken. */
export interface BrokenRule {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function obsProblem({ path }: Location): string | null {
  if (path === undefined || path === '') return 'required when the storage is obs (6317)';
  if (!path.endsWith('/')) return 'must end with / (6318)';
  // `/bucket/dir/`: less than two names means the root of the bucket.
  if (path.split('/').filter((name) => name !== '').length < 2)
    return 'must be a directory inside the bucket, not its root (6358)';
  return null;
}

function obsfsProblem({ path }: Location): string | null {
  if (path === undefined || path === '')
    return 'required when the storage is obsfs: the name of a parallel file system';
  if (path.includes('/')) return 'must be the name of a parallel file system, without a directory';
  return null;
}

function storageProblems({ type, location = {} }: Storage): BrokenRule[] {
  const problems: BrokenRule[] = [];
  const refuse = (key: keyof Location, message: string) => problems.push({ path: ['location', key], message });
  const problem = type === 'obs' ? obsProblem(location) : type === 'obsfs' ? obsfsProblem(location) : null;
  if (problem !== null) refuse('path', problem);
  if (type === 'evs' && location.path !== undefined) refuse('path', 'not used when the storage is evs');
  if (type !== 'evs' && location.volume_size !== undefined) refuse('volume_size', 'only used when the storage is evs');
  if (type !== 'obsfs' && location.mount_path !== undefined)
    refuse('mount_path', 'only used when the storage is obsfs');
  if (type !== 'obsfs' && location.access_modes !== undefined)
    refuse('access_modes', 'only used when the storage is obsfs');
  return problems;
}

function hardwareOf(name: string, separator: RegExp): 'cpu' | 'gpu' | null {
  const words = name.toLowerCase().split(separator);
  if (words.includes('cpu')) return 'cpu';
  return words.includes('gpu') ? 'gpu' : null;
}

/** R13 and R14: profile and flavor must need the same hardware; a name that does not tell it passes. */
function flavorProblems({ profile_id, flavor }: Notebook): BrokenRule[] {
  const wants = hardwareOf(/-(cpu|gpu)$/i.exec(profile_id)?.[1] ?? '', /-/);
  const has = hardwareOf(flavor, /\./);
  if (wants !== null && has !== null && wants !== has) {
    return [{ path: ['flavor'], message: `${flavor} has ${has}, the profile ${profile_id} needs ${wants} (6330)` }];
  }
  if (flavor.endsWith('.free') && profile_id.startsWith('Multi-Engine 2.0')) {
    return [{ path: ['flavor'], message: `the profile ${profile_id} needs a paid flavor (6330)` }];
  }
  return [];
}

/** All broken rules of a notebook create, with their paths. */
export function notebookProblems(notebook: Notebook): BrokenRule[] {
  const problems = [...flavorProblems(notebook)];
  const { storage, extend_storage = [] } = notebook.spec;
  const under = (prefix: (string | number)[], found: readonly BrokenRule[]) =>
    problems.push(...found.map(({ path, message }) => ({ path: [...prefix, ...path], message })));
  const needsPool = 'obsfs needs a dedicated pool';

  under(['spec', 'storage'], storageProblems(storage));
  if (storage.type === 'obsfs' && notebook.pool === undefined)
    under(['spec', 'storage', 'type'], [{ path: [], message: needsPool }]);
  extend_storage.forEach((extra, index) => {
    const prefix = ['spec', 'extend_storage', index];
    if (extra.type !== 'obsfs')
      under([...prefix, 'type'], [{ path: [], message: 'further storage can only be obsfs (6324)' }]);
    else under(prefix, storageProblems(extra));
  });
  if (extend_storage.length > 0 && notebook.pool === undefined)
    under(['spec', 'extend_storage'], [{ path: [], message: needsPool }]);
  return problems;
}
