import type { PoolFlavor } from '../catalogue/catalogue.js';
import { badRequest } from '../errors.js';
import { isObject, type Json, type JsonObject, present, textAt } from '../json.js';
import type { PoolResource, PoolSpec } from '../records.js';
import type { World } from '../world.js';

/** The maximum number of flavors in a pool (`maxPoolFlavors`, docs/api/pools-and-flavors.md "2.2 Create"). */
const MOST_FLAVORS = 10;
const MOST_NODES = 2000;
const READ_HERE = new Set(['flavor', 'count', 'maxCount', 'azs']);

/** Parses `spec.resources` (docs/api/pools-and-flavors.md "2.2 Create", "2.7 What to validate on create"). */
export function readResources(
  world: World,
  value: Json | undefined,
  type: string,
  call: 'create' | 'change' = 'create',
): PoolResource[] {
  if (!Array.isArray(value) || value.length === 0) throw badRequest('spec.resources needs at least one flavor.');
  if (value.length > MOST_FLAVORS) throw badRequest(`spec.resources has more than ${MOST_FLAVORS} flavors.`);
  const resources = value.map((item) => readResource(world, item, type, call));
  const names = resources.map((resource) => resource.flavor);
  if (new Set(resources.map(rowKey)).size !== names.length) {
    throw badRequest('spec.resources repeats a flavor in a node pool.');
  }
  const archs = new Set(names.map((name) => flavorOf(world, name).cpuArch));
  if (archs.size > 1) throw badRequest('the flavors of a pool must have the same cpuArch.');
  return resources;
}

/**
 * Parses `spec.driver`. A version needs a flavor with such a chip (docs/api/pools-and-flavors.md "9. Further points of
 * the primary pages").
 */
export function readDriver(
  world: World,
  value: Json | undefined,
  resources: readonly PoolResource[],
): PoolSpec['driver'] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw badRequest('spec.driver must be an object.');
  const flavors = resources.map((resource) => flavorOf(world, resource.flavor));
  const gpuVersion = optionalText(value, 'gpuVersion');
  const npuVersion = optionalText(value, 'npuVersion');
  const updateStrategy = optionalText(value, 'updateStrategy');
  if (gpuVersion !== undefined && !flavors.some((flavor) => flavor.gpu !== undefined)) {
    throw badRequest('spec.driver.gpuVersion needs a GPU flavor.');
  }
  if (npuVersion !== undefined && !flavors.some((flavor) => flavor.npu !== undefined)) {
    throw badRequest('spec.driver.npuVersion needs an NPU flavor.');
  }
  if (updateStrategy !== undefined && updateStrategy !== 'force' && updateStrategy !== 'idle') {
    throw badRequest('spec.driver.updateStrategy must be force or idle.');
  }
  return present({ gpuVersion, npuVersion, updateStrategy });
}

/** A flavor of the catalogue. Throws a 400 for an unknown one. */
export function flavorOf(world: World, name: string): PoolFlavor {
  const flavor = world.catalogue.poolFlavors.find((candidate) => candidate.name === name);
  if (flavor === undefined) throw badRequest(`flavor ${name} is unknown.`);
  return flavor;
}

/**
 * The node pool of a row. The service's own default is `<flavor>-default` (docs/api/pools-and-flavors.md "0.1
 * Corrections").
 */
export function nodePoolOf({ flavor, more }: PoolResource): string {
  return typeof more.nodePool === 'string' ? more.nodePool : `${flavor}-default`;
}

/** What tells a row from the others: flavor, node pool and step. */
export function rowKey(row: PoolResource): string {
  return JSON.stringify([row.flavor, nodePoolOf(row), row.more.creatingStep ?? null]);
}

/**
 * A change may repeat the `maxCount` and `azs` that were read, although the count has changed: the Terraform provider
 * does. A physical pool takes the count.
 */
function readResource(world: World, value: Json, type: string, call: 'create' | 'change'): PoolResource {
  if (!isObject(value)) throw badRequest('spec.resources must be a list of objects.');
  const flavor = flavorOf(world, textAt(value, 'flavor') ?? '').name;
  const count = wholeNumber(value.count, 'count');
  const maxCount = value.maxCount === undefined ? undefined : wholeNumber(value.maxCount, 'maxCount');
  const physical = type === 'Dedicate';
  const wrong = physical ? call === 'create' && maxCount !== count : (maxCount ?? count) < count;
  if (maxCount !== undefined && wrong) {
    throw badRequest('maxCount must equal count, or be at least count in a logical pool.');
  }
  const azs = value.azs === undefined ? undefined : readAzs(world, value.azs);
  const sum = azs?.reduce((total, item) => total + item.count, 0) ?? 0;
  if (call === 'create' && sum !== 0 && sum !== count) throw badRequest('the counts of azs do not add up to count.');
  const more = Object.fromEntries(
    Object.entries(value).filter(
      ([key, item]) => !READ_HERE.has(key) && !(key === 'nodePool' && item === `${flavor}-default`),
    ),
  );
  return present({ flavor, count, maxCount: physical ? undefined : maxCount, azs, more });
}

function readAzs(world: World, value: Json | undefined): NonNullable<PoolResource['azs']> {
  if (!Array.isArray(value)) throw badRequest('azs must be a list.');
  return value.map((item) => {
    const az = textAt(item, 'az');
    if (az === undefined || !world.catalogue.azs.includes(az)) throw badRequest('azs has an unknown AZ.');
    return { az, count: wholeNumber(isObject(item) ? item.count : undefined, 'azs.count') };
  });
}

/**
 * Accepts a number or text, because the documented table and examples differ (docs/api/pools-and-flavors.md "2.8
 * Contradictions, and what to do").
 */
function wholeNumber(value: Json | undefined, what: string): number {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > MOST_NODES) {
    throw badRequest(`${what} must be a whole number from 1 to ${MOST_NODES}.`);
  }
  return number;
}

function optionalText(value: JsonObject, key: string): string | undefined {
  const item = value[key];
  if (item === undefined || item === null) return undefined;
  if (typeof item !== 'string' || item === '') throw badRequest(`spec.driver.${key} must be text.`);
  return item;
}
