import { makeFailure } from '../../contract/failures.js';
import type { ResourceRef } from '../../contract/workflows.js';
import { aimAt, maybeSame } from '../../domain/resource/identity.js';
import { formatMarker, parseMarker } from '../../domain/resource/marker.js';
import type { PoolFacts } from '../../domain/resource/pool.js';
import type { KeptItem, PlanItem } from '../../domain/teardown/plan.js';

/** The plan that a removal keeps to: exactly these may go. */
export interface PlannedRemoval {
  readonly items: readonly PlanItem[];
  readonly kept: readonly KeptItem[];
}

export function protectedFailure(label: string, name: string): Error {
  return makeFailure('Protected', `${label} is protected (maops:keep); it is left alone`, {
    hint: `When it may go: \`maops env unprotect ${name} --reason …\`, then \`maops env teardown ${name}\`.`,
  });
}

/**
 * Refuses what has appeared since the plan was made, and what the plan keeps. Without a creation time the id decides what is
 * kept; what may be deleted is decided by the id of a notebook, and by the id and the marker of a pool. `undecided`: the
 * answer had neither, so it has to be looked at again.
 */
export function refuseUnplanned(
  plan: PlannedRemoval | undefined,
  kind: PlanItem['kind'],
  ref: ResourceRef & Pick<PoolFacts, 'description'>,
): 'planned' | 'undecided' {
  if (plan === undefined) return 'planned';
  const isKind = (item: PlanItem) => item.kind === kind;
  const kept = plan.kept.find((item) => isKind(item) && maybeSame(item, ref));
  if (kept !== undefined) throw makeFailure('Protected', `${kind} ${kept.name} stays: ${kept.rule}`);
  const marker = parseMarker(ref.description);
  const aims = plan.items.filter(isKind).map((item) => {
    const isMarkedOurs = marker !== null && formatMarker(marker) === item.marker;
    return aimAt(kind, item, ref, { isMarkedOurs });
  });
  if (aims.includes('hit')) return 'planned';
  if (aims.includes('undecided')) return 'undecided';
  throw makeFailure(
    'PlanChanged',
    `${kind} ${ref.id}, made at ${ref.createdAt || 'an unknown time'}, is not in the plan; it is left alone`,
    {
      hint: 'Make a new plan and look at it.',
    },
  );
}

/** The plan that was asked for by its hash is not the one that would be carried out. */
export function planChanged(asked: string, now: string, again: string): Error {
  const message = `the plan has changed since it was made: ${asked} was asked for, it is ${now} now; nothing was deleted`;
  return makeFailure('PlanChanged', message, {
    hint: `Only the hash of the old plan is known, not what it held. Look at the new one with \`${again}\`, and go on with its hash.`,
  });
}
