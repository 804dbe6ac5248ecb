import { makeFailure } from '../../contract/failures.js';
import { aimAt, maybeSame } from '../../domain/resource/identity.js';
import { parseMarker } from '../../domain/resource/marker.js';
import type { PoolFacts } from '../../domain/resource/pool.js';
import type { Operation } from '../operation/operation.js';
import type { Removal } from './removal.js';

/**
 * Whether a pool of the name is what a removal is about: by its marker, or by an identity that this side recorded.
 * `undecided`: it has no marker, and it has the recorded id without a creation time to compare.
 */
export function ownershipOf(op: Operation, facts: PoolFacts, removal: Removal): 'ours' | 'foreign' | 'undecided' {
  const marker = parseMarker(facts.description);
  const isMarkedOurs = marker?.installation === op.identity.installation && removal.owners.includes(marker.owner);
  const { pool } = removal.known;
  if (marker !== null || pool === null) return isMarkedOurs ? 'ours' : 'foreign';
  const aim = aimAt('pool', pool, facts, { isMarkedOurs });
  return aim === 'hit' ? 'ours' : aim === 'replaced' ? 'foreign' : 'undecided';
}

/** A run that undoes its own create has nothing to undo in a stranger's pool; a teardown must not say that the name is gone. */
export function leaveForeignPool(
  op: Operation,
  { id, createdAt }: PoolFacts,
  { name, known, respectProtection, onNameTaken }: Removal,
): void {
  if (respectProtection) {
    const message = `pool ${id} exists and does not carry the marker of ${name}; it is left alone`;
    const hint = `Look at it with \`maops pool show ${name}\`; only its owner may delete it.`;
    const failure = makeFailure('Protected', message, { hint });
    // One that was ours, and is marked as another's by now, still needs whoever knows it.
    const isKnown = known.pool !== null && maybeSame(known.pool, { id, createdAt });
    if (isKnown || onNameTaken === undefined) throw failure;
    onNameTaken(failure);
    return;
  }
  if (known.unknownSince === null) return;
  const doubt = 'whether the create that nobody answered has made it is not known';
  op.audit(
    'leave',
    op.state.progress.workflowId,
    `pool ${id}, made at ${createdAt || 'an unknown time'}, is not marked as ours: ${doubt}`,
  );
}
