import { cancellationSignal } from '@temporalio/activity';
import pMap from 'p-map';
import { type OperationKind, operationId, parseOperationId } from '../../contract/ids.js';
import type { Ownership } from '../../domain/resource/inventory.js';
import { ownerHash } from '../../spec/hash.js';
import type { ActivityDeps } from '../deps.js';
import { rethrowBug } from '../failures.js';
import { creatingKinds, type Described, describe, readOwner, type Seen, sameRuns, unknownName } from './owner-runs.js';

/**
 * The order of describing them. An operation starts its lease before it closes, and a teardown opens before it cancels
 * the lease, so no owner is missed.
 */
const order: readonly OperationKind[] = [...creatingKinds, 'lease', 'teardown'];
const query =
  'WorkflowType IN ("provisionPoolThenLaunchNotebook", "provisionPool", "launchNotebook", "leaseEnvironment", "teardownEnvironment")';

const width = 16;
const tries = 3;
/** After this many names in a row without a response, Temporal counts as unreachable. */
const patientNames = 3;
/** Rounds of describing one name until two rounds agree. */
const rounds = 4;
const budgetMs = 240_000;

/** The workflow ids that owner hashes belong to. */
export interface ResolvedOwners {
  readonly ids: ReadonlyMap<string, readonly string[]>;
  /** False when the list of operations could not be read, so that there may be more. */
  readonly isWhole: boolean;
}

/** Activities that read ownership from Temporal. */
export function ownershipActivities(deps: ActivityDeps) {
  const reader = ownershipReader(deps);

  return {
    /**
     * The ownership of each owner hash. Names come from `names`, which the inventory gives, and then from the list of
     * all operations. That list lags behind, so whether an operation is open is never read from it.
     */
    async readOwnership(input: { owners: readonly string[]; names: readonly string[] }): Promise<Ownership[]> {
      return await reader.read(input.owners, await reader.resolve(input.owners, input.names));
    },
  };
}

/** Finds the operations of owner hashes, and whether they are open. */
export function ownershipReader(deps: ActivityDeps) {
  const { workflow } = deps.temporal;

  return {
    resolve: resolveOwners,

    /** Describes the operations of owners, each name once. */
    async read(input: readonly string[], { ids, isWhole }: ResolvedOwners): Promise<Ownership[]> {
      const signal = cancellationSignal();
      const until = deps.now() + budgetMs;
      const owners = [...new Set(input)];
      const described = new Map<string, Promise<Described>>();
      let unanswered = 0;
      const ask = async (name: string): Promise<Described> => {
        signal.throwIfAborted();
        if (unanswered >= patientNames || deps.now() > until) return { seen: [], isKnown: false };
        const found = await describeName(name, signal);
        unanswered = found.isKnown ? 0 : unanswered + 1;
        return found;
      };
      return await pMap(
        owners,
        async (owner) => {
          const ownerships: Ownership[] = [];
          for (const workflowId of ids.get(owner) ?? []) {
            const name = parseOperationId(workflowId)?.name ?? '';
            const asked = described.get(name) ?? ask(name);
            described.set(name, asked);
            ownerships.push(await readOwner(deps, owner, workflowId, await asked));
          }
          // Two names with one hash are very unlikely. If it happens, the open operation owns the resources.
          const [first] = ownerships;
          if (first === undefined) return unknownName(owner, isWhole);
          return ownerships.find(({ open, answer }) => open.length > 0 || answer === 'unknown') ?? first;
        },
        { concurrency: width },
      );
    },
  };

  async function resolveOwners(owners: readonly string[], names: readonly string[]): Promise<ResolvedOwners> {
    const wanted = new Set(owners);
    const ids = new Map<string, string[]>();
    const known = new Set<string>();
    const learn = (name: string) => {
      if (known.has(name)) return;
      known.add(name);
      for (const workflowId of creatingKinds.map((kind) => operationId(kind, name))) {
        const hash = ownerHash(workflowId);
        if (wanted.has(hash)) ids.set(hash, [...(ids.get(hash) ?? []), workflowId]);
      }
    };
    for (const name of names) learn(name);
    let isWhole = ids.size === wanted.size;
    for (let attempt = 1; !isWhole && attempt <= tries; attempt += 1) {
      try {
        for await (const run of workflow.list({ query })) {
          const name = parseOperationId(run.workflowId)?.name;
          if (name !== undefined) learn(name);
          if (ids.size === wanted.size) break;
        }
        isWhole = true;
      } catch (error) {
        rethrowBug(error);
        cancellationSignal().throwIfAborted();
        await deps.sleep(attempt * 1_000, cancellationSignal());
      }
    }
    return { ids, isWhole };
  }

  /**
   * Describes until two rounds agree: during a transfer, each side may be described while the other one owns the
   * resources.
   */
  async function describeName(name: string, signal: AbortSignal): Promise<Described> {
    let before: readonly Seen[] | null = null;
    for (let round = 1; round <= rounds; round += 1) {
      const seen: Seen[] = [];
      for (const kind of order) {
        const one = await describePatiently(kind, name, signal);
        if (one === 'unknown') return { seen, isKnown: false };
        if (one !== null) seen.push(one);
      }
      const isOwned = seen.some(({ kind, isOpen }) => isOpen && (kind === 'lease' || kind === 'teardown'));
      if (isOwned || (before !== null && sameRuns(before, seen))) return { seen, isKnown: true };
      before = seen;
    }
    return { seen: [], isKnown: false };
  }

  async function describePatiently(
    kind: OperationKind,
    name: string,
    signal: AbortSignal,
  ): Promise<Seen | null | 'unknown'> {
    for (let attempt = 1; attempt <= tries; attempt += 1) {
      try {
        return await describe(deps, kind, name);
      } catch (error) {
        rethrowBug(error);
        signal.throwIfAborted();
        if (attempt < tries) await deps.sleep(attempt * 500, signal);
      }
    }
    return 'unknown';
  }
}
