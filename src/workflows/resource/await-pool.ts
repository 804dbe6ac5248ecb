import { makeFailure } from '../../contract/failures.js';
import { percentOf } from '../../domain/provision/percent.js';
import { poolChoices } from '../../domain/provision/pool-choices.js';
import { choiceAt, saleOfChoice } from '../../domain/resource/flavor.js';
import { sameResource } from '../../domain/resource/identity.js';
import { unknownInstant } from '../../domain/resource/instant.js';
import { isBeyondGrace, isConfirmed, remember, type Watch } from '../../domain/resource/observation.js';
import { countNodes, judgePool, type PoolFacts, type PoolGoal, type Verdict } from '../../domain/resource/pool.js';
import { deadlinePassed } from '../operation/deadline.js';
import { type Provision, poolIdOf } from '../provision/state.js';
import { observedPool } from './observed.js';

/** Waits until the pool was seen usable twice. Anything short of that is a failure, or a choice without capacity. */
export async function awaitUsablePool(op: Provision, goal: PoolGoal): Promise<'usable' | { why: string }> {
  const poolId = poolIdOf(op);
  const { settings } = op.identity;
  const workspaceId = op.spec.pool?.workspaceId ?? null;
  let watch = op.state.watches.pool;
  const seen = watch.last === null ? null : judgePool(op.spec.name, watch.last.facts, goal).why;
  op.enter('AwaitingPool', seen ?? `pool ${op.spec.name}: waiting for the first look`);
  for (;;) {
    await op.continueWhenLong();
    const wait = await op.within('pool', () =>
      op
        .waits(`pool ${op.spec.name}`)
        .awaitPool({ poolId, name: op.spec.name, workspaceId, goal, watch, pace: op.pace }),
    );
    const verdict = judgePool(op.spec.name, wait === null ? (watch.last?.facts ?? null) : wait.answer.facts, goal);
    if (wait === null) throw missedDeadline(op, watch, verdict, goal);
    watch = remember(watch, wait.answer, verdict);
    op.setWatches({ pool: watch });
    if (wait.answer.facts !== null) op.setMaking('pool', { lastCreate: { outcome: 'none' } });
    showPoolFacts(op, wait.answer.facts, wait.answer.at, goal);
    op.explain(verdict.why);
    refuseReplacement(op, wait.answer.facts);
    switch (verdict.condition) {
      case 'usable':
        if (isConfirmed(watch.usableSince, wait.answer.at, settings)) return 'usable';
        break;
      case 'failed':
        return await afterCreationFailed(op, verdict.why);
      case 'unhealthy':
        if (isBeyondGrace(watch.unhealthySince, wait.answer.at, settings)) throw unhealthy(op, verdict.why);
        break;
      case 'leaving':
        throw makeFailure('PoolCreationFailed', `${verdict.why} by someone else`, {
          hint: 'Find out who deletes it, then start again.',
        });
      case 'absent':
        if (wait.answer.at - (watch.absentSince ?? wait.answer.at) >= settings.consistencyWindowMs) {
          throw makeFailure('PoolCreationFailed', `pool ${op.spec.name} disappeared`, {
            hint: 'Find out who deleted it, then start again.',
          });
        }
        break;
      case 'pending':
        break;
    }
  }
}

/** A pool whose creation failed for want of capacity leads to the next choice; otherwise the step has failed. */
async function afterCreationFailed(op: Provision, why: string): Promise<{ why: string }> {
  const choices = op.spec.pool === undefined ? [] : poolChoices(op.spec.pool);
  const { choice } = op.state.making.pool;
  const names = choiceAt(choices, choice).resources.map(({ flavor }) => flavor);
  const flavors = await op.within('pool', () => op.reads(names.join(', ')).lookAtFlavors({ names }));
  if (flavors !== null && saleOfChoice(choiceAt(choices, choice), flavors.answer) === 'soldOut') return { why };
  throw makeFailure('PoolCreationFailed', why, {
    hint: `See \`maops pool show ${op.spec.name}\` and the pool's events in the console.`,
  });
}

/** Another pool of the same name is not the one that was made or adopted: it is never called ready. */
function refuseReplacement(op: Provision, facts: PoolFacts | null): void {
  const { ref } = op.state.making.pool;
  if (ref === null || facts === null) return;
  switch (sameResource(ref, facts)) {
    case 'same':
      return;
    case 'unknown':
      // An answer without a creation time contradicts nothing. The first known one completes the identity.
      if (ref.createdAt === unknownInstant && facts.createdAt !== unknownInstant)
        op.setMaking('pool', { ref: { ...ref, createdAt: facts.createdAt } });
      return;
    case 'other':
      throw makeFailure(
        'PoolCreationFailed',
        `pool ${op.spec.name} was replaced: it was made at ${ref.createdAt}, this one at ${facts.createdAt}`,
      );
  }
}

/** At the deadline the last known cause names the failure. */
function missedDeadline(op: Provision, watch: Watch<PoolFacts>, { condition, why }: Verdict, goal: PoolGoal): Error {
  const facts = watch.last?.facts ?? null;
  if (facts === null) return deadlinePassed(op, 'pool', why);
  if (condition === 'usable') return deadlinePassed(op, 'pool', `pool ${op.spec.name} was seen usable and not since`);
  const { wanted, available } = countNodes(facts, goal);
  const isPartial = facts.phase === 'Running' && available < wanted;
  if (isPartial || watch.unhealthySince !== null)
    return unhealthy(op, `${why}; the deadline of ${op.spec.deadlines.pool} has passed`);
  return deadlinePassed(op, 'pool', why);
}

function unhealthy(op: Provision, why: string): Error {
  return makeFailure('PoolUnhealthy', why, {
    hint: `See \`maops pool show ${op.spec.name}\`; a pool like this is never called ready.`,
  });
}

export function showPoolFacts(op: Provision, facts: PoolFacts | null, at: number, goal: PoolGoal): void {
  if (facts === null) return;
  const pool = observedPool(facts, at, goal.nodes);
  const { nodes } = pool;
  op.update({ pool });
  op.reach(percentOf('awaitPool', nodes.wanted === 0 ? 0 : nodes.available / nodes.wanted));
}
