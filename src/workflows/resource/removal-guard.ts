import { makeFailure } from '../../contract/failures.js';
import { maybeSame } from '../../domain/resource/identity.js';
import { parseInstant } from '../../domain/resource/instant.js';
import type { ResourceFacts } from '../../domain/resource/observation.js';
import { guardRemoval, type RemovalScope } from '../../domain/resource/removal.js';
import type { Operation } from '../operation/operation.js';
import type { Removal, ResourceKind } from './kind.js';

/** Whether an operator's protection keeps a resource: always, except when a run undoes its own create. */
export function respectsProtection(kind: ResourceKind, facts: ResourceFacts, removal: Removal): boolean {
  const { respectProtection, protectedBefore, known } = removal;
  if (respectProtection || protectedBefore === undefined) return respectProtection;
  const recorded = kind.known(known).find((ref) => maybeSame(ref, facts))?.createdAt;
  const createdAt = parseInstant(facts.createdAt) ?? parseInstant(recorded);
  return createdAt === null || createdAt < protectedBefore;
}

/** Throws when the removal must not continue; otherwise says whether the resource may be deleted. */
export function guard(op: Operation, kind: ResourceKind, facts: ResourceFacts, name: string, removal: Removal) {
  const [known = null] = kind.known(removal.known);
  const scope: RemovalScope = {
    kind: kind.step,
    name,
    environment: removal.name,
    installation: op.identity.installation,
    owners: removal.owners,
    byName: 'byName' in kind.identity ? { known } : null,
    respectProtection: respectsProtection(kind, facts, removal),
    plan: removal.plan,
  };
  const verdict = guardRemoval(scope, facts);
  if (verdict.verdict === 'refused') throw makeFailure(verdict.type, verdict.why, { hint: verdict.hint });
  return verdict;
}

/** A run that undoes its own create leaves a foreign resource alone. A teardown must not report that the name is gone. */
export function leaveForeign(
  op: Operation,
  kind: ResourceKind,
  { id, createdAt }: ResourceFacts,
  removal: Removal,
): void {
  const { name, respectProtection, onNameTaken } = removal;
  if (respectProtection) {
    const message = `${kind.step} ${id} exists and does not carry the marker of ${name}. It is not deleted.`;
    const hint = `See \`maops ${kind.step} show ${name}\`. Only its owner may delete it.`;
    const failure = makeFailure('Protected', message, { hint });
    // A resource that was ours and carries another marker by now still needs the owner that knows it.
    const isKnown = kind.known(removal.known).some((ref) => maybeSame(ref, { id, createdAt }));
    if (isKnown || onNameTaken === undefined) throw failure;
    onNameTaken(failure);
    return;
  }
  if (removal.known.unknownSince === null) return;
  const created = `created at ${createdAt || 'an unknown time'}`;
  const reason = `${kind.step} ${id}, ${created}, does not carry our marker. It may be the result of a create without a response.`;
  op.audit('leave', op.state.progress.workflowId, reason);
}
