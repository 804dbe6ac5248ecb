import { currentNotebookError } from '../errors.js';
import { affectedCurrentNotebook, applyOutcomes, applySoldOutFaults, capacityFailure } from '../faults/outcomes.js';
import { isObject } from '../json.js';
import { enterCurrentStatus, startResize } from '../lifecycles/current-notebook-lifecycle.js';
import { hexDigits, uuid } from '../random.js';
import { type Call, type HandlerResult, isHidden, nextSequence, type World } from '../world.js';
import { busy, inArrears, invalid, notFound, soldOut, wrongState } from './errors.js';
import { newLease } from './lease.js';
import type { CurrentNotebookRecord } from './record.js';
import { type CurrentNotebookRequest, readCreateRequest, readDataVolumes, readMore } from './request.js';
import { readDescription, readEndpoints, readFlavor, readImage, readName } from './rules.js';
import { currentNotebookView } from './view.js';
import { newSize } from './volumes.js';

/** Free CodeLab instances of one user. */
const MOST_FREE = 1;
const UPDATABLE_WHILE_RUNNING = ['name', 'description', 'storage_new_size'];

/** POST notebooks, asynchronous (docs/api/notebooks-current.md "2. Create (C1)"). Names may repeat. */
export function createCurrentNotebook(world: World, call: Call): HandlerResult {
  const uid = `notebook-${nextSequence(world)}`;
  const newId = (what: string) => uuid(hexDigits(32, world.seed, uid, what));
  const request = readCreateRequest(world, call.malformed ? undefined : call.body, newId);
  checkQuota(world, call, request);
  const outcomes = call.takeOutcomes();
  const affected = affectedCurrentNotebook(request.flavor ?? '');
  const soldOutResult = applySoldOutFaults(world, affected, outcomes) ?? world.behavior.notebookSoldOut;
  const gone = world.state.notebookSale[request.flavor ?? ''] === 'soldOut';
  if (gone && soldOutResult === 'refuse') throw soldOut();
  const notebook = newNotebook(world, call, request, uid);
  applyOutcomes(world, notebook, affected, outcomes);
  if (gone) notebook.overrides.unshift(capacityFailure(affected));
  world.state.currentNotebooks.push(notebook);
  enterCurrentStatus(world, notebook, 'CREATING', notebook.createdAt);
  call.commit(`created notebook ${notebook.id} (${notebook.name})`);
  return { status: 200, body: currentNotebookView(world, notebook, call.operation) };
}

/** GET one notebook. */
export function showCurrentNotebook(world: World, call: Call): HandlerResult {
  const notebook = findCurrentNotebook(world, call);
  if (isHidden(world, notebook, 'show')) throw notFound('notebook');
  return { status: 200, body: currentNotebookView(world, notebook, call.operation) };
}

/**
 * PUT notebook: all fields while STOPPED; name, description and storage while RUNNING (docs/api/notebooks-current.md
 * "5. Update (C5)").
 */
export function updateCurrentNotebook(world: World, call: Call): HandlerResult {
  const notebook = findCurrentNotebook(world, call);
  const { body } = call;
  if (call.malformed || !isObject(body)) throw invalid('the body must be an object.');
  const running = notebook.status === 'RUNNING';
  if (!running && notebook.status !== 'STOPPED') throw busy();
  const sent = Object.keys(body).filter((key) => body[key] !== undefined && body[key] !== null);
  if (running && sent.some((key) => !UPDATABLE_WHILE_RUNNING.includes(key))) throw wrongState(notebook.status);
  const now = world.clock.now();
  const imageId = sent.includes('image_id') ? readImage(world, body) : notebook.imageId;
  const change: Partial<CurrentNotebookRecord> = {
    ...(sent.includes('name') ? { name: readName(body) } : {}),
    ...(sent.includes('description') ? { description: readDescription(body) } : {}),
    ...(sent.includes('flavor') || sent.includes('custom_spec') ? readFlavor(world, body, notebook.feature) : {}),
    ...(sent.includes('endpoints') ? { endpoints: readEndpoints(world, body.endpoints, imageId) } : {}),
    ...(sent.includes('data_volumes') ? { dataVolumes: readDataVolumes(body.data_volumes, (what) => what) } : {}),
    imageId,
    more: { ...notebook.more, ...readMore(body) },
    updatedAt: now,
  };
  const size = body.storage_new_size ?? undefined;
  const newCapacity = size === undefined ? undefined : newSize(notebook.volume, size);
  if (change.customSpec !== undefined) delete notebook.flavor;
  if (change.flavor !== undefined) delete notebook.customSpec;
  Object.assign(notebook, change);
  if (newCapacity !== undefined) startResize(world, notebook, newCapacity, now);
  call.commit(`changed notebook ${notebook.id}`);
  return { status: 200, body: currentNotebookView(world, notebook, call.operation) };
}

/** DELETE notebook, asynchronous, in every settled status (docs/api/notebooks-current.md "7. Start, stop, delete"). */
export function deleteCurrentNotebook(world: World, call: Call): HandlerResult {
  const notebook = findCurrentNotebook(world, call);
  const { status } = notebook;
  if (status === 'DELETING' || status === 'STOPPING' || status === 'SNAPSHOTTING') throw busy();
  if (status === 'FROZEN') throw inArrears();
  if (status === 'RUNNING' && world.behavior.deleteRunningNotebook === 'refuse') {
    throw currentNotebookError('6304', 'Stop the instance before deleting it.');
  }
  applyOutcomes(world, notebook, affectedCurrentNotebook(notebook.flavor ?? ''), call.takeOutcomes());
  enterCurrentStatus(world, notebook, 'DELETING', world.clock.now());
  call.commit(`deleting notebook ${notebook.id}`);
  return { status: 200, body: currentNotebookView(world, notebook, call.operation) };
}

/**
 * The instance in the path. "Not found" is HTTP 400, and another user's instance is forbidden (6407) under tenant
 * isolation.
 */
export function findCurrentNotebook(world: World, call: Call): CurrentNotebookRecord {
  const notebook = world.state.currentNotebooks.find(({ id }) => id === call.params.notebook);
  if (notebook === undefined) throw notFound('notebook');
  if (!world.behavior.tenantIsolation || notebook.userId === call.user.id) return notebook;
  throw currentNotebookError('6407', 'You do not have permission for this notebook.', 403);
}

function checkQuota(world: World, call: Call, { feature }: CurrentNotebookRequest): void {
  const own = world.state.currentNotebooks.filter(
    (notebook) => notebook.userId === call.user.id && notebook.feature === feature,
  );
  const quota = feature === 'DEFAULT' ? MOST_FREE : world.behavior.notebookQuota;
  if (quota !== null && own.length >= quota) {
    throw currentNotebookError('0118', 'The expected notebooks exceed the quota limit.');
  }
}

function newNotebook(world: World, call: Call, request: CurrentNotebookRequest, uid: string): CurrentNotebookRecord {
  const now = world.clock.now();
  return {
    ...request,
    uid,
    id: uuid(hexDigits(32, world.seed, uid, 'id')),
    status: '',
    statusSince: now,
    createdAt: now,
    updatedAt: now,
    lease: newLease(request.lease, now),
    tags: {},
    mounts: [],
    starts: 0,
    busy: false,
    idleSince: now,
    userId: call.user.id,
    userName: call.user.name,
    overrides: [],
    hidden: {},
  };
}
