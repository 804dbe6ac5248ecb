import { notebookError } from '../errors.js';
import { affectedNotebook, applyOutcomes, applySoldOutFaults, capacityFailure } from '../faults/outcomes.js';
import { isObject, objectAt } from '../json.js';
import { enterStatus } from '../lifecycles/notebook-lifecycle.js';
import { matchesQuery } from '../list-query.js';
import { hexDigits } from '../random.js';
import type { NotebookRecord } from '../records.js';
import { type Call, type HandlerResult, isHidden, nextSequence, type World } from '../world.js';
import { checkPool, type NotebookRequest, readNotebookRequest } from './notebook-request.js';
import { checkAutoStop, readAutoStop, readDescription } from './notebook-rules.js';
import { notebookView } from './notebook-view.js';

/** Statuses in which DELETE is accepted (docs/api/notebooks-and-auth.md "3.1 Old generation"). */
const DELETABLE = ['STOPPED', 'CREATE_FAILED', 'START_FAILED', 'UNAVAILABLE', 'RESIZE_FAILED', 'CREATE_QUEUING'];

/** POST notebooks (docs/api/notebooks-and-auth.md "2.1 O1 create"). A sold-out free flavor starts in CREATE_QUEUING. */
export function createNotebook(world: World, call: Call): HandlerResult {
  const request = readNotebookRequest(world, call.malformed ? undefined : call.body);
  checkPool(world, request);
  if (world.state.notebooks.some((notebook) => notebook.name === request.name)) {
    throw notebookError('6301', 'The instance already exists.');
  }
  const { notebookQuota, notebookSoldOut } = world.behavior;
  const own = world.state.notebooks.filter((notebook) => notebook.userId === call.user.id);
  if (notebookQuota !== null && own.length >= notebookQuota) {
    throw notebookError('6302', 'The instance count already reaches the maximum value.');
  }
  const outcomes = call.takeOutcomes();
  const affected = affectedNotebook(request.flavor);
  const soldOutResult = applySoldOutFaults(world, affected, outcomes) ?? notebookSoldOut;
  const gone = world.state.notebookSale[request.flavor] === 'soldOut';
  const free = isFree(world, request.flavor);
  if (gone && !free && soldOutResult === 'refuse') throw soldOut();
  const notebook = newNotebook(world, call, request);
  applyOutcomes(world, notebook, affected, outcomes);
  if (gone && !free) notebook.overrides.unshift(capacityFailure(affected));
  world.state.notebooks.push(notebook);
  enterStatus(world, notebook, gone && free ? 'CREATE_QUEUING' : 'CREATING', notebook.createdAt);
  call.commit(`created notebook ${notebook.id} (${notebook.name})`);
  return { status: 200, body: notebookView(world, notebook, call.operation) };
}

/**
 * GET notebooks (docs/api/notebooks-and-auth.md "2.4 O2 list"): by default the caller's own in workspace 0, sorted by
 * name.
 */
export function listNotebooks(world: World, call: Call): HandlerResult {
  const { query } = call;
  if (query.get('de_type') !== 'Notebook')
    throw notebookError('0107', 'The values of the request parameters (de_type) are invalid.');
  const sortby = query.get('sortby') ?? 'name';
  if (sortby !== 'name' && sortby !== 'creation_timestamp') {
    throw notebookError('6303', 'The field does not support sorting.');
  }
  const order = query.get('order') ?? 'asc';
  if (order !== 'asc' && order !== 'desc') throw notebookError('6336', "'order' property value is incorrect.");
  const workspaceId = query.get('workspace_id') || '0';
  // The response for an unknown workspace is not documented. This one is harder to handle than an empty list.
  if (!world.state.workspaces.includes(workspaceId)) throw notebookError('0102', 'The workspace does not exist.');
  const wanted = world.state.notebooks.filter(
    (notebook) =>
      !isHidden(world, notebook, 'list') &&
      (query.get('show_self')?.toLowerCase() === 'false' || notebook.userId === call.user.id) &&
      matchesQuery(query, 'status', notebook.status) &&
      notebook.workspaceId === workspaceId &&
      matchesQuery(query, 'pool_id', notebook.pool?.id) &&
      matchesQuery(query, 'ai_project', notebook.aiProject) &&
      matchesQuery(query, 'provision_type', 'Docker'),
  );
  const up = order === 'asc' ? 1 : -1;
  wanted.sort((a, b) => up * (sortby === 'name' ? compare(a.name, b.name) : a.createdAt - b.createdAt));
  const offset = wholeNumber(query, 'offset');
  const limit = wholeNumber(query, 'limit');
  const page = wanted.slice(offset, limit === 0 ? undefined : offset + limit);
  return {
    status: 200,
    body: {
      instances: page.map((notebook) => notebookView(world, notebook, call.operation)),
      total_count: wanted.length,
    },
  };
}

