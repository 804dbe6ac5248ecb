import { jsonSize } from './text.js';

/** The results that one run has recorded as pages, in the order of its history. */
export interface RecordedPages {
  readonly runId: string;
  readonly count: number;
}

/** How many of the first items fit into so many bytes of JSON; at least one, so that every page makes progress. */
export function fitting(items: readonly unknown[], limit: number): number {
  let size = 0;
  for (const [index, item] of items.entries()) {
    // One more for the comma.
    size += jsonSize(item) + 1;
    if (size > limit) return Math.max(1, index);
  }
  return items.length;
}
