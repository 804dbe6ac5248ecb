import type { ApplicationFailure } from '@temporalio/activity';
import { WithStartWorkflowOperation, WorkflowUpdateFailedError } from '@temporalio/client';
import { makeFailure } from '../../contract/failures.js';
import { memoKeys, operationId } from '../../contract/ids.js';
import {
  acquireUpdate,
  type Owned,
  ownedQuery,
  protectionChangedSignal,
  refreshSignal,
  specQuery,
} from '../../contract/messages.js';
import type { LeaseProgress } from '../../contract/progress.js';
import type { Spec } from '../../contract/spec.js';
import { type EnvironmentResources, type LeaseInput, noResources, type ResourceRef } from '../../contract/workflows.js';
import type { LeasedEnvironment } from '../../domain/provision/repeated-create.js';
import { type CommandOutcome, notSent, sent } from '../../domain/resource/command-outcome.js';
import { specHash } from '../../spec/hash.js';
import { describeRun, type Workflows } from '../../temporal/describe-run.js';
import { isOpen } from '../../temporal/run-facts.js';
import type { ActivityDeps } from '../deps.js';
import { ask, findSpec } from '../operation/ask-workflow.js';
import { ignoreEnded } from '../operation/cancel-and-await.js';
import { withDefault, workspacesIn } from '../resource/workspaces.js';

type Lease = (input: LeaseInput) => Promise<unknown>;

/** The resources of an open lease. */
export interface Leased extends LeasedEnvironment {
  readonly pool: ResourceRef | null;
  readonly notebooks: readonly ResourceRef[];
}

/** What an open lease of the name owns, which lists may not show yet. */
export interface LeasedBefore {
  /** Epoch milliseconds of the last create that was not visible when it was transferred. */
  readonly unseenSince: number | null;
  /** Null when no lease is open, or when it does not respond. */
  readonly leased: Leased | null;
}

/** Activities that transfer ownership to a lease, and signal it. */
export function transferActivities(deps: ActivityDeps) {
  const { workflow } = deps.temporal;

  async function transfer(input: LeaseInput): Promise<LeaseProgress> {
    const startWorkflowOperation = new WithStartWorkflowOperation<Lease>('leaseEnvironment', {
      workflowId: operationId('lease', input.name),
      taskQueue: deps.taskQueue,
      args: [input],
      memo: { [memoKeys.workspaces]: workspacesOfLease(input) },
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    try {
      return await workflow.executeUpdateWithStart(acquireUpdate, { startWorkflowOperation, args: [input.resources] });
    } catch (error) {
      if (!(error instanceof WorkflowUpdateFailedError)) throw error;
      throw beingTornDown(input.name, operationId('lease', input.name));
    }
  }

  async function signalLease(
    signal: typeof refreshSignal,
    { name, by, reason }: { name: string; by: string; reason: string },
  ): Promise<CommandOutcome> {
    const lease = workflow.getHandle(operationId('lease', name));
    const isSent = await ignoreEnded(() => lease.signal(signal, { by, reason }));
    return isSent ? sent : notSent('gone', lease.workflowId);
  }

  return {
    /**
     * Starts or joins `lease/<name>` in one call, so that the resources always have an owner. A lease that is ending
     * refuses.
     */
    transferToLease: transfer,

    /** Transfers resources to a lease that a teardown must keep, or that had no owner. */
    async transferRemainder(input: {
      name: string;
      /** Workflow id of the previous owner. @defaultValue the teardown of the name */
      owner?: string;
      resources: EnvironmentResources;
      lease: LeaseProgress | null;
      adopted?: LeaseInput['adopted'];
    }): Promise<LeaseProgress> {
      return await transfer({
        name: input.name,
        owner: input.owner ?? operationId('teardown', input.name),
        spec: await findSpec(workflow, input.name),
        resources: input.resources,
        lease: input.lease,
        ...(input.adopted === undefined ? {} : { adopted: input.adopted }),
      });
    },

    /** Signals the lease of a name, if one is open, that its resources are no longer protected. */
    async signalProtectionChanged(input: { name: string; by: string; reason: string }): Promise<CommandOutcome> {
      return await signalLease(protectionChangedSignal, input);
    },

    /** Asks the lease of a name, if one is open, to observe its resources again. */
    async refreshLease(input: { name: string; by: string; reason: string }): Promise<CommandOutcome> {
      return await signalLease(refreshSignal, input);
    },

    /** True when an open lease owns the environment's resources. */
    async isLeased(input: { name: string }): Promise<boolean> {
      return await hasOpenRun(workflow, operationId('lease', input.name));
    },
  };
}

/**
 * Finds the open lease of a name, and its resources that may not be visible yet. Throws when a teardown or the lease is
 * removing the name: a create would race with it.
 */
export async function findLease(
  { temporal: { workflow }, now }: ActivityDeps,
  input: { readonly name: string; readonly specHash?: string },
): Promise<LeasedBefore> {
  let unseenSince: number | null = null;
  let leased: Leased | null = null;
  // A lease that does not respond may own a resource that is not visible yet.
  const unanswered = { ...noResources, unknownSince: now() };
  for (const kind of ['teardown', 'lease'] as const) {
    const workflowId = operationId(kind, input.name);
    if (!(await hasOpenRun(workflow, workflowId))) continue;
    if (kind === 'teardown' || (await isRemovalPending(workflow, workflowId)))
      throw beingTornDown(input.name, workflowId);
    const owned = await ask<Owned>(workflow, workflowId, ownedQuery.name, unanswered);
    unseenSince = owned?.unknownSince ?? null;
    if (owned !== null) leased = await leasedBy(workflow, workflowId, owned, input.specHash);
  }
  return { unseenSince, leased };
}

/**
 * Fixed when a lease starts: its spec never changes. The list of operations has it, so that no lease is asked for it.
 */
function workspacesOfLease({ spec, resources }: LeaseInput): string[] {
  const known = [...(spec === null ? [] : workspacesIn(spec)), ...resources.workspaceIds];
  return withDefault(known).filter((id) => id !== null);
}

async function leasedBy(
  workflow: Workflows,
  workflowId: string,
  { pool, notebooks, unknownSince, observed = null }: Owned,
  wanted: string | undefined,
): Promise<Leased> {
  const spec = observed === null ? null : await ask<Spec | null>(workflow, workflowId, specQuery.name);
  const isSameSpec = spec !== null && specHash(spec) === wanted;
  return { pool, notebooks, unknownSince, observed, isSameSpec };
}

function beingTornDown(name: string, workflowId: string): ApplicationFailure {
  return makeFailure('SpecConflict', `${name} is being torn down (${workflowId})`, {
    hint: `Start again when \`maops env watch ${name}\` shows Gone.`,
  });
}

async function hasOpenRun(workflow: Workflows, workflowId: string): Promise<boolean> {
  const run = await describeRun(workflow, workflowId);
  return run !== null && isOpen(run);
}

/** True when a lease is going to remove its resources. Its phase does not show this while it is paused. */
export async function isRemovalPending(workflow: Workflows, workflowId: string): Promise<boolean> {
  return (await workflow.getHandle(workflowId).query(ownedQuery)).isRemovalPending === true;
}
