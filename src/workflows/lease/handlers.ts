import { setHandler, upsertSearchAttributes } from '@temporalio/workflow';
import { makeFailure } from '../../contract/failures.js';
import {
  acquireUpdate,
  type Extension,
  extendLeaseUpdate,
  ownedQuery,
  protectionChangedSignal,
  refreshSignal,
  releaseLeaseUpdate,
} from '../../contract/messages.js';
import { leaseEndsAtAttribute } from '../../contract/search-attributes.js';
import { mergeResources, noResources } from '../../contract/workflows.js';
import { decideExtension, isRemovalCertain, type LeaseTerm } from '../../domain/lease/lease.js';
import { isoTime } from '../../domain/rfc3339.js';
import { handleCommand } from '../operation/commands.js';
import type { Operation } from '../operation/operation.js';
import { unobservedNotebook, unobservedPool } from '../resource/projection.js';
import type { LeaseBackgroundTasks } from './background-tasks.js';
import { areResources, type LeaseState, shownTerm } from './state.js';

/** Sets the signal, query and update handlers of a lease. */
export function setLeaseHandlers(op: Operation<LeaseState>, backgroundTasks: LeaseBackgroundTasks): void {
  setHandler(refreshSignal, () => backgroundTasks.observe());
  setHandler(protectionChangedSignal, () => {
    op.state.protectionChanged = true;
  });
  setHandler(ownedQuery, () => ({
    ...op.state.resources,
    isRemovalPending: isRemovalCertain(op.state),
    observed: op.state.observed ?? null,
  }));
  setHandler(
    acquireUpdate,
    (resources) => {
      withdrawRelease(op);
      const before = op.state.resources;
      op.state.resources = mergeResources(before, { ...noResources, ...resources });
      const { pool } = op.state.resources;
      if (pool !== null && pool.id !== before.pool?.id) op.showPool(pool.id);
      if (JSON.stringify(op.state.resources) !== JSON.stringify(before)) {
        showResources(op);
        op.state.observed = null;
        backgroundTasks.observe();
      } else if (op.state.observed == null) backgroundTasks.observeIfIdle();
      return shownTerm(op.state.term);
    },
    {
      validator: (resources) => {
        // Include what it already owns: the `owned` query could not return a larger list.
        if (
          !areResources(resources) ||
          !areResources(mergeResources(op.state.resources, { ...noResources, ...resources }))
        )
          throw makeFailure('RequestRejected', 'the argument is not a list of resources, or too large');
        // Its resources are being removed, so a new owner needs a new lease.
        if (isRemovalCertain(op.state)) throw makeFailure('RequestRejected', 'the lease is ending');
      },
    },
  );
  handleCommand(op, releaseLeaseUpdate, {
    refusal: () => (op.state.removalCause === null ? null : 'the lease is already being released'),
    act: ({ by, reason }) => {
      op.audit('release', by, reason);
      // A new command is tried at once, and reports again what forbids it.
      op.state.refused = null;
      op.retries.clear();
      op.state.removalCause = 'released';
    },
  });
  handleCommand(op, extendLeaseUpdate, {
    refusal: (request) => {
      const extension = decideExtension(op.state, request, Date.now());
      return extension.granted ? null : extension.why;
    },
    act: (request) => extend(op, backgroundTasks, request),
  });
}

/** Decides again after the validator, because time has passed. */
function extend(op: Operation<LeaseState>, backgroundTasks: LeaseBackgroundTasks, request: Extension): void {
  const extension = decideExtension(op.state, request, Date.now());
  if (!extension.granted) throw makeFailure('RequestRejected', extension.why);
  const { term } = extension;
  // The lease already lasts that long, so nothing changes.
  if (term === op.state.term) return;
  const why = `${request.duration == null ? '' : `${request.duration}, `}to ${isoTime(term.endsAt)}: ${request.reason}`;
  op.audit('extend', request.by, why);
  takeTerm(op, term);
  backgroundTasks.followEnd(term);
  const by = request.duration == null ? '' : 'by ';
  backgroundTasks.announce('lease.extended', `${op.state.progress.name} was extended by ${request.by} ${by}${why}`);
}

/** A new operation uses the environment, so withdraw an earlier release that was refused and would be retried. */
function withdrawRelease(op: Operation<LeaseState>): void {
  const { refused, progress } = op.state;
  if (refused === null) return;
  op.state.refused = null;
  op.state.draining = null;
  op.retries.clear();
  op.fail(null);
  op.audit('withdraw', progress.workflowId, `another operation joined, so it is no longer ${refused.cause}`);
}

/** Sets a new end, and shows it. */
export function takeTerm(op: Operation<LeaseState>, term: LeaseTerm): void {
  op.state.term = term;
  op.update({ lease: shownTerm(term) });
  upsertSearchAttributes([{ key: leaseEndsAtAttribute, value: new Date(term.endsAt) }]);
}

/** Shows the owned resources, without a state until they are observed. */
export function showResources(op: Operation<LeaseState>): void {
  const { pool, notebooks } = op.state.resources;
  const [notebook] = notebooks;
  op.update({
    pool: pool === null ? null : unobservedPool(pool.id),
    notebook: notebook === undefined ? null : unobservedNotebook(notebook.id),
  });
}
