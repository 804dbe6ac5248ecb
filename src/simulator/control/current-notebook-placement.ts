import { createCurrentNotebook } from '../current-notebooks/handlers.js';
import type { CurrentNotebookRecord } from '../current-notebooks/record.js';
import { InputError } from '../errors.js';
import { isObject, type JsonObject, textAt, valueAt } from '../json.js';
import { enterCurrentStatus, scheduleStop } from '../lifecycles/current-notebook-lifecycle.js';
import type { World } from '../world.js';
import { backdate, byIdOrName, createAs } from './create-as.js';

/**
 * Adds a current notebook in any status: `{name, status?, pool?, flavor?, image?, description?, workspaceId?,
 * duration?, createdAt?, user?}`, or `{notebook: <create body>, …}`. It has no automatic stop unless `duration`
 * (milliseconds) is given.
 */
export function placeCurrentNotebook(world: World, body: unknown): JsonObject {
  if (!isObject(body)) throw new InputError('the body must be an object');
  const pool = textAt(body, 'pool');
  const request = body.notebook ?? {
    name: textAt(body, 'name') ?? '',
    description: textAt(body, 'description') ?? '',
    image_id: textAt(body, 'image') ?? world.catalogue.images[0]?.id ?? '',
    flavor: textAt(body, 'flavor') ?? 'modelarts.vm.cpu.2u',
    volume: { category: 'EVS', ownership: 'MANAGED', capacity: 5 },
    duration: body.duration ?? -1,
    workspace_id: textAt(body, 'workspaceId') ?? '0',
    ...(pool === undefined ? {} : { pool_id: pool }),
  };
  createAs(world, body, request, createCurrentNotebook);
  const notebook = world.state.currentNotebooks.at(-1);
  if (notebook === undefined) throw new InputError('the notebook was not created');
  backdate(notebook, body);
  move(world, notebook, textAt(body, 'status') ?? 'RUNNING', body);
  return summaryOf(notebook);
}

/**
 * Changes a current notebook, by id or by a name that only one has: `{status?, message?, busy?}`. A busy notebook is
 * never idle. Without `busy`, its idle time starts now.
 */
export function changeCurrentNotebook(world: World, id: string, body: unknown): JsonObject {
  const { currentNotebooks } = world.state;
  if (currentNotebooks.filter(({ name }) => name === id).length > 1) {
    throw new InputError(`more than one notebook has the name ${id}; use an id`);
  }
  const notebook = byIdOrName(currentNotebooks, 'notebook', id);
  const status = textAt(body, 'status');
  const busy = valueAt(body, 'busy');
  if (status === undefined && typeof busy !== 'boolean') {
    throw new InputError('the body must have status or busy, such as {"status": "STOPPED"} or {"busy": true}');
  }
  if (status !== undefined) move(world, notebook, status, body);
  if (typeof busy === 'boolean') {
    const now = world.clock.now();
    notebook.busy = busy;
    notebook.idleSince = now;
    if (notebook.status === 'RUNNING') scheduleStop(world, notebook, now);
  }
  return summaryOf(notebook);
}

function move(world: World, notebook: CurrentNotebookRecord, status: string, body: unknown): void {
  const message = textAt(body, 'message');
  enterCurrentStatus(world, notebook, status, world.clock.now(), message === undefined ? {} : { message });
}

/** What the control plane shows of a notebook. It has no token. */
function summaryOf({ id, name, status, busy, lease }: CurrentNotebookRecord): JsonObject {
  return { id, name, status, busy, lease: { ...lease } };
}
