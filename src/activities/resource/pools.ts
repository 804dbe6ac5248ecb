import { cancellationSignal } from '@temporalio/activity';
import type { Spec } from '../../contract/spec.js';
import type { CreateOutcome, Found } from '../../domain/provision/create.js';
import { type CommandOutcome, notSent } from '../../domain/resource/command-outcome.js';
import { aimAt } from '../../domain/resource/identity.js';
import { unknownInstant } from '../../domain/resource/instant.js';
import { type MarkerOwnership, parseMarker } from '../../domain/resource/marker.js';
import { type Observation, type Pace, poolRules, type Watch } from '../../domain/resource/observation.js';
import type { PoolFacts, PoolGoal } from '../../domain/resource/pool.js';
import { foundPool, poolFacts } from '../../inventory/pool-facts.js';
import {
  type CommandedResource,
  commanding,
  looking,
  orAbsent,
  reading,
  refuseProtected,
  undecided,
} from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { outcomeOfFailedCreate } from '../failures.js';
import { type OwnedPool, refuseForeignNotebooks } from './foreign-notebooks.js';
import { poolRequest } from './requests.js';
import { awaitSignificantChange, lookOf, paceOf, targetOf } from './waiting.js';

export interface PoolQuestion {
  readonly poolId: string;
  readonly name: string;
  readonly workspaceId: string | null;
}

/** Activities on resource pools (docs/api/pools-and-flavors.md "2. Pools"). */
export function poolActivities(deps: ActivityDeps) {
  const { pools, networks } = deps.modelarts;

  return {
    /** Looks for a pool by its id and in the list: the list may lag behind, and a failed pool is not in it. */
    async lookForPool(question: PoolQuestion & { isSettling?: boolean }): Promise<Found[]> {
      return await looking(question.isSettling === true, async (options) => {
        const shown = await orAbsent(pools.show(question.poolId, options));
        if (shown !== null) return [foundPool(poolFacts(shown))];
        const inWorkspace = question.workspaceId === null ? {} : { workspaceId: question.workspaceId };
        const listed = await pools.list(inWorkspace, options);
        return listed.items
          .filter(
            ({ metadata }) =>
              metadata.name === question.poolId || metadata.labels['os.modelarts/name'] === question.name,
          )
          .map((pool) => foundPool(poolFacts(pool)));
      });
    },

    /** Sends one create call and says what it came to; neither this nor the client sends it twice. */
    async createPool(input: { spec: Spec; choice: number; owner: MarkerOwnership }): Promise<CreateOutcome> {
      const { spec, choice, owner } = input;
      if (spec.pool === undefined) throw new Error('createPool needs a pool in the spec.');
      const marker = { installation: owner.installation, owner: owner.owner, spec: owner.specs.at(-1) ?? '' };
      const body = poolRequest(spec.name, spec.pool, choice, marker);
      const { userId, requestType } = spec.pool;
      const options = {
        signal: cancellationSignal(),
        awaitResponse: true,
        maxWaitMs: createAdmissionMs,
        sendBefore: deps.now() + createAdmissionMs + deps.settings.httpTimeoutMs,
        ...(userId === undefined ? {} : { userId }),
        ...(requestType === undefined ? {} : { requestType }),
      };
      try {
        const pool = await pools.create(body, options);
        return {
          outcome: 'created',
          id: pool.metadata.name,
          createdAt: pool.metadata.creationTimestamp ?? unknownInstant,
        };
      } catch (error) {
        return outcomeOfFailedCreate(error);
      }
    },

    /** Waits in one window until there is news of a pool. */
    async awaitPool(
      question: PoolQuestion & { goal: PoolGoal; watch: Watch<PoolFacts>; pace?: Pace },
    ): Promise<Observation<PoolFacts>> {
      return await awaitSignificantChange(deps, {
        name: `pool ${question.name}`,
        goal: question.goal,
        watch: question.watch,
        pace: paceOf(deps, question),
        rules: { ...poolRules, judge: (_label, facts, goal) => poolRules.judge(question.name, facts, goal) },
        subscribe: (listener) =>
          deps.watchers.pools.subscribe(targetOf(question.poolId, question, paceOf(deps, question)), (seen) =>
            listener(lookOf(seen, poolFacts)),
          ),
      });
    },

    /**
     * Deletes a pool if it still is the one that was looked at (a deleted and remade pool has the same id), nobody has
     * protected it since, and no notebook of someone else is on it.
     */
    async deletePool(ref: CommandedResource & OwnedPool): Promise<CommandOutcome> {
      return await commanding(async (options) => {
        const shown = await orAbsent(pools.show(ref.id, options));
        // A process that stood still between show and delete could hit the next pool of that name.
        const sendBefore = deps.now() + 2 * deps.settings.httpTimeoutMs;
        const label = `pool ${ref.name}`;
        if (shown === null) return notSent('gone', label);
        const facts = poolFacts(shown);
        const marker = parseMarker(facts.description);
        const isMarkedOurs = marker?.installation === deps.installation && ref.owners.includes(marker.owner);
        const aim = aimAt('pool', ref, facts, { isMarkedOurs });
        if (aim === 'replaced') return notSent('replaced', label);
        if (aim === 'undecided') throw undecided(label);
        refuseProtected(ref, `pool ${ref.id}`, facts.description);
        const ownWorkspace = facts.workspaceId;
        const workspaceIds = [...(ref.workspaceIds ?? []), ...(ownWorkspace === null ? [] : [ownWorkspace])];
        await refuseForeignNotebooks(deps, { ...ref, workspaceIds });
        await pools.delete(ref.id, { ...options, sendBefore });
        return undefined;
      });
    },

    /** Fails when the network that the spec names is not there. */
    async checkNetwork(input: { network: string }): Promise<void> {
      await reading((options) => networks.show(input.network, options));
    },
  };
}

/** How long the rate governor may hold a create back before it is "not sent". */
export const createAdmissionMs = 2_000;
