import { describeDuration, durationWords, HOUR, parseDuration } from '../duration.js';
import { isoTime, parseRfc3339 } from '../rfc3339.js';
import { cut } from '../text.js';

/** The times of a lease, as in its spec. */
export interface LeaseTimes {
  readonly ttl: string;
  readonly max: string;
  readonly warnings: readonly string[];
}

/** The times of a running lease, in epoch milliseconds. */
export interface LeaseTerm {
  readonly endsAt: number;
  /** The limit of extensions. It counts from the start of the lease, as the first end does. */
  readonly maxEndsAt: number;
  readonly extensions: number;
  /** When to warn, in milliseconds before the end. */
  readonly warnings: readonly number[];
  /** The shortest warning that was given, or was already past when the end was set; null when there is none. */
  readonly warned: number | null;
}

/** An existing end, as progress shows it. */
export interface CurrentEnd {
  readonly endsAt: string | null;
  readonly maxEndsAt: string | null;
  readonly extensions: number;
}

/** The term of a lease that starts now; null for unreadable times, which only raw input can have. */
export function startTerm({ ttl, max, warnings }: LeaseTimes, now: number): LeaseTerm | null {
  const length = parseDuration(ttl);
  if (length === null) return null;
  const endsAt = now + length;
  const maxEndsAt = Math.max(endsAt, now + (parseDuration(max) ?? 0));
  return arm({ endsAt, maxEndsAt, extensions: 0, warnings: lengths(warnings), warned: null }, now);
}

/** The term of a lease that continues an earlier one. Neither its end nor its maximum moves. */
export function resumeTerm({ warnings }: Pick<LeaseTimes, 'warnings'>, end: CurrentEnd, now: number): LeaseTerm | null {
  const endsAt = Date.parse(end.endsAt ?? '');
  if (Number.isNaN(endsAt)) return null;
  const maxEndsAt = Math.max(endsAt, Date.parse(end.maxEndsAt ?? '') || endsAt);
  return arm({ endsAt, maxEndsAt, extensions: end.extensions, warnings: lengths(warnings), warned: null }, now);
}

function lengths(warnings: readonly string[] | undefined): number[] {
  return (warnings ?? []).map((warning) => parseDuration(warning)).filter((ms) => ms !== null);
}

/** A warning that is already past when an end is set is skipped: the person who set the end knows it. */
function arm(term: LeaseTerm, now: number): LeaseTerm {
  const passed = term.warnings.filter((before) => term.endsAt - before <= now);
  return { ...term, warned: passed.length === 0 ? null : Math.min(...passed) };
}

/** The next action of a lease. `before` is the time between the warning and the end. */
export type LeaseAction =
  | { readonly what: 'wait'; readonly until: number }
  | { readonly what: 'warn'; readonly before: number }
  | { readonly what: 'end' };

/** Decides what a lease does at `now`. Of several overdue warnings only the last one is given. */
export function nextAction(term: LeaseTerm, now: number): LeaseAction {
  if (now >= term.endsAt) return { what: 'end' };
  const open = term.warnings.filter((before) => term.warned === null || before < term.warned);
  const due = open.filter((before) => term.endsAt - before <= now);
  if (due.length > 0) return { what: 'warn', before: Math.min(...due) };
  return { what: 'wait', until: Math.min(term.endsAt, ...open.map((before) => term.endsAt - before)) };
}

/** Records that a warning was given. */
export function warned(term: LeaseTerm, before: number): LeaseTerm {
  return { ...term, warned: before };
}

export type Extension =
  | { readonly granted: true; readonly term: LeaseTerm }
  | { readonly granted: false; readonly why: string };

/** A requested extension. Raw JSON may contain anything. */
export interface ExtensionRequest {
  /** How much later the lease ends: `4h`. */
  readonly duration?: unknown;
  /** When the lease ends at the earliest, RFC 3339 with a zone. */
  readonly until?: unknown;
}

/** Why a lease removes what it owns. */
export type RemovalCause = 'released' | 'cancelled' | 'expired';

/**
 * Whether a lease is going to remove what it owns, whatever operators do: also between two attempts after its end. A
 * refused release can still be withdrawn.
 */
export function isRemovalCertain({
  removalCause,
  refused,
}: {
  readonly removalCause: RemovalCause | null;
  readonly refused: { readonly cause: RemovalCause } | null;
}): boolean {
  return removalCause !== null || refused?.cause === 'expired';
}

/** Grants or refuses the extension of a lease, which may be on its way to its end. */
export function decideExtension(
  lease: {
    readonly term: LeaseTerm | null;
    readonly removalCause: RemovalCause | null;
    readonly refused: { readonly cause: RemovalCause; readonly why: string } | null;
  },
  request: ExtensionRequest,
  now: number,
): Extension {
  const { term, removalCause, refused } = lease;
  if (refused !== null && refused.cause !== 'expired')
    return refuse(`it is ${refused.cause}, and its removal is retried: ${refused.why}`);
  if (removalCause !== null) return refuse('the lease is ending and cannot be extended');
  if (term === null) return refuse('this lease has no end, so there is nothing to extend');
  return extendTerm(term, request, now);
}

/**
 * Grants or refuses an extension. A duration is added to the present end; a time can be requested again without harm.
 * Expiry is decided on the same end and clock, so a lease is either extended or expired. Warnings before the new end
 * are given again.
 */
export function extendTerm(term: LeaseTerm, { duration, until }: ExtensionRequest, now: number): Extension {
  if (now >= term.endsAt) return refuse(`the lease ended at ${isoTime(term.endsAt)}`);
  if ((duration == null) === (until == null)) return refuse('an extension has either `duration` or `until`');
  const endsAt = until == null ? term.endsAt + (lengthIn(duration) ?? 0) : parseRfc3339(until);
  if (endsAt === null)
    return refuse(`${shown(until)} is not a time with a zone. Use RFC 3339, such as ${isoTime(term.endsAt)}`);
  if (until == null && endsAt <= term.endsAt)
    return refuse(`${shown(duration)} is not a duration. Use ${durationWords}`);
  if (endsAt <= now) return refuse(`${isoTime(endsAt)} has passed: it is ${isoTime(now)}`);
  // Another request may have set a later end, which a repeated request must not reduce.
  if (endsAt <= term.endsAt) return { granted: true, term };
  if (endsAt > term.maxEndsAt) {
    const room = term.maxEndsAt - term.endsAt;
    const left = room === 0 ? 'nothing can be added' : `at most ${describeDuration(room)} can be added`;
    return refuse(`the lease ends at ${isoTime(term.endsAt)} and may last until ${isoTime(term.maxEndsAt)}: ${left}`);
  }
  return { granted: true, term: arm({ ...term, endsAt, extensions: term.extensions + 1 }, now) };
}

function refuse(why: string): Extension {
  return { granted: false, why };
}

function lengthIn(duration: unknown): number | null {
  return typeof duration === 'string' ? parseDuration(duration) : null;
}

function shown(value: unknown): string {
  return cut(JSON.stringify(value) ?? 'nothing', 60);
}

/**
 * The `auto_stop` of a leased notebook, in milliseconds: the rest of the lease, at most what its spec asks for, within
 * the API's 1 h to 24 h (docs/api/notebooks-and-auth.md "2.1 O1 create"). The notebook then stops even when no worker
 * runs.
 */
export function leasedAutoStop(ownMs: number | null, leaseMs: number): number {
  return Math.min(24 * HOUR, Math.max(HOUR, Math.min(ownMs ?? leaseMs, leaseMs)));
}
