import type { OwnImageRecord } from '../current-notebooks/record.js';
import type { ScheduledTransition } from '../records.js';
import type { World } from '../world.js';
import { scheduleNext, type Transition } from './transitions.js';

/** The life of an image that is saved from a notebook (docs/api/notebooks-current.md "9. Other calls"). */
const TRANSITIONS: readonly Transition[] = [
  { track: 'status', from: 'INIT', to: 'CREATING', after: 'imageSave', share: 0.1 },
  { track: 'status', from: 'CREATING', to: 'ACTIVE', after: 'imageSave', share: 0.9 },
];

/** Applies a scheduled transition of an image. */
export function applyToImage(world: World, image: OwnImageRecord, item: ScheduledTransition): void {
  if (image.status === item.from) enterImageStatus(world, image, item.to, item.at, item.message);
}

/** Moves an image to a status and schedules the next transition. */
export function enterImageStatus(
  world: World,
  image: OwnImageRecord,
  status: string,
  at: number,
  message?: string,
): void {
  image.status = status;
  image.updatedAt = at;
  if (message === undefined) delete image.statusMessage;
  else image.statusMessage = message;
  scheduleNext(world, TRANSITIONS, { kind: 'image', record: image, track: 'status', state: status, at });
}
