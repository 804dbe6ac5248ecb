import type { PoolSpec, Spec } from '../../../contract/spec.js';
import { goalOf, poolChoices } from '../../../domain/provision/pool-choices.js';
import { choiceAt } from '../../../domain/resource/flavor.js';
import {
  countNodes,
  isUnusable,
  judgePool,
  nextPoolRemoval,
  type PoolFacts,
  type PoolGoal,
  poolGone,
  poolIdOf,
} from '../../../domain/resource/pool.js';
import { creates, reads, undos, waits } from '../../operation/activity-proxies.js';
import type { ResourceKind } from '../kind.js';
import { observedPool, unobservedPool } from '../projection.js';

const lost = 'Find out who deleted it, then start again.';

/** A resource pool: its id is derived from its name, and each of its flavors is a choice. */
export const pool: ResourceKind<PoolFacts, PoolGoal> = {
  step: 'pool',
  needs: [],
  creating: { phase: 'CreatingPool', percent: 'createPool' },
  awaiting: { phase: 'AwaitingPool', percent: 'awaitPool' },
  removing: {
    stopping: { phase: 'DeletingPool', percent: 50 },
    deleting: { phase: 'DeletingPool', percent: 50 },
    verifying: { phase: 'Verifying', percent: 90 },
  },
  failures: {
    failed: {
      type: 'PoolCreationFailed',
      hint: (name) => `See \`maops pool show ${name}\` and the pool's events in the console.`,
    },
    unhealthy: { type: 'PoolUnhealthy', hint: (name) => `See \`maops pool show ${name}\`.` },
    lost: { type: 'PoolCreationFailed', hint: () => lost },
  },
  soldOutHint: 'Try another flavor: `maops flavor list` shows what is on sale in which zone.',
  identity: {
    byName: poolIdOf,
    async isGone(op, target) {
      const found = await reads(op.identity.settings, `pool ${target.name}`).findExistingPool({
        ...target,
        mayExist: true,
      });
      return found.every(({ id }) => id !== target.id);
    },
  },
  hasSaleStatus: true,
  gone: poolGone,

  wanted: ({ name, pool: spec }) => (spec === undefined ? null : { name, workspaceId: spec.workspaceId ?? null }),
  choices: (spec) => poolChoices(poolIn(spec)),
  describe: (spec, choice) =>
    choiceAt(poolChoices(poolIn(spec)), choice)
      .resources.map(({ count, flavor }) => `${count} x ${flavor}`)
      .join(', '),
  goal: (spec, choice) => goalOf(poolIn(spec), choiceAt(poolChoices(poolIn(spec)), choice)),
  judge: judgePool,
  isPartial(facts, goal) {
    const { wanted, available } = countNodes(facts, goal);
    return facts.phase === 'Running' && available < wanted;
  },
  progress: (facts, at, goal) => ({
    pool: facts === null ? null : observedPool(facts, at, goal.gone === true ? facts.wanted : goal.nodes),
  }),
  share(facts, goal) {
    const { wanted, available } = countNodes(facts, goal);
    return wanted === 0 ? 0 : available / wanted;
  },
  isInService: (facts) => !isUnusable(facts),
  identified(op, id) {
    // The next phase puts it into the search attributes.
    if (op.state.progress.pool?.id !== id) op.update({ pool: unobservedPool(id) });
  },

  async findExisting({ spec, identity, state }, limitMs) {
    const { name } = spec;
    const { workspaceId = null } = poolIn(spec);
    const mayExist = state.lastCreate.outcome !== 'none';
    const id = poolIdOf(name, identity.projectId);
    return await reads(identity.settings, `pool ${name}`, limitMs).findExistingPool({
      id,
      name,
      workspaceId,
      mayExist,
    });
  },
  create: async ({ spec, identity, owner, state: { choice } }) =>
    await creates(identity.settings, `pool ${spec.name}`).createPool({ spec, choice, owner }),
  observe: async (op, wait, limitMs) =>
    await waits(op.identity.settings, `pool ${wait.name}`, limitMs).observePool(wait),
  start: () => null,

  removalState: ({ createdAt }) => createdAt,
  nextRemoval: nextPoolRemoval,
  async command(op, _command, { id, createdAt, name }, { owners, known, respectProtection, plan, jobs }) {
    const { workspaceIds, notebooks, removed = [] } = known;
    const planned = plan?.items.filter((item) => item.kind === 'notebook') ?? [];
    const ownNotebooks = [...new Set([...notebooks, ...removed, ...planned].map((notebook) => notebook.id))];
    const order = { id, createdAt, name, owners, workspaceIds, ownNotebooks };
    const rules = { ...(respectProtection ? { respectProtection } : {}), ...(jobs === undefined ? {} : { jobs }) };
    return await undos(op.identity.settings, `pool ${name}`).deletePool({ ...order, ...rules });
  },

  hasId: () => true,
  known: (resources) => (resources.pool === null ? [] : [resources.pool]),
  without: (resources) => ({ ...resources, pool: null }),
};

function poolIn({ pool: spec }: Spec): PoolSpec {
  if (spec === undefined) throw new Error('The pool step runs without a pool in the spec.');
  return spec;
}
