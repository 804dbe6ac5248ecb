import { notFound } from '../current-notebooks/errors.js';
import { nameMatches, pageOfRows } from '../current-notebooks/paging.js';
import type { ImageRecord } from '../current-notebooks/record.js';
import type { Call, HandlerResult, World } from '../world.js';
import { imageView } from './image-view.js';

const DEFAULT_LIMIT = 200;

/** GET images: those of the service, unless `type=DEDICATED` (docs/api/notebooks-current.md "9. Other calls"). */
export function listImages(world: World, call: Call): HandlerResult {
  const { query } = call;
  const type = query.get('type') || 'BUILD_IN';
  const exact = query.get('name_fuzzy_match') === 'false';
  const rows = world.catalogue.images.filter(
    (image) =>
      image.type === type &&
      (exact ? (query.get('name') || image.name) === image.name : nameMatches(query, 'name', image.name)) &&
      (query.get('namespace') || image.namespace) === image.namespace,
  );
  const page = pageOfRows(rows, query, { fallback: DEFAULT_LIMIT, first: 0 });
  return { status: 200, body: { ...page, data: page.data.map((image) => imageView(world, image)) } };
}

/** GET one image. */
export function showImage(world: World, call: Call): HandlerResult {
  const image = findImage(world, call.params.image ?? '');
  if (image === undefined) throw notFound('image');
  return { status: 200, body: imageView(world, image) };
}

/** The image with an id. */
export function findImage(world: World, id: string): ImageRecord | undefined {
  return world.catalogue.images.find((image) => image.id === id);
}
