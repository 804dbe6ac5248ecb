import { type ImageFacts, imageNameOf, isImageId } from '../domain/resource/image.js';
import type { ModelArts } from '../modelarts/client.js';
import { ModelArtsError } from '../modelarts/errors.js';
import type { Image } from '../modelarts/schemas/image.js';

/**
 * The images of the service and those of users, in this order (docs/api/notebooks-current.md "9. Other calls", C19).
 */
const imageTypes = ['BUILD_IN', 'DEDICATED'] as const;

function imageFacts({ id, name, tag, status, dev_services }: Image): ImageFacts {
  return { id, name: name ?? null, tag: tag ?? null, status: status ?? null, services: dev_services };
}

/** An image as `maops image list` prints it; every key is always present. */
export interface ImageRow extends ImageFacts {
  /** `BUILD_IN` or `DEDICATED`. */
  readonly type: string | null;
  readonly arch: string | null;
  /** For example `GPU`; empty when unknown. */
  readonly hardware: readonly string[];
  readonly description: string | null;
}

/** All images of a workspace: those of the service, then those of users. */
export async function listImages(
  modelarts: Pick<ModelArts, 'images'>,
  signal: AbortSignal,
  workspaceId?: string,
): Promise<ImageRow[]> {
  const place = workspaceId === undefined ? {} : { workspace_id: workspaceId };
  const found = new Map<string, ImageRow>();
  for (const type of imageTypes)
    for (const image of await modelarts.images.list({ type, ...place }, { signal }))
      found.set(image.id, imageRow(image));
  return [...found.values()].sort((a, b) => (a.name ?? '').localeCompare(b.name ?? ''));
}

function imageRow(image: Image): ImageRow {
  const { type, arch, description, resource_categories: categories, support_res_categories: others } = image;
  return {
    ...imageFacts(image),
    type: type ?? null,
    arch: arch ?? null,
    hardware: categories.length > 0 ? categories : others,
    description: description ?? null,
  };
}

/**
 * The images that a spec may mean: one by id, or those of a name. The images of users are read only when the service
 * has none of this name.
 */
export async function readImages(
  modelarts: Pick<ModelArts, 'images'>,
  written: string,
  workspaceId: string | undefined,
  signal: AbortSignal,
): Promise<ImageFacts[]> {
  if (isImageId(written)) {
    try {
      return [imageFacts(await modelarts.images.show(written, { signal }))];
    } catch (error) {
      if (error instanceof ModelArtsError && error.kind === 'notFound') return [];
      throw error;
    }
  }
  const name = imageNameOf(written);
  const place = workspaceId === undefined ? {} : { workspace_id: workspaceId };
  for (const type of imageTypes) {
    const listed = (await modelarts.images.list({ type, name, ...place }, { signal })).map(imageFacts);
    const named = listed.filter((image) => image.name === name || image.name === written);
    if (named.length > 0) return named;
  }
  return [];
}
