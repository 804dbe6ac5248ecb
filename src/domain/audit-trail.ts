import { cut, jsonSize, textLimits, textOf } from './text.js';

/** Limits of an audit: entries, and bytes of JSON as UTF-8. */
export const auditLimits = { entries: 200, bytes: 64 * 1024 } as const;

interface Entry {
  readonly at: string;
  readonly by: string;
  readonly verb: string;
  readonly reason: string;
}

/** Adds an entry to an audit and drops the oldest ones beyond its limits; the newest one always stays. */
export function addToAudit(
  audit: readonly Entry[],
  { at, by, verb, reason }: Entry,
): { readonly audit: readonly Entry[]; readonly dropped: number } {
  const entry = {
    at,
    // Raw JSON may contain anything.
    by: cut(textOf(by), textLimits.by),
    verb: cut(textOf(verb), textLimits.name),
    reason: cut(textOf(reason), textLimits.why),
  };
  const all = [...audit, entry];
  let first = Math.max(0, all.length - auditLimits.entries);
  // The brackets and the commas between entries count too.
  let bytes = 1 + all.slice(first).reduce((sum, one) => sum + jsonSize(one) + 1, 0);
  for (; bytes > auditLimits.bytes && first < all.length - 1; first += 1) bytes -= jsonSize(all[first]) + 1;
  return { audit: all.slice(first), dropped: first };
}
