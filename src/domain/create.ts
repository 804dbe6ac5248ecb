import { type Marker, type Ownership, whose } from './marker.js';

/** A resource with the name that we want, as a look found it. */
export interface Found {
  readonly id: string;
  readonly createdAt: string;
  readonly marker: Marker | null;
  /** Being deleted: it will be gone. */
  readonly leaving: boolean;
  /** Its creation failed for good: it holds the name or the record, and nothing usable. */
  readonly failed: boolean;
  /** Nodes by flavor that it was made with; empty for notebooks. */
  readonly wanted: Readonly<Record<string, number>>;
}

/** What is known of the last create call. `unknown`: sent at `sentAt`, lost at `since`, and it may have taken effect. */
export type LastCreate =
  | { readonly outcome: 'none' }
  | { readonly outcome: 'unknown'; readonly sentAt: number; readonly since: number; readonly why: string };

export type CreateDecision =
  | { readonly act: 'create' }
  | { readonly act: 'adopt'; readonly found: Found; readonly surplus: readonly Found[] }
  | { readonly act: 'awaitGone'; readonly found: Found }
  | { readonly act: 'cleanUp'; readonly found: Found }
  | { readonly act: 'settle'; readonly pauseMs: number }
  /** Only an operator can tell whose it is. */
  | { readonly act: 'ask'; readonly why: string }
  | { readonly act: 'refuse'; readonly type: 'NameTaken' | 'SpecConflict'; readonly why: string };

/**
 * What to do after a look and before a create call; neither create call has an idempotency token, so this is what keeps
 * a resource from being made twice. Ours is adopted; ours but leaving is waited out; a stranger's ends the run. When the
 * outcome of an earlier call is unknown, absence is believed only after `settleMs`: until then it may still turn up.
 */
export function decideCreate(
  label: string,
  found: readonly Found[],
  us: Ownership,
  lastCreate: LastCreate,
  settleMs: number,
  now: number,
): CreateDecision {
  const stranger = found.find((one) => whose(one.marker, us) === 'foreign' || whose(one.marker, us) === 'otherOwner');
  if (stranger !== undefined && lastCreate.outcome === 'unknown' && mayBeOurs(stranger, lastCreate.sentAt)) {
    const sent = new Date(lastCreate.sentAt).toISOString();
    return {
      act: 'ask',
      why: `${label}: a create sent at ${sent} was not answered (${lastCreate.why}); since then ${stranger.id} is there, made at ${stranger.createdAt}, without a marker`,
    };
  }
  if (stranger !== undefined) {
    const owner =
      whose(stranger.marker, us) === 'otherOwner'
        ? 'it belongs to another operation of this installation'
        : 'it does not carry the marker of this installation';
    return { act: 'refuse', type: 'NameTaken', why: `${label} is taken: ${stranger.id} exists and ${owner}` };
  }
  const leaving = found.find((one) => one.leaving);
  if (leaving !== undefined) return { act: 'awaitGone', found: leaving };
  const failed = found.find((one) => one.failed);
  if (failed !== undefined) return { act: 'cleanUp', found: failed };
  const otherSpec = found.find((one) => whose(one.marker, us) === 'otherSpec');
  if (otherSpec !== undefined) {
    return {
      act: 'refuse',
      type: 'SpecConflict',
      why: `${label}: ${otherSpec.id} was made from another spec (${otherSpec.marker?.spec ?? '?'}, this one is ${us.specs.at(-1) ?? '?'})`,
    };
  }
  const [oldest, ...surplus] = [...found].sort((a, b) => a.createdAt.localeCompare(b.createdAt));
  if (oldest !== undefined) return { act: 'adopt', found: oldest, surplus };
  if (lastCreate.outcome === 'unknown') {
    const left = lastCreate.since + settleMs - now;
    if (left > 0) return { act: 'settle', pauseMs: settlePause(now - lastCreate.since, left, settleMs) };
  }
  return { act: 'create' };
}

const clockSkewMs = 60_000;

/** Made after our unanswered call and with no marker at all: ours with its description lost, or a stranger's. */
function mayBeOurs(found: Found, sentAt: number): boolean {
  const createdAt = /^\d+$/.test(found.createdAt) ? Number(found.createdAt) : Date.parse(found.createdAt);
  return found.marker === null && !(createdAt < sentAt - clockSkewMs);
}

/** Growing pauses between looks while an outcome is unknown: often at first, where most answers turn up. */
export function settlePause(elapsedMs: number, leftMs: number, settleMs: number): number {
  const pause = Math.max(settleMs / 60, elapsedMs / 2);
  return Math.ceil(Math.min(pause, leftMs));
}

/** What a create call came to, as its activity tells it. Only `created` and `unknown` may have left something behind. */
export type CreateOutcome =
  | { readonly outcome: 'created'; readonly id: string; readonly createdAt: string }
  /** The governor did not let it out in time, or the service answered 429: nothing was made. */
  | { readonly outcome: 'notSent'; readonly retryAfterMs: number; readonly why: string }
  /** No capacity: nothing was made. */
  | {
      readonly outcome: 'soldOut';
      readonly why: string;
      readonly errorCode: string | null;
      readonly requestId: string | null;
    }
  /** The name exists already: look again, it may be ours. */
  | { readonly outcome: 'exists'; readonly why: string }
  /** Connection lost after sending, time-out, 5xx: it may have been made. */
  | { readonly outcome: 'unknown'; readonly why: string };

/** Growing pause between refused creates for want of capacity: 1 to 10 minutes at the default pace (pollMax 30 s). */
export function capacityPause(refusals: number, pollMaxMs: number): number {
  return Math.min(pollMaxMs * 2 ** Math.max(1, refusals), pollMaxMs * 20);
}
