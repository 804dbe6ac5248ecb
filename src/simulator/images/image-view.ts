import type { ImageRecord, OwnImageRecord } from '../current-notebooks/record.js';
import { type JsonObject, present } from '../json.js';
import type { Operation } from '../operations.js';
import { epochNumberIn, type World } from '../world.js';

/** An image in a response (docs/api/notebooks-current.md "3. The instance object"). */
export function imageView(world: World, image: ImageRecord | OwnImageRecord, operation: Operation): JsonObject {
  const { id, name, namespace, tag, type, description, arch, services, categories } = image;
  const own = 'status' in image ? image : undefined;
  return present({
    id,
    name,
    namespace,
    tag,
    type,
    description,
    arch,
    status: own?.status ?? 'ACTIVE',
    status_message: own?.statusMessage,
    swr_path: swrPathOf(world, image),
    dev_services: services,
    resource_categories: categories,
    service_type: 'COMMON',
    origin: own?.origin,
    visibility: own?.visibility ?? 'PUBLIC',
    workspace_id: own?.workspaceId ?? '0',
    create_at: own && epochNumberIn(world, operation, own.createdAt),
    update_at: own && epochNumberIn(world, operation, own.updatedAt),
  });
}

/** The images of one name, as one row. Those of the service have no times. */
export function groupView(
  world: World,
  images: readonly (ImageRecord | OwnImageRecord)[],
  operation: Operation,
): JsonObject {
  const own = images.filter((image) => 'updatedAt' in image);
  const at = (times: number[], pick: (...values: number[]) => number) =>
    times.length === 0 ? undefined : epochNumberIn(world, operation, pick(...times));
  return present({
    name: images[0]?.name ?? '',
    namespace: images[0]?.namespace ?? '',
    description: images[0]?.description ?? '',
    version_count: images.length,
    create_at: at(
      own.map(({ createdAt }) => createdAt),
      Math.min,
    ),
    update_at: at(
      own.map(({ updatedAt }) => updatedAt),
      Math.max,
    ),
  });
}

/** The address of an image in the software repository. */
export function swrPathOf(world: World, { namespace, name, tag }: ImageRecord): string {
  return `swr.${world.region}.myhuaweicloud.com/${namespace}/${name}:${tag}`;
}
