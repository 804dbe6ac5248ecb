import { currentNotebookError } from '../errors.js';
import { isObject, type Json, type JsonObject, present } from '../json.js';
import { poolReadiness } from '../notebooks/pool-association.js';
import type { World } from '../world.js';
import { invalid } from './errors.js';
import { type LeaseRequest, readLease } from './lease.js';
import type { CurrentNotebookRecord } from './record.js';
import { checkText, readDescription, readEndpoints, readFlavor, readImage, readName } from './rules.js';
import { readVolume } from './volumes.js';

/** A valid create request. */
export type CurrentNotebookRequest = Pick<
  CurrentNotebookRecord,
  | 'name'
  | 'description'
  | 'feature'
  | 'flavor'
  | 'customSpec'
  | 'imageId'
  | 'volume'
  | 'dataVolumes'
  | 'endpoints'
  | 'pool'
  | 'workspaceId'
  | 'more'
> & { readonly lease: LeaseRequest };

const OBJECTS = ['hooks', 'affinity', 'run_user', 'user_vpc', 'public_network_config'] as const;

/**
 * Parses a create request (docs/api/notebooks-current.md "2. Create (C1)"). Unknown fields are ignored. `newId` names
 * the volumes.
 */
export function readCreateRequest(
  world: World,
  body: unknown,
  newId: (what: string) => string,
): CurrentNotebookRequest {
  if (!isObject(body)) throw invalid('the body must be an object.');
  const name = readName(body);
  const imageId = readImage(world, body);
  const volume = readVolume(body.volume, 'volume', newId('volume'));
  const description = readDescription(body);
  const feature = checkText(body, 'feature', 32) ?? 'NOTEBOOK';
  if (feature !== 'NOTEBOOK' && feature !== 'DEFAULT') throw invalid("'feature' must be NOTEBOOK or DEFAULT.");
  const flavor = readFlavor(world, body, feature);
  const lease = readLease(body.duration, body.lease);
  const workspaceId = checkText(body, 'workspace_id', 32) || '0';
  if (!world.state.workspaces.includes(workspaceId)) {
    throw currentNotebookError('0102', 'The workspace does not exist.');
  }
  const pool = readPool(world, body);
  const onPoolOnly = 'customSpec' in flavor || body.affinity !== undefined || isOwnEfs(volume);
  if (pool === undefined && onPoolOnly) throw invalid('custom_spec, affinity and dedicated EFS need a pool_id.');
  return present({
    name,
    description,
    feature,
    ...flavor,
    imageId,
    volume,
    dataVolumes: readDataVolumes(body.data_volumes, newId),
    endpoints: readEndpoints(world, body.endpoints, imageId),
    lease,
    pool,
    workspaceId,
    more: readMore(body),
  });
}

/** Data volumes of a create or update. */
export function readDataVolumes(
  value: Json | undefined,
  newId: (what: string) => string,
): CurrentNotebookRecord['dataVolumes'] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid("'data_volumes' must be an array.");
  return value.map((item: Json, index) => readVolume(item, 'data_volumes', newId(`data volume ${index}`)));
}

/** The other objects of a create or update, as sent. */
export function readMore(body: JsonObject): JsonObject {
  const more: { [key: string]: Json } = {};
  for (const key of OBJECTS) {
    const value = body[key];
    if (value === undefined || value === null) continue;
    if (!isObject(value)) throw invalid(`'${key}' must be an object.`);
    more[key] = value;
  }
  return more;
}

/**
 * The pool must exist, and be ready for notebooks (6355 asks the caller to wait). The code for an unknown pool is in no
 * source.
 */
function readPool(world: World, body: JsonObject): CurrentNotebookRecord['pool'] {
  const id = checkText(body, 'pool_id', 64);
  if (id === undefined || id === '') return undefined;
  switch (poolReadiness(world, id)) {
    case 'unknown':
    case 'noScope':
      throw invalid("'pool_id' is incorrect.");
    case 'initializing':
      throw currentNotebookError('6355', 'The resource is initializing. Wait one minute and try again.');
    case 'ready':
      return { id, name: world.state.pools.find((pool) => pool.id === id)?.name ?? id };
  }
}

function isOwnEfs({ category, ownership }: CurrentNotebookRecord['volume']): boolean {
  return category === 'EFS' && ownership === 'DEDICATED';
}
