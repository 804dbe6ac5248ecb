import { currentNotebookError } from '../errors.js';
import { findImage } from '../images/image-handlers.js';
import { isObject, type Json, type JsonObject, textAt, valueAt } from '../json.js';
import { isFree } from '../notebooks/notebook-handlers.js';
import type { World } from '../world.js';
import { invalid } from './errors.js';
import type { EndpointRecord } from './record.js';

const NAME = /^[\p{Script=Han}A-Za-z0-9_-]{1,128}$/u;
const MOST_IPS = 5;

/** The text of a property; undefined when it is absent. */
export function checkText(value: JsonObject, key: string, longest: number): string | undefined {
  const text = value[key];
  if (text === undefined || text === null) return undefined;
  if (typeof text !== 'string' || Array.from(text).length > longest) throw invalid(`'${key}' is incorrect.`);
  return text;
}

/** A name of 1 to 128 characters, which may repeat. */
export function readName(body: JsonObject): string {
  const name = textAt(body, 'name') ?? '';
  if (!NAME.test(name)) throw invalid("'name' is required, with 1 to 128 letters, digits, - and _.");
  return name;
}

/** At most 512 characters, none of `&<>"'/`, which is the larger of the two documented sets. */
export function readDescription(body: JsonObject): string {
  const text = checkText(body, 'description', 512) ?? '';
  if (/[&<>"'/]/.test(text)) throw invalid("'description' contains a forbidden character.");
  return text;
}

/** An image that the caller can see (6797), and its id. */
export function readImage(world: World, body: JsonObject): string {
  const id = textAt(body, 'image_id');
  if (id === undefined) throw invalid("'image_id' is required.");
  const image = findImage(world, id);
  if (image === undefined || ('status' in image && image.status !== 'ACTIVE')) {
    throw currentNotebookError('6797', 'The image does not exist.');
  }
  return id;
}

/** SSH needs a key pair of the user (6789), and an image with only SSH needs an SSH endpoint (6768). */
export function readEndpoints(world: World, value: Json | undefined, imageId: string): EndpointRecord[] {
  if (value !== undefined && value !== null && !Array.isArray(value)) throw invalid("'endpoints' must be an array.");
  const endpoints = (Array.isArray(value) ? value : []).map((item: Json) => readEndpoint(world, item));
  const services = findImage(world, imageId)?.services ?? [];
  if (!services.includes('NOTEBOOK') && !endpoints.some(({ service }) => service === 'SSH')) {
    throw currentNotebookError('6768', 'The image supports SSH only. Configure an SSH endpoint.');
  }
  return endpoints;
}

function readEndpoint(world: World, value: Json): EndpointRecord {
  const service = textAt(value, 'service') ?? '';
  if (service !== 'NOTEBOOK' && service !== 'SSH') throw invalid("'endpoints.service' must be NOTEBOOK or SSH.");
  const keyPairNames = texts(valueAt(value, 'key_pair_names'), 'key_pair_names');
  const allowedAccessIps = texts(valueAt(value, 'allowed_access_ips'), 'allowed_access_ips');
  if (allowedAccessIps.length > MOST_IPS) throw invalid(`'allowed_access_ips' has more than ${MOST_IPS} items.`);
  if (service === 'SSH' && keyPairNames.length === 0) throw invalid("'key_pair_names' is required for SSH.");
  const { keyPairs } = world.catalogue;
  if (keyPairs !== undefined && keyPairNames.some((name) => !keyPairs.includes(name))) {
    throw currentNotebookError('6789', 'The key pair does not exist.');
  }
  return { service, keyPairNames, allowedAccessIps };
}

/** Either a flavor of the feature (6870) or a custom spec. */
export function readFlavor(
  world: World,
  body: JsonObject,
  feature: string,
): { flavor: string } | { customSpec: JsonObject } {
  const flavor = checkText(body, 'flavor', 128);
  const spec = body.custom_spec ?? undefined;
  if ((flavor === undefined) === (spec === undefined)) throw invalid("exactly one of 'flavor' and 'custom_spec'.");
  if (flavor === undefined) return { customSpec: readCustomSpec(spec) };
  const known = world.catalogue.notebookFlavors.some((candidate) => candidate.name === flavor);
  if (known && isFree(world, flavor) === (feature === 'DEFAULT')) return { flavor };
  throw currentNotebookError('6870', 'The flavor is not supported for this feature.');
}

function readCustomSpec(value: Json | undefined): JsonObject {
  if (!isObject(value)) throw invalid("'custom_spec' must be an object.");
  const { cpu, memory } = value;
  if (typeof cpu !== 'number' || cpu < 0.4) throw invalid("'custom_spec.cpu' must be at least 0.4.");
  if (typeof memory !== 'number' || memory < 513) throw invalid("'custom_spec.memory' must be at least 513.");
  return value;
}

function texts(value: Json | undefined, key: string): string[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(`'${key}' must be an array.`);
  return value.map((item: Json) => {
    if (typeof item !== 'string') throw invalid(`'${key}' must contain texts.`);
    return item;
  });
}
