import { byAge, type Identity } from '../resource/identity.js';
import { type MarkerOwnership, markerOwnershipOf } from '../resource/marker.js';
import type { ExistingResource } from './create.js';

/**
 * The resource of another operation of this installation to which one just created must give way: an older one of the
 * same name. Two operations may have searched at the same time, and where names repeat the service lets both create.
 */
export function olderRival(
  found: readonly ExistingResource[],
  us: MarkerOwnership,
  created: Identity,
): ExistingResource | null {
  const rivals = found.filter(
    ({ marker, leaving, failed }) => !leaving && !failed && markerOwnershipOf(marker, us) === 'otherOwner',
  );
  return rivals.find((rival) => byAge(rival, created) < 0) ?? null;
}

/**
 * Which of the resources with our marker stays after a create: the oldest. An earlier create without a response may
 * take effect after the next one. Null when none was found.
 */
export function keepOldest(
  found: readonly ExistingResource[],
  us: MarkerOwnership,
): { readonly kept: ExistingResource; readonly duplicates: readonly ExistingResource[] } | null {
  const mine = found.filter(({ marker, leaving }) => !leaving && markerOwnershipOf(marker, us) === 'mine');
  const [kept, ...others] = mine.filter(({ failed }) => !failed).sort(byAge);
  if (kept === undefined) return null;
  return { kept, duplicates: [...others, ...mine.filter(({ failed }) => failed)] };
}
