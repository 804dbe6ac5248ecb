import type { NotebookRecord, ScheduledTransition } from '../records.js';
import type { World } from '../world.js';
import { schedule } from './schedule.js';
import { scheduleNext, type Transition } from './transitions.js';

/** The life of a development environment of the old API (docs/api/notebooks-and-auth.md "3.1 Old generation"). */
export const NOTEBOOK_TRANSITIONS: readonly Transition[] = [
  { track: 'status', from: 'CREATE_QUEUING', to: 'CREATING', after: 'queueTurn' },
  { track: 'status', from: 'CREATING', to: 'RUNNING', after: 'notebookCreate', jitter: 0.1 },
  { track: 'status', from: 'START_QUEUING', to: 'READY_TO_START', after: 'queueTurn' },
  { track: 'status', from: 'STARTING', to: 'RUNNING', after: 'notebookStart', jitter: 0.1 },
  { track: 'status', from: 'RESTARTING', to: 'RUNNING', after: 'notebookRestart', jitter: 0.1 },
  { track: 'status', from: 'STOPPING', to: 'STOPPED', after: 'notebookStop', jitter: 0.1 },
  { track: 'status', from: 'DELETING', to: 'Gone', after: 'notebookDelete' },
];

/** How many places a queue of a free flavor has in front of a newcomer (docs/api/notebooks-and-auth.md "6. Examples"). */
const PLACES = 3;

/** Carries out what the agenda says of a notebook, unless it has moved on since. */
export function applyToNotebook(world: World, notebook: NotebookRecord, item: ScheduledTransition): void {
  if (notebook.status !== item.from) return;
  // A notebook that was stopped and started again has a new stop time: the old appointment is void.
  if (item.track === 'autoStop' && String(notebook.stopTimestamp) !== item.key) return;
  const reason =
    item.message === undefined ? undefined : { code: item.code ?? 'ModelArts.6360', message: item.message };
  enterStatus(world, notebook, item.to, item.at, reason);
}

/** Moves a notebook into a status, with everything that goes with it, and plans what follows. */
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

/** Auto-stop counts from the moment of RUNNING, not from the create call (docs/api/notebooks-and-auth.md "3.1 Old generation"). */
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

/** A deleted pool takes the use of its notebooks with it (docs/api/pools-and-flavors.md "5.5 Deletion"). */
export function markUnavailable(world: World, poolId: string, at: number): void {
  for (const notebook of world.state.notebooks) {
    if (notebook.pool?.id === poolId && notebook.status === 'RUNNING') enterStatus(world, notebook, 'UNAVAILABLE', at);
  }
}
