import { cancellationSignal } from '@temporalio/activity';
import pMap from 'p-map';
import { type OperationKind, operationId, parseOperationId } from '../../contract/ids.js';
import { progressQuery } from '../../contract/messages.js';
import type { Ownership } from '../../domain/resource/inventory.js';
import { ownerHash } from '../../spec/hash.js';
import { describeRun, isOpen, type RunFacts } from '../../temporal/describe-run.js';
import type { ActivityDeps } from '../deps.js';
import { isEnding } from '../lease/transfer.js';

/** Operations whose id's hash stands in markers. */
const makers: readonly OperationKind[] = ['env', 'pool', 'notebook'];
/** The order in which they are described: an operation starts its lease before it closes, a teardown opens before it calls the lease off. */
const order: readonly OperationKind[] = [...makers, 'lease', 'teardown'];
/** The order in which open ones count. */
const rank: readonly OperationKind[] = ['teardown', ...makers, 'lease'];
const query =
  'WorkflowType IN ("provisionPoolThenLaunchNotebook", "provisionPool", "launchNotebook", "leaseEnvironment", "teardownEnvironment")';

const width = 16;
const callMs = 5_000;
const tries = 3;
/** So many names in a row without an answer mean that Temporal cannot be asked at all. */
const patientNames = 3;
/** Rounds of describing one name until nothing changed between two of them. */
const rounds = 4;
const budgetMs = 240_000;

/** One workflow id's newest run. */
interface Seen extends Pick<RunFacts, 'workflowId' | 'runId' | 'phase' | 'leaseEndsAt'> {
  readonly kind: OperationKind;
  readonly isOpen: boolean;
  readonly closedAt: string | null;
}

/** Activities that ask Temporal who owns what. */
export function ownershipActivities(deps: ActivityDeps) {
  const { workflow } = deps.temporal;

  return {
    /**
     * What Temporal knows of each owner hash. Names are found among `names`, which the inventory gives, and only if that is not
     * enough in the list of all operations, which lags behind; whether one is open is never read from the list.
     */
    async readOwnership(input: { owners: readonly string[]; names: readonly string[] }): Promise<Ownership[]> {
      const signal = cancellationSignal();
      const until = deps.now() + budgetMs;
      const owners = [...new Set(input.owners)];
      const { ids, isWhole } = await resolveOwners(owners, input.names);
      const described = new Map<string, Promise<Described>>();
      let silent = 0;
      const ask = async (name: string): Promise<Described> => {
        signal.throwIfAborted();
        if (silent >= patientNames || deps.now() > until) return { seen: [], isKnown: false };
        const found = await describeName(name, signal);
        silent = found.isKnown ? 0 : silent + 1;
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
          // Two names of one hash are all but impossible; if they happen, the one that is alive owns.
          const [first] = ownerships;
          if (first === undefined) return unknownName(owner, isWhole);
          return ownerships.find(({ open, answer }) => open.length > 0 || answer === 'unknown') ?? first;
        },
        { concurrency: width },
      );
    },
  };

  async function resolveOwners(owners: readonly string[], names: readonly string[]) {
    const wanted = new Set(owners);
    const ids = new Map<string, string[]>();
    const known = new Set<string>();
    const learn = (name: string) => {
      if (known.has(name)) return;
      known.add(name);
      for (const workflowId of makers.map((kind) => operationId(kind, name))) {
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

  /** Describes until two rounds saw the same: in a hand-over each side may be looked at just while the other one owns. */
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
  // The last phase of a run that Temporal ended still looks alive.
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
  const told = counts === undefined ? null : await progressOf(deps, counts.workflowId);
  const toldByLease = lease === undefined || lease === counts ? told : await progressOf(deps, lease.workflowId);
  const leasePhase = lease === undefined ? null : (toldByLease?.phase ?? lease.phase);
  const isLeaseRemoving = lease !== undefined && (await isRemoving(deps, lease.workflowId, leasePhase));
  // Of two that ended at the same time, a lease or teardown ended after the one that handed over to it.
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
    phase: told?.phase ?? counts?.phase ?? null,
    phaseSince: told?.phaseSince ?? null,
    leaseEndsAt: lease === undefined ? null : (toldByLease?.lease?.endsAt ?? lease.leaseEndsAt),
    isBeingRemoved: counts?.kind === 'teardown' || isLeaseRemoving,
    ended: last === undefined ? null : { phase: last.phase ?? 'unknown', at: last.closedAt ?? '' },
  };
}

/** Whether an open lease is on its way to remove what it owns; a pause may hold that. */
async function isRemoving(deps: ActivityDeps, workflowId: string, phase: string | null): Promise<boolean> {
  if (phase !== 'Paused') return phase !== null && phase !== 'Leased';
  const { workflow } = deps.temporal;
  return await workflow.withDeadline(deps.now() + callMs, () => isEnding(workflow, workflowId)).catch(() => false);
}

/** What an open operation says of itself; null when it cannot answer, as without a worker of its version. */
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
