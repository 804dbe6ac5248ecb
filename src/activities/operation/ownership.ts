import { cancellationSignal } from '@temporalio/activity';
import pMap from 'p-map';
import { type OperationKind, operationId, parseOperationId } from '../../contract/ids.js';
import { progressQuery } from '../../contract/messages.js';
import type { Ownership } from '../../domain/resource/inventory.js';
import { ownerHash } from '../../spec/hash.js';
import { describeRun } from '../../temporal/describe-run.js';
import { isOpen, type RunFacts } from '../../temporal/run-facts.js';
import type { ActivityDeps } from '../deps.js';
import { isRemovalPending } from '../lease/transfer.js';

/** Operations whose hashed id is in markers. */
const creatingKinds: readonly OperationKind[] = ['env', 'pool', 'notebook'];
/**
 * The order of describing them. An operation starts its lease before it closes, and a teardown opens before it cancels
 * the lease, so no owner is missed.
 */
const order: readonly OperationKind[] = [...creatingKinds, 'lease', 'teardown'];
/** Precedence of open operations. */
const rank: readonly OperationKind[] = ['teardown', ...creatingKinds, 'lease'];
const query =
  'WorkflowType IN ("provisionPoolThenLaunchNotebook", "provisionPool", "launchNotebook", "leaseEnvironment", "teardownEnvironment")';

const width = 16;
const callMs = 5_000;
const tries = 3;
/** After this many names in a row without a response, Temporal counts as unreachable. */
const patientNames = 3;
/** Rounds of describing one name until two rounds agree. */
const rounds = 4;
const budgetMs = 240_000;

/** One workflow id's newest run. */
interface Seen extends Pick<RunFacts, 'workflowId' | 'runId' | 'phase' | 'leaseEndsAt'> {
  readonly kind: OperationKind;
  readonly isOpen: boolean;
  readonly closedAt: string | null;
}

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
      } catch {
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
      } catch {
        signal.throwIfAborted();
        if (attempt < tries) await deps.sleep(attempt * 500, signal);
      }
    }
    return 'unknown';
  }
}

interface Described {
  readonly seen: readonly Seen[];
  readonly isKnown: boolean;
}

async function describe(
  { temporal: { workflow }, now }: ActivityDeps,
  kind: OperationKind,
  name: string,
): Promise<Seen | null> {
  const workflowId = operationId(kind, name);
  const run = await workflow.withDeadline(now() + callMs, () => describeRun(workflow, workflowId));
  if (run === null) return null;
  const { runId, status, closedAt, leaseEndsAt } = run;
  // The last phase of a run that Temporal ended looks like that of an open run.
  const isCutOff = status === 'TERMINATED' || status === 'TIMED_OUT';
  const phase = isCutOff ? status : (run.phase ?? (isOpen(run) ? null : status));
  const closed = closedAt?.toISOString() ?? null;
  return { kind, workflowId, runId, isOpen: isOpen(run), phase, closedAt: closed, leaseEndsAt };
}

function sameRuns(a: readonly Seen[], b: readonly Seen[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ runId, isOpen }, index) => runId === b[index]?.runId && isOpen === b[index]?.isOpen)
  );
}

async function readOwner(
  deps: ActivityDeps,
  owner: string,
  workflowId: string,
  { seen, isKnown }: Described,
): Promise<Ownership> {
  const open = seen.filter(({ isOpen }) => isOpen);
  const counts = rank.map((kind) => open.find((one) => one.kind === kind)).find((one) => one !== undefined);
  const lease = open.find(({ kind }) => kind === 'lease');
  const progress = counts === undefined ? null : await progressOf(deps, counts.workflowId);
  const leaseProgress = lease === undefined || lease === counts ? progress : await progressOf(deps, lease.workflowId);
  const leasePhase = lease === undefined ? null : (leaseProgress?.phase ?? lease.phase);
  const isLeaseRemoving = lease !== undefined && (await isRemoving(deps, lease.workflowId, leasePhase));
  // Of two operations that ended at the same time, the lease or teardown ended last.
  const [last] = [...seen]
    .reverse()
    .filter(({ isOpen, closedAt }) => !isOpen && closedAt !== null)
    .sort((a, b) => (b.closedAt ?? '').localeCompare(a.closedAt ?? ''));
  return {
    owner,
    name: parseOperationId(workflowId)?.name ?? null,
    workflowId,
    open: open.map((one) => one.workflowId),
    answer: isKnown ? 'asked' : 'unknown',
    phase: progress?.phase ?? counts?.phase ?? null,
    phaseSince: progress?.phaseSince ?? null,
    leaseEndsAt: lease === undefined ? null : (leaseProgress?.lease?.endsAt ?? lease.leaseEndsAt),
    isBeingRemoved: counts?.kind === 'teardown' || isLeaseRemoving,
    ended: last === undefined ? null : { phase: last.phase ?? 'unknown', at: last.closedAt ?? '' },
  };
}

/** Whether an open lease is removing its resources, also while it is paused. */
async function isRemoving(deps: ActivityDeps, workflowId: string, phase: string | null): Promise<boolean> {
  if (phase !== 'Paused') return phase !== null && phase !== 'Leased';
  const { workflow } = deps.temporal;
  return await workflow
    .withDeadline(deps.now() + callMs, () => isRemovalPending(workflow, workflowId))
    .catch(() => false);
}

/** The progress of an open operation; null when it does not respond, for example without a worker of its version. */
async function progressOf({ temporal: { workflow }, now }: ActivityDeps, workflowId: string) {
  try {
    return await workflow.withDeadline(now() + callMs, () => workflow.getHandle(workflowId).query(progressQuery));
  } catch {
    return null;
  }
}

function unknownName(owner: string, isWhole: boolean): Ownership {
  return {
    owner,
    name: null,
    workflowId: null,
    open: [],
    answer: isWhole ? 'asked' : 'unknown',
    phase: null,
    phaseSince: null,
    leaseEndsAt: null,
    isBeingRemoved: false,
    ended: null,
  };
}
