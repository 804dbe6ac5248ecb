import { sameResource } from '../resource/identity.js';
import type { Inventory } from '../resource/inventory.js';
import { formatMarker } from '../resource/marker.js';
import type { PlanDraft, PlanItem } from '../teardown/plan.js';
import { busyRule } from './rules.js';

/** Whether an item of a plan may still be deleted. Only `same` allows it. */
export interface Recheck {
  readonly verdict: 'same' | 'gone' | 'changed' | 'protected' | 'busy';
  readonly why: string;
}

/**
 * Compares an item with the present inventory just before its deletion. `fresh` is a plan that was made from that
 * inventory by the same rules. It lacks an item that has no reason any longer, for example because it has an owner
 * again.
 */
export function recheck(item: PlanItem, inventory: Inventory, fresh: PlanDraft): Recheck {
  const now = inventory.items.find(
    ({ kind, id, state }) => kind === item.kind && id === item.id && state !== 'DELETED',
  );
  if (now === undefined) {
    return inventory.unread.length === 0
      ? { verdict: 'gone', why: 'it no longer exists' }
      : {
          verdict: 'changed',
          why: `it was not found, but some lists could not be read: ${inventory.unread.join('; ')}`,
        };
  }
  // Without a creation time the id and the marker, which is compared below, decide.
  if (sameResource(now, item) === 'other') {
    return { verdict: 'changed', why: `it was created at ${now.createdAt}, the planned one at ${item.createdAt}` };
  }
  const marker = now.marker === null || now.marker === 'unread' ? null : formatMarker(now.marker);
  if (marker !== item.marker) return { verdict: 'changed', why: `its marker is now ${marker ?? 'missing'}` };
  const kept = fresh.kept.find(({ kind, id }) => kind === item.kind && id === item.id);
  if (kept !== undefined)
    return { verdict: kept.rule === busyRule ? 'busy' : 'protected', why: `it is kept: ${kept.rule}` };
  const planned = fresh.items.find(({ kind, id }) => kind === item.kind && id === item.id);
  if (planned === undefined) return { verdict: 'changed', why: 'it is in use again' };
  if (planned.reason !== item.reason)
    return { verdict: 'changed', why: `it was ${item.reason} and is ${planned.reason} now` };
  if (planned.idleSince !== item.idleSince) return { verdict: 'changed', why: 'it has been in use since' };
  return { verdict: 'same', why: planned.why };
}
