import type { OwnImageRecord } from '../current-notebooks/record.js';
import { hexDigits, uuid } from '../random.js';
import { nextSequence, type World } from '../world.js';

/** What the caller decides of an image. */
export type ImageContent = Pick<
  OwnImageRecord,
  | 'name'
  | 'namespace'
  | 'tag'
  | 'description'
  | 'arch'
  | 'categories'
  | 'services'
  | 'origin'
  | 'workspaceId'
  | 'visibility'
>;

/** An image of the account, without a status. */
export function newImage(world: World, content: ImageContent): OwnImageRecord {
  const uid = `image-${nextSequence(world)}`;
  const now = world.clock.now();
  return {
    ...content,
    uid,
    id: uuid(hexDigits(32, world.seed, uid, 'id')),
    type: 'DEDICATED',
    status: '',
    createdAt: now,
    updatedAt: now,
    overrides: [],
    hidden: {},
  };
}
