import { MINUTE } from '../duration.js';

/** An image of the current notebook API. */
export interface ImageFacts {
  readonly id: string;
  readonly name: string | null;
  readonly tag: string | null;
  /** Null when unknown. */
  readonly status: string | null;
  /** Services with which a notebook of this image opens, such as `NOTEBOOK` and `SSH`; empty when unknown. */
  readonly services: readonly string[];
}

const uuid = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Whether a spec names an image by its id. */
export function isImageId(written: string): boolean {
  return uuid.test(written);
}

/** The name of an image without its tag: `pytorch` of `pytorch:1.0`. */
export function imageNameOf(written: string): string {
  return written.split(':')[0] ?? written;
}

/** The image that a spec means: an id, a name, or `name:tag`. Otherwise why there is none. */
export function chooseImage(images: readonly ImageFacts[], written: string): ImageFacts | string {
  const named = images.filter(
    ({ id, name, tag }) => id === written || name === written || (tag !== null && `${name ?? ''}:${tag}` === written),
  );
  const [first] = named;
  if (first === undefined) return `no image ${written}. List images with \`maops image list\`.`;
  if (named.length === 1) return first;
  const ids = named.map(({ id, tag }) => `${id}${tag === null ? '' : ` (tag ${tag})`}`).slice(0, 10);
  return `${named.length} images are called ${written}. Write the id: ${ids.join(', ')}`;
}

/** The image of a spec as it was found once, and when (epoch ms). */
export interface KnownImage {
  /** As the spec names it. */
  readonly written: string;
  readonly id: string;
  readonly since: number;
}

/** How long a found image may be used: longer than most pools take, and short enough for a replaced image. */
const imageHoldsMs = 60 * MINUTE;

/** The id of the image that a spec names, if it was found not long ago. */
export function recentImage(known: KnownImage | null, written: string, now: number): string | null {
  return known?.written === written && now - known.since <= imageHoldsMs ? known.id : null;
}
