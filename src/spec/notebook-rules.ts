import type { SpecKind } from '../contract/spec.js';
import { parseDuration } from '../domain/duration.js';
import { currentNotebookRules } from './current-notebook-rules.js';
import { type DocumentPath, type Fields, type Finding, isFields, listAt, sectionAt } from './finding.js';
import { flavorHardware, profileHardware, profileMismatch } from './hardware.js';

const hour = 3_600_000;

/**
 * The rules of the `notebook` section that concern several fields (docs/api/notebooks-and-auth.md "2.2 Cross-field
 * rules for O1" R1 to R7, R13, and section 9).
 */
export function notebookRules(kind: SpecKind, notebook: Fields): Finding[] {
  const hasPool = kind !== 'launchNotebook' || notebook.pool !== undefined;
  const own =
    notebook.image === undefined
      ? [...storageRules(notebook, hasPool), ...autoStopRules(notebook.autoStop), ...profileRules(notebook)]
      : currentNotebookRules(notebook, hasPool);
  return [...own, ...placeRules(kind, notebook)].map(({ path, message }) => ({ path: ['notebook', ...path], message }));
}

/**
 * A create of the current API takes at most so many characters as its `pool_id` (docs/api/notebooks-current.md "2.1
 * Body").
 */
const longestPoolId = 64;
/** `-` and the id of the project, which the service appends to the name of a pool. */
const poolIdSuffix = 33;

/** A pool must not be paid for when its id is too long for the notebook on it. */
export function* nameRules(kind: SpecKind, { name, notebook }: Fields): Iterable<Finding> {
  if (kind !== 'provisionPoolThenLaunchNotebook' || !isFields(notebook) || notebook.image === undefined) return;
  const longest = longestPoolId - poolIdSuffix;
  if (typeof name === 'string' && name.length > longest)
    yield { path: ['name'], message: `must have at most ${longest} characters with a notebook of the current API` };
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
    const path = ['extendStorage', index];
    if (!isFields(storage)) continue;
    if (storage.type === 'obsfs') yield* storageRule(storage, path, hasPool);
    else yield { path: [...path, 'type'], message: 'must be obsfs in extendStorage' };
  }
}

function* storageRule(storage: Fields, path: DocumentPath, hasPool: boolean): Iterable<Finding> {
  const { type } = storage;
  const own: Readonly<Record<string, string>> = {
    path: 'obs or obsfs',
    volumeSize: 'evs',
    mountPath: 'obsfs',
    accessModes: 'obsfs',
  };
  for (const [key, types] of Object.entries(own)) {
    if (typeof type === 'string' && storage[key] !== undefined && !types.split(' or ').includes(type)) {
      yield { path: [...path, key], message: `only allowed with storage type ${types}` };
    }
  }
  if (type === 'obs') yield* bucketFolderRule(storage.path, path);
  if (type === 'obsfs') {
    if (storage.path === undefined)
      yield { path: [...path, 'path'], message: 'required for obsfs: the name of a parallel file system' };
    else if (parts(storage.path).length !== 1) {
      yield { path: [...path, 'path'], message: 'must be the name of a parallel file system, without a folder' };
    }
    if (!hasPool) yield { path: [...path, 'type'], message: 'obsfs requires a dedicated pool. Set `notebook.pool`.' };
  }
}

function* bucketFolderRule(folder: unknown, storage: DocumentPath): Iterable<Finding> {
  const at = [...storage, 'path'];
  if (folder === undefined)
    yield { path: at, message: 'required for obs: a folder in a bucket, such as /bucket/folder/' };
  if (typeof folder !== 'string') return;
  if (!folder.endsWith('/')) yield { path: at, message: 'must end with /' };
  if (parts(folder).length < 2)
    yield { path: at, message: 'must be a folder in a bucket, such as /bucket/folder/, not the bucket' };
}

function parts(path: unknown): string[] {
  return String(path)
    .replace(/^\w+:\/\//, '')
    .split('/')
    .filter((part) => part !== '');
}

function* autoStopRules(autoStop: unknown): Iterable<Finding> {
  const written = isFields(autoStop) ? autoStop.duration : autoStop;
  const path = isFields(autoStop) ? ['autoStop', 'duration'] : ['autoStop'];
  if (isFields(autoStop) && autoStop.enable === true && written === undefined) {
    yield { path, message: 'required when enable is true' };
  }
  const ms = typeof written === 'string' ? parseDuration(written) : null;
  if (ms === null) return;
  if (ms < hour || ms > 24 * hour) yield { path, message: 'must be 1h to 24h' };
  else if (ms % 1_000 !== 0) yield { path, message: 'must be whole seconds' };
}

function* profileRules({ profileId, flavor }: Fields): Iterable<Finding> {
  if (typeof profileId === 'string' && typeof flavor === 'string') {
    const mismatch = profileMismatch(flavor, profileHardware(profileId), flavorHardware(flavor));
    if (mismatch !== null) yield { path: ['profileId'], message: mismatch };
    if (profileId.startsWith('Multi-Engine 2.0') && flavor.endsWith('.free'))
      yield { path: ['flavor'], message: `profile ${profileId} does not run on a free flavor` };
  }
}

function* placeRules(kind: SpecKind, notebook: Fields): Iterable<Finding> {
  if (kind !== 'launchNotebook' && notebook.pool !== undefined) {
    yield { path: ['pool'], message: 'only allowed for launchNotebook. The main job sets the pool that it creates.' };
  }
}
