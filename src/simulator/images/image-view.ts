import type { ImageRecord } from '../current-notebooks/record.js';
import type { JsonObject } from '../json.js';
import type { World } from '../world.js';

/** An image in a response (docs/api/notebooks-current.md "3. The instance object"). */
export function imageView(world: World, image: ImageRecord): JsonObject {
  const { id, name, namespace, tag, type, description, arch } = image;
  return {
    id,
    name,
    namespace,
    tag,
    type,
    description,
    arch,
    status: 'ACTIVE',
    swr_path: `swr.${world.region}.myhuaweicloud.com/${namespace}/${name}:${tag}`,
    dev_services: image.services,
    resource_categories: image.categories,
    service_type: 'COMMON',
    visibility: type === 'BUILD_IN' ? 'PUBLIC' : 'PRIVATE',
    workspace_id: '0',
  };
}
