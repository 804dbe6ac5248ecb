import type { Report } from './request-parts.js';

/**
 * Rules between the fields of a notebook create (docs/api/notebooks-and-auth.md "2.2 Cross-field rules for O1" and
 * "9. Further points of the primary page"). A number in a message is the error code of the service for the same
 * mistake.
 */

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

function obsProblem({ path }: Location): string | null {
  if (path === undefined || path === '') return 'required when the storage is obs (6317)';
  if (!path.endsWith('/')) return 'must end with / (6318)';
  // A directory inside the bucket has two names at least: `/bucket/dir/`.
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

function checkStorage({ type, location = {} }: Storage, prefix: readonly PropertyKey[], report: Report): void {
  const reportAt = (key: keyof Location, message: string) => report([...prefix, 'location', key], message);
  const problem = type === 'obs' ? obsProblem(location) : type === 'obsfs' ? obsfsProblem(location) : null;
  if (problem !== null) reportAt('path', problem);
  if (type === 'evs' && location.path !== undefined) reportAt('path', 'not allowed when the storage is evs');
  if (type !== 'evs' && location.volume_size !== undefined) reportAt('volume_size', 'only allowed with evs storage');
  for (const key of ['mount_path', 'access_modes'] as const) {
    if (type !== 'obsfs' && location[key] !== undefined) reportAt(key, 'only allowed with obsfs storage');
  }
}

function hardwareOf(name: string, separator: RegExp): 'cpu' | 'gpu' | null {
  const words = name.toLowerCase().split(separator);
  if (words.includes('cpu')) return 'cpu';
  return words.includes('gpu') ? 'gpu' : null;
}

/** R13 and R14: profile and flavor must use the same hardware. Skipped when a name does not state it. */
function checkFlavor({ profile_id, flavor }: Notebook, report: Report): void {
  const needed = hardwareOf(/-(cpu|gpu)$/i.exec(profile_id)?.[1] ?? '', /-/);
  const offered = hardwareOf(flavor, /\./);
  if (needed !== null && offered !== null && needed !== offered) {
    report(['flavor'], `${flavor} is a ${offered} flavor, but the profile ${profile_id} needs ${needed} (6330)`);
  } else if (flavor.endsWith('.free') && profile_id.startsWith('Multi-Engine 2.0')) {
    report(['flavor'], `the profile ${profile_id} needs a paid flavor (6330)`);
  }
}

/** Reports every broken rule of a notebook create. */
export function checkNotebook(notebook: Notebook, report: Report): void {
  const { storage, extend_storage = [] } = notebook.spec;
  const needsPool = 'obsfs needs a dedicated pool';
  checkFlavor(notebook, report);
  checkStorage(storage, ['spec', 'storage'], report);
  if (storage.type === 'obsfs' && notebook.pool === undefined) report(['spec', 'storage', 'type'], needsPool);
  extend_storage.forEach((extra, index) => {
    const prefix = ['spec', 'extend_storage', index];
    if (extra.type !== 'obsfs') report([...prefix, 'type'], 'additional storage must be obsfs (6324)');
    else checkStorage(extra, prefix, report);
  });
  if (extend_storage.length > 0 && notebook.pool === undefined) report(['spec', 'extend_storage'], needsPool);
}
