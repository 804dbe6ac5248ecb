import { stopTimeOf } from '../current-notebooks/lease.js';
import type { CurrentNotebookRecord, MountRecord } from '../current-notebooks/record.js';
import type { ScheduledTransition } from '../records.js';
import type { World } from '../world.js';
import { schedule } from './schedule.js';
import { scheduleNext, type Transition } from './transitions.js';

/** The lifecycle of a notebook of the current API (docs/api/notebooks-current.md "8. Status words and life"). */
const TRANSITIONS: readonly Transition[] = [
  { track: 'status', from: 'INIT', to: 'CREATING', after: 'currentNotebookCreate', share: 0.1 },
  { track: 'status', from: 'CREATING', to: 'RUNNING', after: 'currentNotebookCreate', jitter: 0.1 },
  { track: 'status', from: 'STARTING', to: 'RUNNING', after: 'currentNotebookStart', jitter: 0.1 },
  { track: 'status', from: 'STOPPING', to: 'STOPPED', after: 'currentNotebookStop', jitter: 0.1 },
  { track: 'status', from: 'DELETING', to: 'Gone', after: 'currentNotebookDelete', jitter: 0.1 },
  { track: 'status', from: 'SNAPSHOTTING', to: 'RUNNING', after: 'imageSave' },
  { track: 'volume', from: 'RESIZING', to: '', after: 'volumeResize' },
  { track: 'mount', from: 'MOUNTING', to: 'MOUNTED', after: 'storageMount' },
  { track: 'mount', from: 'UNMOUNTING', to: 'Gone', after: 'storageUnmount' },
];

/** Statuses that do not change when the pool is deleted: without a container, leaving, or a record of the past. */
const WITHOUT_CONTAINER = [
  'STOPPED',
  'CREATE_FAILED',
  'START_FAILED',
  'DELETING',
  'DELETED',
  'DELETE_FAILED',
  'FROZEN',
];

/** The step of `action_progress` in which a creation without capacity fails. */
const COMPUTE_STEP = 2;
const LAST_STEP = 4;

/** Applies a scheduled transition, unless the notebook has left the state in which it was scheduled. */
export function applyToCurrentNotebook(world: World, notebook: CurrentNotebookRecord, item: ScheduledTransition): void {
  if (item.track === 'volume') {
    endResize(notebook);
    return;
  }
  if (item.track === 'mount') {
    const mount = notebook.mounts.find(({ id }) => id === item.key);
    if (mount?.status === item.from) enterMountStatus(world, notebook, mount, item.to, item.at, item.message);
    return;
  }
  if (notebook.status !== item.from) return;
  // After a renewal or a start the notebook has another stop time, so ignore the old one.
  if (item.track === 'lease' && String(stopTimeOf(notebook)) !== item.key) return;
  enterCurrentStatus(world, notebook, item.to, item.at, item);
}

/** Moves a notebook to a status, applies its effects and schedules the next transition. */
export function enterCurrentStatus(
  world: World,
  notebook: CurrentNotebookRecord,
  status: string,
  at: number,
  reason: { readonly code?: string; readonly message?: string } = {},
): void {
  notebook.status = status;
  notebook.statusSince = at;
  notebook.updatedAt = at;
  if (status.endsWith('_FAILED') || status === 'ERROR') {
    notebook.failReason = reason.message ?? 'ModelArts internal service error.';
    notebook.failedStep = reason.code === undefined ? LAST_STEP : COMPUTE_STEP;
  } else {
    delete notebook.failReason;
    delete notebook.failedStep;
  }
  if (status === 'Gone') {
    world.state.currentNotebooks = world.state.currentNotebooks.filter((other) => other !== notebook);
    return;
  }
  const kind = 'currentNotebook' as const;
  scheduleNext(world, TRANSITIONS, { kind, record: notebook, track: 'status', state: status, at });
  if (status === 'STOPPED' && !world.behavior.stopKeepsMounts) notebook.mounts = [];
  if (status !== 'RUNNING') return;
  notebook.idleSince = at;
  scheduleStop(world, notebook, at);
}

/** Schedules the automatic stop of a RUNNING notebook, at once when its lease has ended. */
export function scheduleStop(world: World, notebook: CurrentNotebookRecord, at: number): void {
  const stopTime = stopTimeOf(notebook);
  if (stopTime === undefined) return;
  schedule(world, {
    at: Math.max(at, stopTime),
    kind: 'currentNotebook',
    uid: notebook.uid,
    track: 'lease',
    key: String(stopTime),
    from: 'RUNNING',
    to: 'STOPPING',
  });
}

/** Starts to grow the EVS volume of a notebook. */
export function startResize(world: World, notebook: CurrentNotebookRecord, size: number, at: number): void {
  const { volume } = notebook;
  volume.status = 'RESIZING';
  volume.newCapacity = size;
  const kind = 'currentNotebook' as const;
  scheduleNext(world, TRANSITIONS, { kind, record: notebook, track: 'volume', state: 'RESIZING', at });
}

/** Moves a mount to a status and schedules the next transition. */
export function enterMountStatus(
  world: World,
  notebook: CurrentNotebookRecord,
  mount: MountRecord,
  status: string,
  at: number,
  reason?: string,
): void {
  mount.status = status;
  if (reason !== undefined) mount.failureReason = reason;
  if (status === 'Gone') notebook.mounts = notebook.mounts.filter((other) => other !== mount);
  const entered = { kind: 'currentNotebook' as const, record: notebook, track: 'mount', key: mount.id };
  scheduleNext(world, TRANSITIONS, { ...entered, state: status, at });
}

/**
 * Notebooks of a deleted pool stay, and so does their storage (docs/api/notebooks-current.md "13. With a dedicated
 * pool").
 */
export function leavePool(world: World, poolId: string, at: number): void {
  const status = world.behavior.notebookStatusWithoutPool;
  for (const notebook of world.state.currentNotebooks) {
    if (notebook.pool?.id !== poolId || WITHOUT_CONTAINER.includes(notebook.status)) continue;
    if (notebook.status === status) continue;
    enterCurrentStatus(world, notebook, status, at, { message: 'The dedicated resource pool does not exist.' });
  }
}

function endResize({ volume }: CurrentNotebookRecord): void {
  if (volume.newCapacity !== undefined) volume.capacity = volume.newCapacity;
  delete volume.newCapacity;
  delete volume.status;
}