/** GET one notebook. */
export function showNotebook(world: World, call: Call): HandlerResult {
  const notebook = findNotebook(world, call);
  if (isHidden(world, notebook, 'show')) throw notFound();
  return { status: 200, body: notebookView(world, notebook, call.operation) };
}

/** PUT notebook: description and auto-stop. A running instance keeps its stop time until the next start. */
export function updateNotebook(world: World, call: Call): HandlerResult {
  const notebook = findNotebook(world, call);
  if (call.malformed || !isObject(call.body)) throw notebookError('0104', 'Parameter error.');
  const description = call.body.description === undefined ? undefined : readDescription(call.body.description);
  const change = objectAt(call.body, 'spec', 'auto_stop');
  if (change !== undefined) {
    const autoStop = readAutoStop({ ...notebook.autoStop, ...change });
    checkAutoStop(autoStop);
    notebook.autoStop = autoStop;
    if (autoStop.enable !== true) delete notebook.stopTimestamp;
  }
  if (description !== undefined) notebook.description = description;
  notebook.updatedAt = world.clock.now();
  call.commit(`changed notebook ${notebook.id}`);
  return { status: 200, body: notebookView(world, notebook, call.operation) };
}

/** DELETE notebook. Rejects a running instance (6304) and one in transition (6357). */
export function deleteNotebook(world: World, call: Call): HandlerResult {
  const notebook = findNotebook(world, call);
  if (notebook.status === 'RUNNING') throw notebookError('6304', 'Please stop the instance before deleting.');
  if (!DELETABLE.includes(notebook.status)) throw busy();
  applyOutcomes(world, notebook, affectedNotebook(notebook.flavor), call.takeOutcomes());
  const slow =
    world.durations.notebookDelete > 0 ||
    notebook.overrides.some((item) => item.from === 'DELETING' && item.left !== 0);
  enterStatus(world, notebook, slow ? 'DELETING' : 'Gone', world.clock.now());
  call.commit(`deleted notebook ${notebook.id}`);
  return { status: 200, body: { instance_id: notebook.id } };
}

/** GET token: opens the URL of a running instance. */
export function notebookToken(world: World, call: Call): HandlerResult {
  const notebook = findNotebook(world, call);
  if (notebook.status === 'UNAVAILABLE') {
    throw notebookError(
      '6333',
      'The notebook is being restored. Refresh the page and wait for several minutes. The fault may be caused by instance overload.',
    );
  }
  if (notebook.status !== 'RUNNING') throw notRunning();
  return { status: 200, body: { token: notebook.token } };
}

/** The instance in the path. In this API, "not found" is HTTP 400 (docs/api/notebooks-and-auth.md "5.1 Rules"). */
export function findNotebook(world: World, call: Call): NotebookRecord {
  const notebook = world.state.notebooks.find((record) => record.id === call.params.notebook);
  if (notebook === undefined) throw notFound();
  return notebook;
}

/** Whether a flavor is free, and therefore has a queue. */
export function isFree(world: World, flavor: string): boolean {
  return world.catalogue.notebookFlavors.some((candidate) => candidate.name === flavor && candidate.free === true);
}

/** 6357: another operation is in progress, or the instance is already in the target state. */
export function busy(): Error {
  return notebookError(
    '6357',
    'The operation is not allowed because another operation is being performed on the instance or the instance is in the target state.',
  );
}

/** 6327: the instance is not running. */
export function notRunning(): Error {
  return notebookError('6327', 'The instance is not in running. Please refresh the page and start it.');
}

/** 6329: the flavor is sold out. */
export function soldOut(): Error {
  return notebookError('6329', 'Sorry, this flavor specification is sold out. Please try others.');
}

function notFound(): Error {
  return notebookError('6309', 'The instance does not exist.');
}

function newNotebook(world: World, call: Call, request: NotebookRequest): NotebookRecord {
  const sequence = nextSequence(world);
  const uid = `notebook-${sequence}`;
  const now = world.clock.now();
  const digits = (length: number, what: string) => hexDigits(length, world.seed, uid, what);
  return {
    ...request,
    uid,
    id: `DE-${digits(8, 'time')}-${digits(4, 'middle')}-11ea-964c-0255ac${sequence.toString(16).padStart(6, '0')}`,
    status: '',
    createdAt: now,
    updatedAt: now,
    userId: call.user.id,
    userName: call.user.name,
    token: digits(32, 'token'),
    overrides: [],
    hidden: {},
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function wholeNumber(query: URLSearchParams, key: string): number {
  const text = query.get(key) ?? '';
  const value = text === '' ? 0 : Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  throw notebookError('0107', `The values of the request parameters (${key}) are invalid.`);
}
