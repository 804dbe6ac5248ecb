import { affectedCurrentNotebook, applyOutcomes } from '../faults/outcomes.js';
import { isObject, type JsonObject, present, textAt } from '../json.js';
import { enterMountStatus } from '../lifecycles/current-notebook-lifecycle.js';
import { hexDigits, uuid } from '../random.js';
import { type Call, type HandlerResult, nextSequence, type World } from '../world.js';
import { busy, invalid, notFound, wrongState } from './errors.js';
import { findCurrentNotebook } from './handlers.js';
import { pageOfRows } from './paging.js';
import type { CurrentNotebookRecord, MountRecord } from './record.js';
import { checkText } from './rules.js';

const CATEGORIES = ['OBS', 'OBSFS', 'EFS'];

/** GET storage: the mounts of a notebook, without its own volume. */
export function listMounts(world: World, call: Call): HandlerResult {
  const { mounts } = findCurrentNotebook(world, call);
  const page = pageOfRows(mounts, call.query, { fallback: Math.max(1, mounts.length), first: 0 });
  return { status: 200, body: { ...page, data: page.data.map(mountView) } };
}

/** GET one mount. */
export function showMount(world: World, call: Call): HandlerResult {
  return { status: 200, body: mountView(findMount(findCurrentNotebook(world, call), call)) };
}

/**
 * POST storage: mounts more storage on a RUNNING notebook, asynchronous (docs/api/notebooks-current.md "9. Other
 * calls").
 */
export function mountStorage(world: World, call: Call): HandlerResult {
  const notebook = findCurrentNotebook(world, call);
  const { body } = call;
  if (call.malformed || !isObject(body)) throw invalid('the body must be an object.');
  const request = readMount(notebook, body);
  if (notebook.status !== 'RUNNING') throw wrongState(notebook.status);
  if (notebook.mounts.some(({ mountPath }) => mountPath === request.mountPath)) throw busy();
  const id = uuid(hexDigits(32, world.seed, notebook.uid, 'mount', nextSequence(world)));
  const mount: MountRecord = { ...request, id, status: '' };
  applyOutcomes(world, notebook, affectedCurrentNotebook(''), call.takeOutcomes());
  notebook.mounts.push(mount);
  enterMountStatus(world, notebook, mount, 'MOUNTING', world.clock.now());
  call.commit(`mounted storage ${id} on notebook ${notebook.id}`);
  return { status: 201, body: mountView(mount) };
}

/** DELETE one mount, asynchronous. */
export function unmountStorage(world: World, call: Call): HandlerResult {
  const notebook = findCurrentNotebook(world, call);
  const mount = findMount(notebook, call);
  if (notebook.status !== 'RUNNING') throw wrongState(notebook.status);
  if (mount.status === 'MOUNTING' || mount.status === 'UNMOUNTING') throw busy();
  enterMountStatus(world, notebook, mount, 'UNMOUNTING', world.clock.now());
  call.commit(`unmounted storage ${mount.id}`);
  return { status: 204 };
}

function readMount(notebook: CurrentNotebookRecord, body: JsonObject): Omit<MountRecord, 'id' | 'status'> {
  const category = (textAt(body, 'category') ?? '').toUpperCase();
  if (!CATEGORIES.includes(category)) throw invalid("'category' must be OBS, OBSFS or EFS.");
  const mountPath = checkText(body, 'mount_path', 256) ?? '';
  if (!mountPath.startsWith('/data/')) throw invalid("'mount_path' must be below /data/.");
  const uri = checkText(body, 'uri', 256) ?? '';
  if (uri === '') throw invalid("'uri' is required.");
  const efsId = checkText(body, 'efs_id', 64);
  if (category === 'EFS' && efsId === undefined) throw invalid("'efs_id' is required.");
  if (category === 'EFS' && notebook.pool === undefined) throw invalid('EFS needs a dedicated pool.');
  return present({ category, mountPath, uri, efsId });
}

function findMount(notebook: CurrentNotebookRecord, call: Call): MountRecord {
  const mount = notebook.mounts.find(({ id }) => id === call.params.storage);
  if (mount === undefined) throw notFound('storage');
  return mount;
}

function mountView(mount: MountRecord): JsonObject {
  return present({
    id: mount.id,
    category: mount.category,
    mount_path: mount.mountPath,
    uri: mount.uri,
    efs_id: mount.efsId,
    status: mount.status,
    failure_reason: mount.failureReason,
    mount_type: 'DYNAMIC',
  });
}
