import type { Watch } from '../../domain/resource/observation.js';
import { type Given, noCommand, untilRepeat } from '../../domain/resource/repetition.js';
import { undoPause } from '../operation/activity-options.js';
import type { Operation } from '../operation/operation.js';
import { retryError } from '../operation/retries.js';

/** What the operation shows while something goes away. */
export interface RemovalPhases {
  stopping(why: string): void;
  deletingNotebook(why: string): void;
  deletingPool(why: string): void;
  verifyingNotebook(why: string): void;
  verifyingPool(why: string): void;
}

/** A command that was not sent is shown as such. What is there is looked at anew, after pauses that grow. */
export async function beforeNextLook(op: Operation, doing: string, why: string, misses: number): Promise<void> {
  const message = `${why}; nothing was sent, looking again`;
  op.explain(message);
  const pauseMs = undoPause(misses);
  op.retries.failed(doing, retryError('RequestRejected', { why: message }), pauseMs);
  await op.retries.pause(doing, pauseMs);
}

/** A refused command is repeated: progress says when. */
export function showRefusal(op: Operation, doing: string, refusal: string, command: Given, patienceMs: number): void {
  const pauseMs = untilRepeat(command, patienceMs, Date.now());
  op.retries.failed(doing, retryError('RequestRejected', { why: refusal }), pauseMs, command.times);
}

/** How long to wait for news. A command is due only for what was seen, however long ago the last one was given. */
export function untilNext(watch: Watch<unknown>, command: Given, patienceMs: number): number {
  const isSeen = watch.last !== null && watch.last.facts !== null;
  return untilRepeat(isSeen ? command : noCommand, patienceMs, Date.now());
}

/** The mark of an operator counts only where it is obeyed. */
export function protectionRule(respectProtection: boolean): { readonly respectProtection?: true } {
  return respectProtection ? { respectProtection } : {};
}
