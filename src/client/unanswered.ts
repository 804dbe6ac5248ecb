import type { Progress } from '../contract/progress.js';

/** Progress that was read from Temporal because no worker responded. */
const fromTemporal = new WeakSet<Progress>();

export function markUnanswered(progress: Progress): void {
  fromTemporal.add(progress);
}

/**
 * True for the progress of an open run that no worker responded for. In a file of its own, because every command loads
 * it.
 */
export function isUnanswered(progress: Progress): boolean {
  return fromTemporal.has(progress);
}
