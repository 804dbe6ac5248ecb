import { cancellationSignal } from '@temporalio/activity';
import { makeFailure } from '../../contract/failures.js';
import type { Spec } from '../../contract/spec.js';
import type { CreateOutcome } from '../../domain/provision/after-create.js';
import type { ExistingResource } from '../../domain/provision/create.js';
import { type NotSent, notSent, type PoolInUse, type RemovalOutcome } from '../../domain/resource/command-outcome.js';
import { failureReason } from '../../domain/resource/failed-order.js';
import { aimAt } from '../../domain/resource/identity.js';
import { unknownInstant } from '../../domain/resource/instant.js';
import { isMarkedBy, type MarkerOwnership, parseMarker } from '../../domain/resource/marker.js';
import type { Observation } from '../../domain/resource/observation.js';
import { isUnusable, type PoolFacts, type PoolGoal, poolRules } from '../../domain/resource/pool.js';
import { noUse, stateOfUse } from '../../domain/resource/pool-use.js';
import { readFailedOrder } from '../../inventory/failed-orders.js';
import { existingPool, poolFacts } from '../../inventory/pool-facts.js';
import { readPoolUse } from '../../inventory/pool-use.js';
import { uniqueCreateMaxWaitMs } from '../../modelarts/call.js';
import { isTooLate, ModelArtsError } from '../../modelarts/errors.js';
import type { Pool } from '../../modelarts/schemas/pool.js';
import {
  type CommandedResource,
  orAbsent,
  readExisting,
  refuseProtected,
  sendCommand,
  undecided,
} from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { outcomeOfFailedCreate } from '../failures.js';
import { type OwnedPool, refuseForeignNotebooks } from './foreign-notebooks.js';
import { poolRequest } from './requests.js';
import { type ObserveQuestion, observe, RemovalTimes } from './waiting.js';

/** What to look for before a create. */
export interface ExistingQuestion {
  readonly name: string;
  readonly workspaceId: string | null;
  /** True when an earlier create may have taken effect: then no refused read ends the search. */
  readonly mayExist: boolean;
}

/** The deletion of a pool. */
export interface PoolDeletion extends CommandedResource, OwnedPool {
  /** Notebooks that are deleted with the pool, which the service may list as workloads. */
  readonly ownNotebooks?: readonly string[];
  /**
   * `ignore`: delete it under its jobs. `neverUsable`: no run has seen a node of it, so jobs are read only if it has
   * one now.
   * @defaultValue the jobs keep it
   */
  readonly jobs?: 'ignore' | 'neverUsable';
}

