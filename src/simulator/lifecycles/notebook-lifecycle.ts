import type { NotebookRecord, ScheduledTransition } from '../records.js';
import type { World } from '../world.js';
import { schedule } from './schedule.js';
import { scheduleNext, type Transition } from './transitions.js';

/** The lifecycle of a notebook of the historical API (docs/api/notebooks-and-auth.md "3.1 Old generation"). */
export const NOTEBOOK_TRANSITIONS: readonly Transition[] = [
  { track: 'status', from: 'CREATE_QUEUING', to: 'CREATING', after: 'queueTurn' },
  { track: 'status', from: 'CREATING', to: 'RUNNING', after: 'notebookCreate', jitter: 0.1 },
  { track: 'status', from: 'START_QUEUING', to: 'READY_TO_START', after: 'queueTurn' },
  { track: 'status', from: 'STARTING', to: 'RUNNING', after: 'notebookStart', jitter: 0.1 },
  { track: 'status', from: 'RESTARTING', to: 'RUNNING', after: 'notebookRestart', jitter: 0.1 },
  { track: 'status', from: 'STOPPING', to: 'STOPPED', after: 'notebookStop', jitter: 0.1 },
  { track: 'status', from: 'DELETING', to: 'Gone', after: 'notebookDelete' },
];

/** The initial rank in the queue of a free flavor (docs/api/notebooks-and-auth.md "6. Examples"). */
const PLACES = 3;

/** Applies a scheduled transition, unless the notebook has left the state in which it was scheduled. */
export function applyToNotebook(world: World, notebook: NotebookRecord, item: ScheduledTransition): void {
  if (notebook.status !== item.from) return;
  // After a restart the notebook has a new stop time, so ignore the old one.
  if (item.track === 'autoStop' && String(notebook.stopTimestamp) !== item.key) return;
  const reason =
    item.message === undefined ? undefined : { code: item.code ?? 'ModelArts.6360', message: item.message };
  enterStatus(world, notebook, item.to, item.at, reason);
}

/** Moves a notebook to a status, applies its effects and schedules the next transition. */
export function enterStatus(
  world: World,
  notebook: NotebookRecord,
  status: string,
  at: number,
  reason?: { code: string; message: string },
): void {
  notebook.status = status;
  delete notebook.stopTimestamp;
  delete notebook.queue;
  if (status.endsWith('_FAILED')) {
    const { code, message } = reason ?? { code: 'ModelArts.6361', message: 'ModelArts internal service error.' };
    notebook.failedReasons = { code, message, detail: {} };
  } else {
    delete notebook.failedReasons;
  }
  switch (status) {
    case 'RUNNING':
      scheduleAutoStop(world, notebook, at);
      break;
    case 'CREATE_QUEUING':
    case 'START_QUEUING':
      notebook.queue = { status, begin: at, end: at + world.durations.queueTurn, places: PLACES };
      break;
    case 'Gone':
      world.state.notebooks = world.state.notebooks.filter((other) => other !== notebook);
      return;
  }
  scheduleNext(world, NOTEBOOK_TRANSITIONS, { kind: 'notebook', record: notebook, track: 'status', state: status, at });
}

/**
 * The auto-stop duration starts when the notebook is RUNNING, not with the create call (docs/api/notebooks-and-auth.md
 * "3.1 Old generation").
 */
function scheduleAutoStop(world: World, notebook: NotebookRecord, at: number): void {
  const { enable, duration } = notebook.autoStop;
  if (enable !== true || duration === undefined) return;
  const stopTimestamp = at + duration * 1000;
  notebook.stopTimestamp = stopTimestamp;
  schedule(world, {
    at: stopTimestamp,
    kind: 'notebook',
    uid: notebook.uid,
    track: 'autoStop',
    key: String(stopTimestamp),
    from: 'RUNNING',
    to: 'STOPPING',
  });
}

/** Running notebooks become UNAVAILABLE when their pool is deleted (docs/api/pools-and-flavors.md "5.5 Deletion"). */
export function markUnavailable(world: World, poolId: string, at: number): void {
  for (const notebook of world.state.notebooks) {
    if (notebook.pool?.id === poolId && notebook.status === 'RUNNING') enterStatus(world, notebook, 'UNAVAILABLE', at);
  }
}
