import { currentNotebookError } from '../errors.js';
import { affectedCurrentNotebook, applyOutcomes } from '../faults/outcomes.js';
import { isObject } from '../json.js';
import { enterCurrentStatus, scheduleStop } from '../lifecycles/current-notebook-lifecycle.js';
import { poolReadiness } from '../notebooks/pool-association.js';
import type { Call, HandlerResult, World } from '../world.js';
import { busy, inArrears, soldOut, wrongState } from './errors.js';
import { findCurrentNotebook } from './handlers.js';
import { leaseType, queryDuration, readLease, renewedLease } from './lease.js';
import type { CurrentNotebookRecord } from './record.js';
import { currentNotebookView, leaseView } from './view.js';

/**
 * POST start: a new token, and a lease that counts from now, by default one hour (docs/api/notebooks-current.md "7.
 * Start, stop, delete").
 */
export function startCurrentNotebook(world: World, call: Call): HandlerResult {
  const notebook = findCurrentNotebook(world, call);
  const { duration } = readLease(queryDuration(call.query), undefined);
  const type = leaseType(call.query.get('type') || undefined);
  if (notebook.status === 'FROZEN') throw inArrears();
  if (notebook.status !== 'STOPPED' && notebook.status !== 'START_FAILED') throw busy();
  checkCapacity(world, notebook);
  const now = world.clock.now();
  applyOutcomes(world, notebook, affectedCurrentNotebook(notebook.flavor ?? ''), call.takeOutcomes());
  notebook.starts += 1;
  notebook.lease = renewedLease(notebook.lease, { duration, type }, now);
  enterCurrentStatus(world, notebook, 'STARTING', now);
  call.commit(`started notebook ${notebook.id}`);
  return { status: 200, body: currentNotebookView(world, notebook, call.operation) };
}

/** POST stop: only while RUNNING (6357 otherwise, also when already stopped). */
export function stopCurrentNotebook(world: World, call: Call): HandlerResult {
  const notebook = findCurrentNotebook(world, call);
  if (notebook.status !== 'RUNNING') throw busy();
  applyOutcomes(world, notebook, affectedCurrentNotebook(notebook.flavor ?? ''), call.takeOutcomes());
  enterCurrentStatus(world, notebook, 'STOPPING', world.clock.now());
  call.commit(`stopped notebook ${notebook.id}`);
  return { status: 200, body: currentNotebookView(world, notebook, call.operation) };
}

/** GET lease of a RUNNING instance. */
export function showLease(world: World, call: Call): HandlerResult {
  const notebook = runningNotebook(world, call);
  return { status: 200, body: leaseView(world, notebook, call.operation) };
}

/** PATCH lease of a RUNNING instance. The query takes precedence over the body, and means TIMING. */
export function renewLease(world: World, call: Call): HandlerResult {
  const notebook = runningNotebook(world, call);
  const now = world.clock.now();
  const body = !call.malformed && isObject(call.body) ? call.body : undefined;
  notebook.lease = renewedLease(notebook.lease, readLease(queryDuration(call.query), body), now);
  notebook.updatedAt = now;
  scheduleStop(world, notebook, now);
  call.commit(`renewed the lease of notebook ${notebook.id}`);
  return { status: 200, body: leaseView(world, notebook, call.operation) };
}

function runningNotebook(world: World, call: Call): CurrentNotebookRecord {
  const notebook = findCurrentNotebook(world, call);
  // The code is in no source (docs/api/notebooks-current.md "18. Known unknowns").
  if (notebook.status !== 'RUNNING') throw wrongState(notebook.status);
  return notebook;
}

function checkCapacity(world: World, { flavor, pool }: CurrentNotebookRecord): void {
  if (world.state.notebookSale[flavor ?? ''] === 'soldOut') throw soldOut();
  if (pool === undefined) return;
  switch (poolReadiness(world, pool.id)) {
    case 'unknown':
    case 'noScope':
      throw currentNotebookError('6360', 'Failed to start the notebook due to insufficient background resources.');
    case 'initializing':
      throw currentNotebookError('6355', 'The resource is initializing. Wait one minute and try again.');
    case 'ready':
  }
}
