import { badRequest, poolError } from '../errors.js';
import { isObject, type Json, type JsonObject, objectAt, present, textAt, valueAt } from '../json.js';
import type { PoolSpec, TextMap } from '../records.js';
import type { World } from '../world.js';
import { readDriver, readResources } from './pool-resources.js';

/** A create request that satisfies the rules of docs/api/pools-and-flavors.md "2.7 What to validate on create". */
export interface PoolRequest {
  readonly name: string;
  readonly labels: TextMap;
  readonly annotations: TextMap;
  readonly spec: PoolSpec;
  readonly parent: string;
}

const NAME = /^[a-z][a-z0-9-]{2,30}[a-z0-9]$/;
const SCOPES = ['Train', 'Infer', 'Notebook'];
const READ_HERE = new Set(['type', 'scope', 'resources', 'network', 'jobFlavors', 'driver', 'parent', 'controlMode']);

/** Parses and checks a create request. */
export function readPoolRequest(world: World, body: unknown): PoolRequest {
  if (!isObject(body)) throw badRequest('the body is not a JSON object.');
  if (body.kind !== 'Pool') throw badRequest('kind must be Pool.');
  if (body.apiVersion !== 'v2' && body.apiVersion !== 'v1') throw badRequest('apiVersion must be v2.');
  const labels = readTextMap(valueAt(body, 'metadata', 'labels'), 'metadata.labels');
  const annotations = readTextMap(valueAt(body, 'metadata', 'annotations'), 'metadata.annotations');
  const name = labels['os.modelarts/name'];
  if (name === undefined || !NAME.test(name)) throw badRequest('os.modelarts/name must be 4..32 of a-z, 0-9 and -.');
  checkWorkspace(world, labels['os.modelarts/workspace.id']);
  checkSharing(labels['os.modelarts/sharing']);
  checkAnnotations(annotations);
  const spec = objectAt(body, 'spec');
  if (spec === undefined) throw badRequest('spec is required');
  const parent = textAt(spec, 'parent') ?? '';
  if (parent !== '' && !world.state.pools.some((pool) => pool.id === parent))
    throw badRequest('spec.parent is unknown.');
  return { name, labels, annotations, spec: readSpec(world, spec), parent };
}

/** Parses labels or annotations. Numbers and booleans become text, as in the documented example. */
export function readTextMap(value: Json | undefined, where: string): TextMap {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw badRequest(`${where} must be an object.`);
  const map: TextMap = {};
  for (const [key, item] of Object.entries(value)) {
    if (item === undefined || item === null) continue;
    if (typeof item === 'object') throw badRequest(`${where}["${key}"] must be text.`);
    map[key] = String(item);
  }
  return map;
}

/** A given workspace must exist (ModelArts.7005). */
export function checkWorkspace(world: World, workspace: string | undefined): void {
  if (workspace === undefined || world.state.workspaces.includes(workspace)) return;
  throw poolError(400, '7005', `workspace:${workspace} not existed`);
}

/** Checks that sharing is `unshared` or `shared`. */
export function checkSharing(sharing: string | undefined): void {
  if (sharing !== undefined && sharing !== 'shared' && sharing !== 'unshared') {
    throw badRequest('os.modelarts/sharing must be shared or unshared.');
  }
}

/**
 * Checks the description and the billing annotations (docs/api/pools-and-flavors.md "2.2 Create", "9. Further points of
 * the primary pages").
 */
export function checkAnnotations(annotations: TextMap): void {
  const description = annotations['os.modelarts/description'] ?? '';
  if (/[!<>=&"']/.test(description)) throw badRequest('os.modelarts/description has a forbidden character.');
  if (Array.from(description).length > 100) throw badRequest('os.modelarts/description has more than 100 characters.');
  const mode = annotations['os.modelarts/billing.mode'];
  if (mode !== undefined && mode !== '0' && mode !== '1') throw badRequest('os.modelarts/billing.mode must be 0 or 1.');
  const num = annotations['os.modelarts/period.num'];
  const type = annotations['os.modelarts/period.type'];
  if ((num === undefined) !== (type === undefined)) throw badRequest('period.num and period.type require each other.');
  if (mode === '1' && num === undefined) throw badRequest('billing mode 1 needs period.num and period.type.');
  if (num !== undefined && !/^[1-9]\d*$/.test(num)) throw badRequest('os.modelarts/period.num must be a number.');
  if (type !== undefined && !['2', '3', '4'].includes(type)) throw badRequest('period.type must be 2, 3 or 4.');
  const renew = annotations['os.modelarts/auto.renew'];
  if (renew !== undefined && renew !== '0' && renew !== '1')
    throw badRequest('os.modelarts/auto.renew must be 0 or 1.');
}

/** Parses a list of known job types without repetition. */
export function readScope(value: Json | undefined, type: string): string[] {
  if (!Array.isArray(value) || value.length === 0) throw badRequest('spec.scope needs at least one job type.');
  const scope = value.map((item) => {
    if (typeof item !== 'string' || !SCOPES.includes(item)) throw badRequest('spec.scope has an unknown job type.');
    return item;
  });
  if (new Set(scope).size !== scope.length) throw badRequest('spec.scope repeats a job type.');
  if (type === 'Logical' && scope.some((item) => item !== 'Train'))
    throw badRequest('a logical pool only supports Train.');
  return scope;
}

/** Parses the names of the allowed job flavors. */
export function readJobFlavors(value: Json | undefined): string[] {
  if (!Array.isArray(value)) throw badRequest('spec.jobFlavors must be a list of names.');
  return value.map((item) => {
    if (typeof item !== 'string') throw badRequest('spec.jobFlavors must be a list of names.');
    return item;
  });
}

function readSpec(world: World, spec: JsonObject): PoolSpec {
  const type = spec.type;
  if (type !== 'Dedicate' && type !== 'Logical') throw badRequest('spec.type must be Dedicate or Logical.');
  const scope = readScope(spec.scope, type);
  const resources = readResources(world, spec.resources, type);
  const logical = type === 'Logical';
  if (logical && spec.network !== undefined) throw badRequest('spec.network is not allowed for a logical pool.');
  if (logical && spec.masters !== undefined) throw badRequest('spec.masters is not allowed for a logical pool.');
  if (!logical) checkNetwork(world, spec);
  const driver = readDriver(world, spec.driver, resources);
  if (logical && driver !== undefined) throw badRequest('spec.driver is not allowed for a logical pool.');
  const jobFlavors = spec.jobFlavors === undefined ? undefined : readJobFlavors(spec.jobFlavors);
  const more = Object.fromEntries(Object.entries(spec).filter(([key]) => !READ_HERE.has(key)));
  return present({ type, scope, resources, network: spec.network, jobFlavors, driver, controlMode: 0, more });
}

/**
 * The network is given by its `metadata.name`, not by its display name (docs/api/pools-and-flavors.md "2.2 Create").
 */
function checkNetwork(world: World, spec: JsonObject): void {
  const name = textAt(spec, 'network', 'name');
  if (name === undefined || name === '') throw badRequest('spec.network is required');
  const network = world.state.networks.find((record) => record.id === name);
  if (network === undefined || network.deletedAt !== undefined) throw badRequest(`network ${name} not exist.`);
}
