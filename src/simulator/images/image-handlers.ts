import { invalid, notFound } from '../current-notebooks/errors.js';
import { nameMatches, pageOfRows } from '../current-notebooks/paging.js';
import type { ImageRecord, OwnImageRecord } from '../current-notebooks/record.js';
import { forbiddenError } from '../faults/fault-responses.js';
import { isObject, textAt, valueAt } from '../json.js';
import { enterImageStatus } from '../lifecycles/image-lifecycle.js';
import { matchesQuery } from '../list-query.js';
import type { Call, HandlerResult, World } from '../world.js';
import { groupView, imageView } from './image-view.js';
import { newImage } from './new-image.js';

const DEFAULT_LIMIT = 200;
const SWR_PATH = /^[^/]+\/(?<namespace>[a-z][\w.-]{0,63})\/(?<name>[a-z0-9][a-z0-9._-]{0,127}):(?<tag>[\w.-]{1,64})$/;

/** GET images: those of the service, unless `type=DEDICATED` (docs/api/notebooks-current.md "9. Other calls"). */
export function listImages(world: World, call: Call): HandlerResult {
  const rows = imagesFor(world, call.query);
  const page = pageOfRows(rows, call.query, { fallback: DEFAULT_LIMIT, first: 0 });
  return { status: 200, body: { ...page, data: page.data.map((image) => imageView(world, image, call.operation)) } };
}

/**
 * GET images by name and namespace, with the number of images of each (docs/api/notebooks-current.md "9. Other calls").
 */
export function listImageGroups(world: World, call: Call): HandlerResult {
  const groups = new Map<string, ImageRecord[]>();
  for (const image of imagesFor(world, call.query)) {
    const key = `${image.namespace}/${image.name}`;
    groups.set(key, [...(groups.get(key) ?? []), image]);
  }
  const page = pageOfRows([...groups.values()], call.query, { fallback: DEFAULT_LIMIT, first: 0 });
  const data = page.data.map((images) => groupView(world, images, call.operation));
  return { status: 200, body: { ...page, data } };
}

/** GET one image. */
export function showImage(world: World, call: Call): HandlerResult {
  const image = findImage(world, call.params.image ?? '');
  if (image === undefined) throw notFound('image');
  return { status: 200, body: imageView(world, image, call.operation) };
}

/** POST images: registers an image of the software repository. */
export function registerImage(world: World, call: Call): HandlerResult {
  const { body } = call;
  if (call.malformed || !isObject(body)) throw invalid('the body must be an object.');
  const { namespace, name, tag } = SWR_PATH.exec(textAt(body, 'swr_path') ?? '')?.groups ?? {};
  if (namespace === undefined || name === undefined || tag === undefined) throw invalid("'swr_path' is incorrect.");
  const image = newImage(world, {
    name,
    namespace,
    tag,
    description: textAt(body, 'description') ?? '',
    arch: textAt(body, 'arch')?.toLowerCase() === 'aarch64' ? 'aarch64' : 'x86_64',
    categories: textsAt(body, 'resource_category') ?? ['CPU', 'GPU'],
    services: textsAt(body, 'services') ?? ['NOTEBOOK', 'SSH'],
    origin: 'CUSTOMIZE',
    workspaceId: textAt(body, 'workspace_id') ?? '0',
    visibility: textAt(body, 'visibility') ?? 'PRIVATE',
  });
  world.state.images.push(image);
  enterImageStatus(world, image, 'ACTIVE', image.createdAt);
  call.commit(`registered image ${image.id}`);
  return { status: 201, body: imageView(world, image, call.operation) };
}

/** DELETE an image of the account. */
export function deleteImage(world: World, call: Call): HandlerResult {
  const image = findImage(world, call.params.image ?? '');
  if (image === undefined) throw notFound('image');
  if (image.type === 'BUILD_IN') throw forbiddenError(call.operation);
  world.state.images = world.state.images.filter((other) => other !== image);
  call.commit(`deleted image ${image.id}`);
  return { status: 200, body: {} };
}

/** The image with an id. */
export function findImage(world: World, id: string): ImageRecord | OwnImageRecord | undefined {
  return allImages(world).find((image) => image.id === id);
}

function imagesFor(world: World, query: URLSearchParams): (ImageRecord | OwnImageRecord)[] {
  const type = query.get('type') || 'BUILD_IN';
  const exact = query.get('name_fuzzy_match') === 'false';
  return allImages(world).filter(
    (image) =>
      image.type === type &&
      (exact ? matchesQuery(query, 'name', image.name) : nameMatches(query, 'name', image.name)) &&
      matchesQuery(query, 'namespace', image.namespace) &&
      matchesQuery(query, 'workspace_id', 'workspaceId' in image ? image.workspaceId : '0'),
  );
}

function allImages(world: World): (ImageRecord | OwnImageRecord)[] {
  return [...world.catalogue.images, ...world.state.images];
}

function textsAt(body: unknown, key: string): string[] | undefined {
  const value = valueAt(body, key);
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : undefined;
}
