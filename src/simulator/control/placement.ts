import { InputError } from '../errors.js';
import { isObject, type JsonObject, textAt, valueAt } from '../json.js';
import { enterStatus } from '../lifecycles/notebook-lifecycle.js';
import { followPool } from '../lifecycles/pool-history.js';
import { enterPhase } from '../lifecycles/pool-lifecycle.js';
import { createNotebook } from '../notebooks/notebook-handlers.js';
import { notebookView } from '../notebooks/notebook-view.js';
import { createPool } from '../pools/pool-handlers.js';
import { poolView } from '../pools/pool-view.js';
import type { PoolRecord } from '../records.js';
import type { World } from '../world.js';
import { backdate, byIdOrName, createAs } from './create-as.js';

/** The default flavor of a placed pool. */
const PLAIN_FLAVOR = 'modelarts.vm.cpu.8ud';

/**
 * Adds a pool in any phase: `{name, phase?, message?, count?, flavor?, scope?, workspaceId?, description?, createdAt?,
 * user?}`, or `{pool: <create body>, …}`. It is created by the handler of the POST and then moved to the phase.
 */
export function placePool(world: World, body: unknown): JsonObject {
  if (!isObject(body)) throw new InputError('the body must be an object');
  const name = textAt(body, 'name') ?? '';
  const request = body.pool ?? {
    kind: 'Pool',
    apiVersion: 'v2',
    metadata: {
      labels: { 'os.modelarts/name': name, 'os.modelarts/workspace.id': textAt(body, 'workspaceId') ?? '0' },
      annotations: { 'os.modelarts/description': textAt(body, 'description') ?? '' },
    },
    spec: {
      type: 'Dedicate',
      scope: body.scope ?? ['Train', 'Notebook'],
      network: { name: world.state.networks[0]?.id ?? '' },
      resources: [{ flavor: textAt(body, 'flavor') ?? PLAIN_FLAVOR, count: valueAt(body, 'count') ?? 1 }],
    },
  };
  createAs(world, body, request, createPool);
  const pool = world.state.pools.at(-1);
  if (pool === undefined) throw new InputError('the pool was not created');
  backdate(pool, body);
  movePool(world, pool, textAt(body, 'phase') ?? 'Running', textAt(body, 'message'));
  return poolView(world, pool, 'unknown');
}

/** Adds a notebook in any status: `{name, status?, pool?, flavor?, profileId?, description?, createdAt?, user?}`. */
export function placeNotebook(world: World, body: unknown): JsonObject {
  if (!isObject(body)) throw new InputError('the body must be an object');
  const pool = textAt(body, 'pool');
  const request = body.notebook ?? {
    name: textAt(body, 'name') ?? '',
    description: textAt(body, 'description') ?? '',
    profile_id: textAt(body, 'profileId') ?? 'Multi-Engine 1.0 (python3)-cpu',
    flavor: textAt(body, 'flavor') ?? 'modelarts.vm.cpu.2u',
    spec: { storage: { type: 'evs', location: { volume_size: 5 } }, auto_stop: body.autoStop ?? { enable: false } },
    workspace: { id: textAt(body, 'workspaceId') ?? '0' },
    ...(pool === undefined ? {} : { pool: { id: pool, type: 'USER_DEFINED' } }),
  };
  createAs(world, body, request, createNotebook);
  const notebook = world.state.notebooks.at(-1);
  if (notebook === undefined) throw new InputError('the notebook was not created');
  backdate(notebook, body);
  enterStatus(world, notebook, textAt(body, 'status') ?? 'RUNNING', world.clock.now());
  return notebookView(world, notebook, 'unknown');
}

/** Moves a pool to a phase: `{phase?, message?, pay?: true}`. Paying ends `Waiting`. */
export function changePool(world: World, id: string, body: unknown): JsonObject {
  const pool = byIdOrName(world.state.pools, 'pool', id);
  const phase = valueAt(body, 'pay') === true ? 'Creating' : textAt(body, 'phase');
  if (phase === undefined)
    throw new InputError('the body must have phase or pay, such as {"phase": "Running"} or {"pay": true}');
  movePool(world, pool, phase, textAt(body, 'message'));
  return poolView(world, pool, 'unknown');
}

/** Moves a notebook to a status: `{status}`. */
export function changeNotebook(world: World, id: string, body: unknown): JsonObject {
  const notebook = byIdOrName(world.state.notebooks, 'notebook', id);
  const status = textAt(body, 'status');
  if (status === undefined) throw new InputError('the body must have status, such as {"status": "STOPPED"}');
  enterStatus(world, notebook, status, world.clock.now());
  return notebookView(world, notebook, 'unknown');
}

/** Moves a pool to a phase. A pool that skips its creation gets the nodes, scopes and driver of a running pool. */
function movePool(world: World, pool: PoolRecord, phase: string, message = ''): void {
  const now = world.clock.now();
  const young = pool.phase === '' || pool.phase === 'Waiting' || pool.phase === 'Creating';
  if (young && phase !== 'Waiting' && phase !== 'CreationFailed' && phase !== '') {
    if (pool.phase !== 'Creating') enterPhase(world, pool, 'Creating', now);
    if (phase === 'Creating') return;
    for (const node of pool.nodes) node.phase = 'Available';
    for (const scope of pool.scopes) scope.state = 'Enabled';
    for (const driver of Object.values(pool.driver)) driver.state = 'Running';
    pool.phase = 'Running';
    followPool(world, pool, now);
    if (phase === 'Running') return;
  }
  if (phase === 'Deleting') pool.deletedAt = now;
  enterPhase(world, pool, phase, now, message);
}
