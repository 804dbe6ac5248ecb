import {
  CancellationScope,
  CancelledFailure,
  ContinueAsNew,
  condition,
  continueAsNew,
  isCancellation,
  setHandler,
} from '@temporalio/workflow';
import { operationId } from '../contract/ids.js';
import { extendLeaseUpdate, ownedQuery, ownUpdate, releaseLeaseUpdate } from '../contract/messages.js';
import type { LeaseProgress, Progress } from '../contract/progress.js';
import { type EnvironmentResources, type LeaseInput, mergeResources, noResources } from '../contract/workflows.js';
import { isName } from '../domain/name.js';
import { firstCalls, waits } from './calls.js';
import { describeFailure, endingFailure, invalidName, stepFailure } from './failure.js';
import { Operation } from './operation.js';
import { carriedOver, newState, type OperationState } from './operation-state.js';
import { type Removal, removeAll } from './removal.js';
import { teardownPhases } from './teardown.js';

const noEnd: LeaseProgress = { endsAt: null, maxEndsAt: null, extensions: 0 };

interface LeaseState extends OperationState {
  resources: EnvironmentResources;
  /** True once the resources are to go: set by a release or a cancel, and kept over a continue-as-new. */
  released: 'no' | 'released' | 'cancelled';
}

/**
 * Owns what was left alive on purpose, without an end: `Leased` until it is released or called off, then the phases of
 * a teardown until absence is verified. A teardown of the same name takes over by a note and a cancel: then nothing is
 * removed here.
 */
export async function lease(input: LeaseInput, carried?: LeaseState): Promise<Progress> {
  const op: Operation<LeaseState> = new Operation(
    carried === undefined ? firstState(input) : carriedOver(carried),
    () => continueAsNew<(input: LeaseInput, carried: LeaseState) => Promise<unknown>>(input, op.state),
  );
  openDesk(op);
  if (!isName(input?.name)) return await refuseInput(op);
  if (op.state.released === 'no') {
    op.update({ lease: noEnd });
    op.enter('Leased', `${input.name} is in use; it has no end, release it with \`maops env release ${input.name}\``);
    showResources(op);
    try {
      await awaitRelease(op);
    } catch (error) {
      if (error instanceof ContinueAsNew || !isCancellation(error)) throw error;
      await calledOff(op);
    }
  }
  return await CancellationScope.nonCancellable(() => release(op, input));
}

function firstState(input: LeaseInput): LeaseState {
  const name = isName(input?.name) ? input.name : '';
  const resources = mergeResources(noResources, { ...noResources, ...input?.resources });
  return { ...newState(name, [], 'Leased'), resources, released: 'no', spec: input?.spec ?? null };
}

async function refuseInput(op: Operation<LeaseState>): Promise<never> {
  const failure = describeFailure(invalidName(), null);
  op.fail(failure);
  op.enter('Failed', `${failure.type}: ${failure.message}`);
  await op.drain();
  throw endingFailure(failure, op.state.progress);
}

function openDesk(op: Operation<LeaseState>): void {
  setHandler(ownedQuery, () => op.state.resources);
  setHandler(
    ownUpdate,
    (resources) => {
      op.state.resources = mergeResources(op.state.resources, resources);
      showResources(op);
      return op.state.progress.lease ?? noEnd;
    },
    {
      validator: (_resources) => {
        // What it owns is on its way out: a new owner has to begin with a lease of its own.
        if (op.state.released !== 'no') throw stepFailure('RequestRejected', 'the lease is ending');
      },
    },
  );
  setHandler(
    releaseLeaseUpdate,
    ({ by, reason }) => {
      op.audit('release', by, reason);
      op.state.released = 'released';
      return op.state.progress;
    },
    {
      validator: (command) => {
        if (!command?.by || !command.reason) throw stepFailure('RequestRejected', 'a release says by whom and why');
        if (op.state.released !== 'no') throw stepFailure('RequestRejected', 'the lease is being released already');
      },
    },
  );
  setHandler(extendLeaseUpdate, () => op.state.progress.lease ?? noEnd, {
    validator: (_command) => {
      throw stepFailure('RequestRejected', 'this lease has no end, so there is nothing to extend');
    },
  });
}

async function awaitRelease(op: Operation<LeaseState>): Promise<void> {
  // The limit only bounds a run's length: a lease may stand for months.
  while (op.state.released === 'no') {
    await condition(() => op.state.released !== 'no' && !op.isPaused, '30 days');
    await op.continueWhenLong();
  }
}

/** A cancel. From a teardown it is a handover; from anyone else it means that the environment is to go. */
async function calledOff(op: Operation<LeaseState>): Promise<void> {
  const { note } = op.state;
  op.audit('cancel', note?.by ?? 'unknown', note?.reason ?? '');
  if (note?.verb === 'teardown') {
    op.enter('Cancelled', 'a teardown took over');
    await op.drain();
    throw new CancelledFailure('A teardown took over');
  }
  op.unpause();
  op.state.released = 'cancelled';
}

async function release(op: Operation<LeaseState>, input: LeaseInput): Promise<Progress> {
  try {
    op.state.identity ??= await firstCalls(input.name).identify({ name: input.name });
    op.enter('Planning', `${input.name} is released; calling off what is open on it`);
    await callOffMakers(op, input.name);
    const { env, pool, notebook } = op.identity.owners;
    const owners = [env, pool, notebook];
    const removal: Removal = { name: input.name, owners, known: op.state.resources, obeysProtection: true };
    await removeAll(op, `${input.name}-${op.identity.projectId}`, removal, teardownPhases(op), () => {
      op.state.resources = { ...op.state.resources, notebooks: [] };
    });
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    return await keepOwning(op, input, error);
  }
  op.update({ percent: 100 });
  if (op.state.released === 'cancelled') {
    op.enter('Cancelled', 'called off; nothing of it is left');
    await op.drain();
    throw new CancelledFailure('The lease was called off');
  }
  op.enter('Gone', `${input.name} is gone: neither list nor show knows it`);
  await op.drain();
  return op.state.progress;
}

/** An operation that adopts what is about to be removed is called off first; it hands over to this run, not to a lease. */
async function callOffMakers(op: Operation<LeaseState>, name: string): Promise<void> {
  const kinds = ['env', 'pool', 'notebook'] as const;
  const by = operationId('lease', name);
  const calls = waits(op.identity.settings, name);
  const { resources } = await calls.callOff({ name, kinds, by, reason: 'the lease is released' });
  op.state.resources = mergeResources(op.state.resources, resources);
}

/** What may not be removed stays owned: a new run of this lease goes on owning it and shows why. */
async function keepOwning(op: Operation<LeaseState>, input: LeaseInput, error: unknown): Promise<Progress> {
  const failure = describeFailure(error, null);
  op.audit('refuse', operationId('lease', input.name), failure.message);
  op.state.released = 'no';
  op.fail(failure);
  await op.drain();
  return await continueAsNew<(input: LeaseInput, carried: LeaseState) => Promise<unknown>>(input, op.state);
}

function showResources(op: Operation<LeaseState>): void {
  const { pool, notebooks } = op.state.resources;
  const nodes = { wanted: 0, available: 0, creating: 0, abnormal: 0 };
  const [notebook] = notebooks;
  op.update({
    pool: pool === null ? null : { id: pool.id, phase: null, nodes, scopes: {}, driver: null },
    notebook: notebook === undefined ? null : { id: notebook.id, status: null, url: null, autoStopAt: null },
  });
}
