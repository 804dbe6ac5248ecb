import { cut, textLimits } from '../text.js';

/** What a work order says about its failure (docs/api/workloads-and-operations.md "3. Work orders"). */
export interface FailedOrder {
  readonly failReason: string | null;
  /** The reasons of the failed nodes. */
  readonly nodeMessages: readonly string[];
}

/** Different reasons of nodes that are named. */
const mostReasons = 5;

/**
 * The reason of a failed creation: the message of the pool, then what the order adds to it. Null when nothing says why.
 * It fits into a history.
 */
export function failureReason(message: string | null, order: FailedOrder | null): string | null {
  const parts = message === null || message === '' ? [] : [message];
  const add = (reason: string, shown: string) => {
    if (reason !== '' && !parts.some((part) => part.includes(reason))) parts.push(shown);
  };
  if (order !== null) {
    add(order.failReason ?? '', order.failReason ?? '');
    const counts = new Map<string, number>();
    for (const reason of order.nodeMessages) counts.set(reason, (counts.get(reason) ?? 0) + 1);
    const reasons = [...counts].sort(([, a], [, b]) => b - a);
    for (const [reason, count] of reasons.slice(0, mostReasons)) {
      add(reason, `${count === 1 ? '1 node' : `${count} nodes`}: ${reason}`);
    }
    if (reasons.length > mostReasons) parts.push(`and ${reasons.length - mostReasons} other reasons`);
  }
  return parts.length === 0 ? null : cut(parts.join('; '), textLimits.why);
}
