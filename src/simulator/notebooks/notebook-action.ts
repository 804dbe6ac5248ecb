import { notebookError } from '../errors.js';
import { affectedNotebook, applyOutcomes } from '../faults/outcomes.js';
import { textAt } from '../json.js';
import { enterStatus } from '../lifecycles/notebook-lifecycle.js';
import type { NotebookRecord } from '../records.js';
import type { Call, HandlerResult, World } from '../world.js';
import { busy, findNotebook, isFree, notRunning, soldOut } from './notebook-handlers.js';

/** POST action (docs/api/notebooks-and-auth.md "2.8 O6 action"). */
export function actOnNotebook(world: World, call: Call): HandlerResult {
  const notebook = findNotebook(world, call);
  const action = call.malformed ? undefined : textAt(call.body, 'action');
  if (action === undefined) throw notebookError('6335', "'action' is a required property.");
  const before = notebook.status;
  const next = nextStatus(world, notebook, action);
  const now = world.clock.now();
  applyOutcomes(world, notebook, affectedNotebook(notebook.flavor), call.takeOutcomes());
  notebook.updatedAt = now;
  enterStatus(world, notebook, next, now);
  call.commit(`${action} of notebook ${notebook.id}: ${before} -> ${next}`);
  return { status: 200, body: { current_status: next === 'Gone' ? 'DELETED' : next, previous_state: before } };
}

function nextStatus(world: World, notebook: NotebookRecord, action: string): string {
  switch (action) {
    case 'start':
      return startingFrom(world, notebook);
    case 'stop':
      return stoppingFrom(notebook);
    case 'restart':
      if (notebook.status === 'STOPPED') throw notRunning();
      if (notebook.status !== 'RUNNING') throw busy();
      return 'RESTARTING';
    case 'queue':
      if (!isFree(world, notebook.flavor)) throw wrongAction();
      if (notebook.status !== 'STOPPED') throw busy();
      return 'START_QUEUING';
    case 'dequeue':
      if (notebook.status === 'CREATE_QUEUING') return 'Gone';
      if (notebook.status !== 'START_QUEUING' && notebook.status !== 'READY_TO_START') throw busy();
      return 'STOPPED';
    default:
      throw wrongAction();
  }
}

function startingFrom(world: World, notebook: NotebookRecord): string {
  switch (notebook.status) {
    case 'RUNNING':
      throw notebookError('6305', 'The instance is already running.');
    case 'STARTING':
      throw notebookError('6306', 'The instance is starting.');
    case 'STOPPED':
    case 'START_FAILED':
    case 'RESIZE_FAILED':
      checkCapacity(world, notebook);
      return 'STARTING';
    case 'READY_TO_START':
      return 'STARTING';
    default:
      throw busy();
  }
}

function stoppingFrom(notebook: NotebookRecord): string {
  switch (notebook.status) {
    case 'STOPPED':
      throw notebookError('6307', 'The instance has already been stopped.');
    case 'STOPPING':
      throw notebookError('6308', 'The instance is stopping.');
    case 'RUNNING':
    case 'UNAVAILABLE':
      return 'STOPPING';
    default:
      throw busy();
  }
}

/** For a sold-out free flavor, the caller must queue (6329). For any other, the caller may retry later (6360). */
function checkCapacity(world: World, notebook: NotebookRecord): void {
  const pool = notebook.pool?.id;
  const poolGone = pool !== undefined && !world.state.pools.some((record) => record.id === pool);
  const gone = world.state.notebookSale[notebook.flavor] === 'soldOut';
  if (gone && isFree(world, notebook.flavor)) throw soldOut();
  if (!gone && !poolGone) return;
  throw notebookError(
    '6360',
    'Failed to start the notebook due to insufficient background resources. Try again later.',
  );
}

function wrongAction(): Error {
  return notebookError('6336', "'action' property value is incorrect.");
}
