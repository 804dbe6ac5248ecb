import { setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { type Command, extendLeaseUpdate, ownedQuery, ownUpdate, releaseLeaseUpdate } from '../contract/messages.js';
import type { LeaseProgress } from '../contract/progress.js';
import { leaseEndsAtAttribute } from '../contract/search-attributes.js';
import { type EnvironmentResources, mergeResources, noResources } from '../contract/workflows.js';
import { isSigned } from '../domain/command.js';
import { extendTerm, isoTime, type LeaseTerm } from '../domain/lease.js';
import { stepFailure } from './failure.js';
import type { LeaseErrands } from './lease-errands.js';
import { type LeaseState, shownTerm } from './lease-state.js';
import type { Operation } from './operation.js';

/** Opens the queries and updates of a lease. Validators refuse what does not fit the moment; handlers only note it. */
export function openLeaseDesk(op: Operation<LeaseState>, errands: LeaseErrands): void {
  op.onLook = () => errands.look();
  setHandler(ownedQuery, () => ({ ...op.state.resources, isEnding: op.state.released !== 'no' }));
  setHandler(
    ownUpdate,
    (resources) => {
      withdrawRelease(op);
      const before = op.state.resources;
      op.state.resources = mergeResources(before, { ...noResources, ...resources });
      const { pool } = op.state.resources;
      if (pool !== null && pool.id !== before.pool?.id) op.showPool(pool.id);
      if (JSON.stringify(op.state.resources) !== JSON.stringify(before)) {
        showResources(op);
        errands.look();
      }
      return shownTerm(op.state.term);
    },
    {
      validator: (resources) => {
        if (!areResources(resources))
          throw stepFailure('RequestRejected', 'what is handed over is not told as resources');
        // What it owns is on its way out: a new owner has to begin with a lease of its own.
        if (op.state.released !== 'no') throw stepFailure('RequestRejected', 'the lease is ending');
      },
    },
  );
  setHandler(
    releaseLeaseUpdate,
    ({ by, reason }) => {
      op.audit('release', by, reason);
      // A new word: it is tried at once, and says anew what forbids it.
      op.state.refused = null;
      op.state.released = 'released';
      return op.state.progress;
    },
    {
      validator: (command) => {
        if (!isSigned(command)) throw stepFailure('RequestRejected', 'a release says by whom and why');
        if (op.state.released !== 'no') throw stepFailure('RequestRejected', 'the lease is being released already');
      },
    },
  );
  setHandler(extendLeaseUpdate, (command) => extend(op, errands, command), {
    validator: (command) => {
      if (!isSigned(command)) throw stepFailure('RequestRejected', 'an extension says by whom and why');
      grantOf(op, command);
    },
  });
}

/** Raw JSON may hold anything, and what a handler cannot read would stop the lease for ever. */
function areResources(told: Partial<EnvironmentResources> | null | undefined): boolean {
  if (typeof told !== 'object' || told === null) return false;
  const { pool, notebooks = [], workspaceIds = [], removed = [] } = told;
  const areRefs = [...(pool == null ? [] : [pool]), ...[notebooks, removed].flat()].every(isRef);
  return areRefs && [notebooks, workspaceIds, removed].every(Array.isArray);
}

function isRef(ref: unknown): boolean {
  return typeof ref === 'object' && ref !== null && 'id' in ref && typeof ref.id === 'string';
}

/** The term that an extension would give; throws why it is refused. The handler asks again: what it grants holds. */
function grantOf(op: Operation<LeaseState>, { duration }: { readonly duration: unknown }): LeaseTerm {
  const { term, released, refused } = op.state;
  if (refused !== null && refused.wish !== 'expired')
    throw stepFailure('RequestRejected', `it is ${refused.wish}: ${refused.why}; it is removed as soon as it may be`);
  if (released !== 'no') throw stepFailure('RequestRejected', 'the lease is ending: it is not extended any more');
  if (term === null) throw stepFailure('RequestRejected', 'this lease has no end, so there is nothing to extend');
  const extension = extendTerm(term, duration, Date.now());
  if (!extension.granted) throw stepFailure('RequestRejected', extension.why);
  return extension.term;
}

function extend(
  op: Operation<LeaseState>,
  errands: LeaseErrands,
  command: Command & { readonly duration: string },
): LeaseProgress {
  const term = grantOf(op, command);
  const why = `${command.duration}, to ${isoTime(term.endsAt)}: ${command.reason}`;
  op.audit('extend', command.by, why);
  takeTerm(op, term);
  errands.followEnd(term);
  errands.announce('lease.extended', `${op.state.progress.name} was extended by ${command.by} by ${why}`);
  return shownTerm(term);
}

/** Who begins to use it anew wants it: an old release that something forbade would take it away some day. */
function withdrawRelease(op: Operation<LeaseState>): void {
  const { refused, progress } = op.state;
  if (refused === null || refused.wish === 'expired') return;
  op.state.refused = null;
  op.fail(null);
  op.audit('withdraw', progress.workflowId, `another operation joined; it is not ${refused.wish} any more`);
}

/** Sets a new end, and shows it. */
export function takeTerm(op: Operation<LeaseState>, term: LeaseTerm): void {
  op.state.term = term;
  op.update({ lease: shownTerm(term) });
  upsertSearchAttributes([{ key: leaseEndsAtAttribute, value: new Date(term.endsAt) }]);
}

/** Shows what is owned; nothing is said of its state before a look. */
export function showResources(op: Operation<LeaseState>): void {
  const { pool, notebooks } = op.state.resources;
  const nodes = { wanted: 0, available: 0, creating: 0, abnormal: 0 };
  const [notebook] = notebooks;
  op.update({
    pool: pool === null ? null : { id: pool.id, phase: null, nodes, scopes: {}, driver: null },
    notebook: notebook === undefined ? null : { id: notebook.id, status: null, url: null, autoStopAt: null },
  });
}
