import { makeFailure } from '../../contract/failures.js';
import { maybeSame } from '../../domain/resource/identity.js';
import { parseInstant } from '../../domain/resource/instant.js';
import { isProtected } from '../../domain/resource/marker.js';
import type { ResourceFacts } from '../../domain/resource/observation.js';
import { guardRemoval, type RemovalScope, type RemovalVerdict } from '../../domain/resource/removal.js';
import type { RemovalRules } from '../../domain/resource/removal-state.js';
import type { Operation } from '../operation/operation.js';
import type { Removal, ResourceKind, Target } from './kind.js';

/** Whether an operator's protection keeps a resource: always, except when a run undoes its own create. */
export function respectsProtection(kind: ResourceKind, facts: ResourceFacts, removal: Removal): boolean {
  const { respectProtection, protectedBefore, known } = removal;
  if (respectProtection || protectedBefore === undefined) return respectProtection;
  const recorded = kind.known(known).find((ref) => maybeSame(ref, facts))?.createdAt;
  const createdAt = parseInstant(facts.createdAt) ?? parseInstant(recorded);
  return createdAt === null || createdAt < protectedBefore;
}

/** How a removal judges a resource of this kind. */
export function removalRules(
  op: Operation,
  kind: ResourceKind,
  name: string,
  removal: Removal,
): RemovalRules<ResourceFacts> {
  return {
    judge: (facts) => kind.judge(name, facts, kind.gone),
    guard: (facts) => guardRemoval(scopeOf(op, kind, facts, name, removal), facts),
    stateOf: (facts) => kind.removalState(facts),
    nextCommand: (facts, tries) => kind.nextRemoval(facts, tries),
  };
}

/** The failure of a removal that must not continue. */
export function refusedRemoval({ type, why, hint }: Extract<RemovalVerdict, { verdict: 'refused' }>) {
  return makeFailure(type, why, { hint });
}

/** Throws when one of the resources must stay, before the first command is sent. Protection counts before the plan. */
export function refuseKept(
  op: Operation,
  kind: ResourceKind,
  found: readonly (ResourceFacts & Target)[],
  removal: Removal,
) {
  const protectedFirst = [...found].sort(
    (a, b) => Number(isProtected(b.description)) - Number(isProtected(a.description)),
  );
  for (const one of protectedFirst) {
    const verdict = removalRules(op, kind, one.name, removal).guard(one);
    if (verdict.verdict === 'refused') throw refusedRemoval(verdict);
  }
}

function scopeOf(
  op: Operation,
  kind: ResourceKind,
  facts: ResourceFacts,
  name: string,
  removal: Removal,
): RemovalScope {
  const [known = null] = kind.known(removal.known);
  return {
    kind: kind.step,
    name,
    environment: removal.name,
    installation: op.identity.installation,
    owners: removal.owners,
    byName: 'byName' in kind.identity ? { known } : null,
    respectProtection: respectsProtection(kind, facts, removal),
    plan: removal.plan,
  };
}

/**
 * A run that undoes its own create leaves a foreign resource alone. A teardown must not report that the name is gone.
 */
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
