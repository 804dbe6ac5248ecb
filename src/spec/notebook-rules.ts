import type { SpecKind } from '../contract/spec.js';
import { parseDuration } from '../domain/duration.js';
import { currentNotebookRules } from './current-notebook-rules.js';
import { type Fields, type Finding, isFields, listAt, sectionAt, type Way } from './finding.js';
import { flavorHardware, profileHardware, profileMismatch } from './hardware.js';

const hour = 3_600_000;

/** The rules of the `notebook` section that concern several fields (docs/api/notebooks-and-auth.md "2.2 Cross-field rules for O1" R1 to R7, R13, and section 9). */
export function notebookRules(kind: SpecKind, notebook: Fields): Finding[] {
  const hasPool = kind !== 'launchNotebook' || notebook.pool !== undefined;
  const own =
    notebook.image === undefined
      ? [...storageRules(notebook, hasPool), ...autoStopRules(notebook.autoStop), ...profileRules(notebook)]
      : currentNotebookRules(notebook, hasPool);
  return [...own, ...placeRules(kind, notebook)].map(({ way, message }) => ({ way: ['notebook', ...way], message }));
}

const historicalKeys = ['profileId', 'extendStorage', 'annotations', 'aiProject'];
const currentKeys = ['image', 'customSpec', 'dataVolumes', 'ssh', 'hooks', 'tags'];

/** The message about a key of the other notebook API; null when the key is not one. */
export function otherApiMessage(notebook: Fields, key: string): string | null {
  const { image, profileId } = notebook;
  const hasImage = image !== undefined && image !== null;
  const hasProfile = profileId !== undefined && profileId !== null;
  if (hasImage && hasProfile && (key === 'image' || key === 'profileId'))
    return 'image and profileId exclude each other: image selects the current notebook API, profileId the historical one. Remove one of them.';
  if (!hasImage && !hasProfile && (key === 'image' || key === 'profileId'))
    return 'required: `image` for the current notebook API, or `profileId` for the historical one';
  if (hasImage && historicalKeys.includes(key))
    return `${key} is only for the historical notebook API, which \`profileId\` selects. Remove it.`;
  if (!hasImage && currentKeys.includes(key))
    return `${key} is only for the current notebook API, which \`image\` selects. Remove it, or write \`image\` instead of \`profileId\`.`;
  return null;
}

function* storageRules(notebook: Fields, hasPool: boolean): Iterable<Finding> {
  yield* storageRule(sectionAt(notebook, 'storage'), ['storage'], hasPool);
  for (const [index, storage] of listAt(notebook, 'extendStorage').entries()) {
    const way = ['extendStorage', index];
    if (!isFields(storage)) continue;
    if (storage.type === 'obsfs') yield* storageRule(storage, way, hasPool);
    else yield { way: [...way, 'type'], message: 'must be obsfs in extendStorage' };
  }
}

function* storageRule(storage: Fields, way: Way, hasPool: boolean): Iterable<Finding> {
  const { type } = storage;
  const own: Readonly<Record<string, string>> = {
    path: 'obs or obsfs',
    volumeSize: 'evs',
    mountPath: 'obsfs',
    accessModes: 'obsfs',
  };
  for (const [key, types] of Object.entries(own)) {
    if (typeof type === 'string' && storage[key] !== undefined && !types.split(' or ').includes(type)) {
      yield { way: [...way, key], message: `only allowed with storage type ${types}` };
    }
  }
  if (type === 'obs') yield* bucketFolderRule(storage.path, way);
  if (type === 'obsfs') {
    if (storage.path === undefined)
      yield { way: [...way, 'path'], message: 'required for obsfs: the name of a parallel file system' };
    else if (parts(storage.path).length !== 1) {
      yield { way: [...way, 'path'], message: 'must be the name of a parallel file system, without a folder' };
    }
    if (!hasPool) yield { way: [...way, 'type'], message: 'obsfs requires a dedicated pool. Set `notebook.pool`.' };
  }
}

function* bucketFolderRule(path: unknown, way: Way): Iterable<Finding> {
  const at = [...way, 'path'];
  if (path === undefined) yield { way: at, message: 'required for obs: a folder in a bucket, such as /bucket/folder/' };
  if (typeof path !== 'string') return;
  if (!path.endsWith('/')) yield { way: at, message: 'must end with /' };
  if (parts(path).length < 2)
    yield { way: at, message: 'must be a folder in a bucket, such as /bucket/folder/, not the bucket' };
}

function parts(path: unknown): string[] {
  return String(path)
    .replace(/^\w+:\/\//, '')
    .split('/')
    .filter((part) => part !== '');
}

function* autoStopRules(autoStop: unknown): Iterable<Finding> {
  const written = isFields(autoStop) ? autoStop.duration : autoStop;
  const way = isFields(autoStop) ? ['autoStop', 'duration'] : ['autoStop'];
  if (isFields(autoStop) && autoStop.enable === true && written === undefined) {
    yield { way, message: 'required when enable is true' };
  }
  const ms = typeof written === 'string' ? parseDuration(written) : null;
  if (ms === null) return;
  if (ms < hour || ms > 24 * hour) yield { way, message: 'must be 1h to 24h' };
  else if (ms % 1_000 !== 0) yield { way, message: 'must be whole seconds' };
}

function* profileRules({ profileId, flavor }: Fields): Iterable<Finding> {
  if (typeof profileId === 'string' && typeof flavor === 'string') {
    const mismatch = profileMismatch(flavor, profileHardware(profileId), flavorHardware(flavor));
    if (mismatch !== null) yield { way: ['profileId'], message: mismatch };
    if (profileId.startsWith('Multi-Engine 2.0') && flavor.endsWith('.free'))
      yield { way: ['flavor'], message: `profile ${profileId} does not run on a free flavor` };
  }
}

function* placeRules(kind: SpecKind, notebook: Fields): Iterable<Finding> {
  if (kind !== 'launchNotebook' && notebook.pool !== undefined) {
    yield { way: ['pool'], message: 'only allowed for launchNotebook. The main job sets the pool that it creates.' };
  }
}