/** Activities on resource pools (docs/api/pools-and-flavors.md "2. Pools"). */
export function poolActivities(deps: ActivityDeps) {
  const { pools, governor } = deps.modelarts;
  const removals = new RemovalTimes();

  return {
    /**
     * Finds a pool by its id, then in the list. The list may lag behind, and does not contain a failed pool. While many
     * calls wait and nothing shows that the pool exists, two lists answer all of them: without this the checks of many
     * runs would delay their creates.
     */
    async findExistingPool(question: ExistingQuestion & { id: string }): Promise<ExistingResource[]> {
      const { id, name, workspaceId, mayExist } = question;
      const inWorkspace = workspaceId === null ? {} : { workspaceId };
      return await readExisting(mayExist, async (options) => {
        const isShared = !mayExist && governor.isBusy;
        const shown = isShared ? null : await orAbsent(pools.show(id, options));
        if (shown !== null) return [existingPool(poolFacts(shown))];
        const lists = await Promise.all([
          pools.listNamed({ id, name }, inWorkspace, options),
          ...(isShared ? [pools.listNamed({ id, name }, { ...inWorkspace, status: 'failed' }, options)] : []),
        ]);
        return lists.flat().map((pool) => existingPool(poolFacts(pool)));
      });
    },

    /** Sends one create request and returns its outcome. Neither this activity nor the client sends it twice. */
    async createPool(input: { spec: Spec; choice: number; owner: MarkerOwnership }): Promise<CreateOutcome> {
      const { spec, choice, owner } = input;
      if (spec.pool === undefined) throw new Error('createPool needs a pool in the spec.');
      const marker = { installation: owner.installation, owner: owner.owner, spec: owner.specs.at(-1) ?? '' };
      const body = poolRequest(spec.name, spec.pool, choice, marker);
      const { userId, requestType } = spec.pool;
      const options = {
        signal: cancellationSignal(),
        awaitResponse: true,
        sendBefore: deps.now() + uniqueCreateMaxWaitMs + deps.settings.httpTimeoutMs,
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

    /** Waits in one poll window for a significant change of a pool. */
    async observePool(question: ObserveQuestion<PoolFacts, PoolGoal>): Promise<Observation<PoolFacts>> {
      const kind = {
        label: `pool ${question.name}`,
        watcher: deps.watchers.pools,
        read: poolFacts,
        rules: poolRules,
        removals,
      };
      return await withReason(deps, question, await observe(deps, kind, question));
    },

    /**
     * Deletes a pool if it is still the observed one (a pool that was deleted and created again has the same id), is
     * not protected by now, has no other user's notebook on it, and no job uses it. The request that read its jobs is
     * at most two seconds old when the DELETE is sent, or ten at the third reading. The other reads are at most ten
     * seconds older, except at the third reading.
     */
    async deletePool(ref: PoolDeletion): Promise<RemovalOutcome> {
      return await sendCommand<NotSent | PoolInUse>(async (options) => {
        // Ages count from the requests, because a response may be slow.
        let sentAt = deps.now();
        const reading = {
          ...options,
          onSent: (at: number) => {
            sentAt = at;
          },
        };
        const shown = await orAbsent(pools.show(ref.id, reading));
        // A process that was suspended between show and delete could hit the next pool of that name.
        const identityHoldsUntil = sentAt + 2 * deps.settings.httpTimeoutMs;
        const label = `pool ${ref.name}`;
        if (shown === null) return notSent('gone', label);
        const facts = poolFacts(shown);
        const marker = parseMarker(facts.description);
        const isMarkedOurs = isMarkedBy(marker, deps.installation, ref.owners);
        const aim = aimAt(ref, facts, isMarkedOurs);
        if (aim === 'replaced') return notSent('replaced', label);
        if (aim === 'undecided') throw undecided(label);
        refuseProtected(ref, `pool ${ref.id}`, facts.description);
        const ownWorkspace = facts.workspaceId;
        const workspaceIds = [...(ref.workspaceIds ?? []), ...(ownWorkspace === null ? [] : [ownWorkspace])];
        for (let attempt = 1; ; attempt += 1) {
          const beganAt = deps.now();
          const isAsked = ref.jobs !== 'ignore' && !(ref.jobs === 'neverUsable' && isUnusable(facts));
          const [unknown, use] = await Promise.all([
            refuseForeignNotebooks(deps, { ...ref, workspaceIds }),
            isAsked ? readPoolUse(deps.modelarts, { ...ref, workspaceIds }, reading) : noUse,
          ]);
          if (!isAsked) sentAt = deps.now();
          // Somebody may have started a notebook since its list was read.
          if (deps.now() - beganAt > longestUseHoldsMs && attempt < mostReads) continue;
          const known = isAsked ? { ...use, unknown: [...unknown, ...use.unknown] } : noUse;
          if (stateOfUse(known) !== 'idle') return { outcome: 'inUse', use: known };
          // Below half a call per second, no DELETE could be sent in time.
          const holdsMs = attempt < mostReads ? useHoldsMs : longestUseHoldsMs;
          const sendBefore = Math.min(identityHoldsUntil, sentAt + holdsMs);
          try {
            await pools.delete(ref.id, { ...options, sendBefore });
            return undefined;
          } catch (error) {
            if (!isTooLate(error) || attempt === mostReads || deps.now() > identityHoldsUntil)
              throw isPrepaid(shown) ? withWayOut(error, label) : error;
          }
        }
      });
    },
  };
}

/**
 * Adds the reason of a failed creation, which only the pool's work order has. One bounded read, which may fail. The
 * first observation of a failed creation ends the wait, so it is read once.
 */
async function withReason(
  { modelarts }: ActivityDeps,
  { name, goal }: ObserveQuestion<PoolFacts, PoolGoal>,
  observation: Observation<PoolFacts>,
): Promise<Observation<PoolFacts>> {
  const { facts } = observation;
  if (facts?.phase !== 'CreationFailed' || goal.gone === true) return observation;
  const { id, createdAt, message } = facts;
  const pool = { id, name, createdAt: createdAt === unknownInstant ? null : createdAt };
  const options = { signal: cancellationSignal(), ...reasonLimits };
  return {
    ...observation,
    facts: { ...facts, message: failureReason(message, await readFailedOrder(modelarts, pool, options)) },
  };
}

function isPrepaid({ metadata }: Pool): boolean {
  return metadata.annotations['os.modelarts/billing.mode'] === '1';
}

/**
 * The refusal of a prepaid pool's DELETE (docs/api/pools-and-flavors.md "5.5 Deletion"). It is repeated, so that the
 * workflow notices when the pool is gone.
 */
function withWayOut(error: unknown, label: string): unknown {
  if (!(error instanceof ModelArtsError) || !refusals.includes(error.kind)) return error;
  const { errorCode, requestId, status, message } = error;
  const hint = `Unsubscribe ${label} in the console of the service. This operation then notices that it is gone.`;
  const why = `${message}. ${label} is prepaid, and the API deletes no prepaid pool. ${hint}`;
  const facts = { errorCode, requestId, hint, ...(status === null ? {} : { status }) };
  return makeFailure('RequestRejected', why, facts, { retryable: true });
}

const refusals: readonly ModelArtsError['kind'][] = ['rejected', 'permission', 'stateConflict'];

/** At most three calls, so that the activity ends within its time. */
const reasonLimits = { timeoutMs: 2_000, maxWaitMs: 1_000 };

/** How old a reading of the jobs may be when the DELETE is sent, from the request of the last call. */
const useHoldsMs = 2_000;
const longestUseHoldsMs = 10_000;
/** Readings in one attempt of the activity. */
const mostReads = 3;
