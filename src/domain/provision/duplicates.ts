import { byAge, type Identity, type ResourceRef } from '../resource/identity.js';
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

/** What follows a search after a create, where names repeat or the create may have been repeated. */
export type DuplicatePlan =
  | { readonly act: 'nothing' }
  | { readonly act: 'giveWay'; readonly rival: ExistingResource }
  /** `isOther`: another one than that just created stays. */
  | {
      readonly act: 'keep';
      readonly kept: ResourceRef;
      readonly isOther: boolean;
      readonly clear: readonly ResourceRef[];
    };

/** Plans the removal of duplicates. Lists lag behind: `created` may not be in this one, and then gives way as well. */
export function planDuplicates(
  found: readonly ExistingResource[],
  us: MarkerOwnership,
  created: ResourceRef | null,
): DuplicatePlan {
  const ours = keepOldest(found, us);
  if (ours === null || created === null) return { act: 'nothing' };
  const { kept, duplicates } = ours;
  const rival = olderRival(found, us, kept);
  if (rival !== null) return { act: 'giveWay', rival };
  const isListed = [kept, ...duplicates].some(({ id }) => id === created.id);
  return {
    act: 'keep',
    kept,
    isOther: kept.id !== created.id,
    clear: isListed ? duplicates : [...duplicates, created],
  };
}
