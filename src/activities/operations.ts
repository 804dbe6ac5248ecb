import { ApplicationFailure, activityInfo, cancellationSignal } from '@temporalio/activity';
import {
  type Client,
  QueryNotRegisteredError,
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
} from '@temporalio/client';
import { type OperationKind, operationId } from '../contract/ids.js';
import { noteSignal, ownedQuery, ownUpdate, progressQuery, resumeSignal, specQuery } from '../contract/messages.js';
import type { LeaseProgress, Progress } from '../contract/progress.js';
import { phaseAttribute } from '../contract/search-attributes.js';
import type { Spec } from '../contract/spec.js';
import { type EnvironmentResources, type LeaseInput, mergeResources, noResources } from '../contract/workflows.js';
import type { ActivityDeps } from './deps.js';
import { pending } from './waiting.js';

type Lease = (input: LeaseInput) => Promise<unknown>;

/** What calling off found: what may be alive, and whether a lease owned it. */
export interface CalledOff {
  readonly resources: EnvironmentResources;
  /** What runs knew that had closed before the caller began. */
  readonly former: EnvironmentResources;
  readonly wasLeased: boolean;
  /** The end of the lease that was called off: whoever owns what is left goes on with it. */
  readonly lease: LeaseProgress | null;
}

/** What an open lease of the name knows that a look may not show yet. */
export interface LeasedBefore {
  /** Epoch milliseconds of the last create that was not seen when it was handed over. */
  readonly unseenSince: number | null;
}

/** Activities that talk to other operations through Temporal. */
export function operationActivities(deps: ActivityDeps) {
  const { workflow } = deps.temporal;

  async function entrust(input: LeaseInput): Promise<LeaseProgress> {
    const startWorkflowOperation = new WithStartWorkflowOperation<Lease>('leaseEnvironment', {
      workflowId: operationId('lease', input.name),
      taskQueue: deps.taskQueue,
      args: [input],
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    try {
      return await workflow.executeUpdateWithStart(ownUpdate, { startWorkflowOperation, args: [input.resources] });
    } catch (error) {
      if (!(error instanceof WorkflowUpdateFailedError)) throw error;
      throw beingTornDown(input.name, operationId('lease', input.name));
    }
  }

  async function noteLease(said: { name: string; by: string; reason: string }, verb: string): Promise<void> {
    const { name, by, reason } = said;
    const lease = workflow.getHandle(operationId('lease', name));
    await ignoreEnded(() => lease.signal(noteSignal, { verb, by, reason }));
  }

  return {
    /** Starts or joins `lease/<name>` in one call, so that there is no moment without an owner; one that is ending refuses. */
    entrustToLease: entrust,

    /** Gives a lease what a teardown had to leave alive, or what nobody owned any more. */
    async entrustWhatIsLeft(input: {
      name: string;
      /** Workflow id of whoever hands over. @defaultValue the teardown of the name */
      owner?: string;
      resources: EnvironmentResources;
      lease: LeaseProgress | null;
      adopted?: LeaseInput['adopted'];
    }): Promise<LeaseProgress> {
      return await entrust({
        name: input.name,
        owner: input.owner ?? operationId('teardown', input.name),
        spec: await findSpec(workflow, input.name),
        resources: input.resources,
        lease: input.lease,
        ...(input.adopted === undefined ? {} : { adopted: input.adopted }),
      });
    },

    /** Tells the lease of a name, if one is open, that what it may have been refused to remove is not protected any more. */
    async hurryLease(input: { name: string; by: string; reason: string }): Promise<void> {
      await noteLease(input, 'unprotect');
    },

    /** Tells the lease of a name, if one is open, that what it shows may have changed. */
    async askLeaseToLook(input: { name: string; by: string; reason: string }): Promise<void> {
      await noteLease(input, 'look');
    },

    /** True when an open lease owns the environment's resources. */
    async isLeased(input: { name: string }): Promise<boolean> {
      return await isOpen(workflow, operationId('lease', input.name));
    },

    /**
     * A create while the same name is being torn down, by a teardown or by its lease, would race with it. Answers what an
     * open lease owns that nobody has seen yet.
     */
    async refuseDuringTeardown(input: { name: string }): Promise<LeasedBefore> {
      let unseenSince: number | null = null;
      for (const kind of ['teardown', 'lease'] as const) {
        const workflowId = operationId(kind, input.name);
        if (!(await isOpen(workflow, workflowId))) continue;
        if (kind === 'teardown' || (await isEnding(workflow, workflowId))) throw beingTornDown(input.name, workflowId);
        const owned = await ask<EnvironmentResources>(workflow, workflowId, ownedQuery.name);
        unseenSince = owned?.unknownSince ?? null;
      }
      return { unseenSince };
    },

    /**
     * Calls the open operations of these kinds off and returns once all have ended, with what they know to be alive. Ends
     * a window with `StillPending` while one is still on its way back. The lease comes last: it takes over what an
     * operation keeps.
     */
    async callOff(input: {
      name: string;
      kinds: readonly OperationKind[];
      by: string;
      reason: string;
      /** True when what is paused on its way back goes on. @defaultValue false: its pause is waited for */
      endsPauses?: boolean;
      /** When the caller began, RFC 3339: what had ended before is not called off. */
      since: string;
    }): Promise<CalledOff> {
      let resources = noResources;
      let former = noResources;
      let wasLeased = false;
      let lease: LeaseProgress | null = null;
      for (const kind of input.kinds) {
        const workflowId = operationId(kind, input.name);
        const handle = workflow.getHandle(workflowId);
        const standing = await describe(workflow, workflowId);
        const { by, reason } = input;
        if (standing.open && !standing.cancelRequested) {
          await ignoreEnded(() => handle.signal(noteSignal, { verb: 'teardown', by, reason }));
          await ignoreEnded(() => handle.cancel());
        } else if (standing.open && standing.isPaused && input.endsPauses === true) {
          // A cancel ends a pause that was there before it; one that holds the way back would hold the caller too. The run
          // itself is asked, so that one without a worker does not get a signal at every look.
          const told = await ask<Progress>(workflow, workflowId, progressQuery.name);
          if (told?.phase === 'Paused') await ignoreEnded(() => handle.signal(resumeSignal, { by, reason }));
        }
        if (standing.open && (await isOpen(workflow, workflowId))) throw pending(`${workflowId} is ending`, 500);
        const owned = await ask<EnvironmentResources>(workflow, workflowId, ownedQuery.name);
        if (owned === null) continue;
        if (!standing.open && (standing.closedAt ?? 0) < Date.parse(input.since)) {
          former = mergeResources(former, owned);
          continue;
        }
        resources = mergeResources(resources, owned);
        if (kind !== 'lease') continue;
        wasLeased = true;
        lease = (await ask<Progress>(workflow, workflowId, progressQuery.name))?.lease ?? null;
      }
      cancellationSignal().throwIfAborted();
      return { resources, former, wasLeased, lease };
    },
  };
}

function beingTornDown(name: string, workflowId: string): ApplicationFailure {
  return ApplicationFailure.create({
    type: 'SpecConflict',
    message: `${name} is being torn down (${workflowId})`,
    nonRetryable: true,
    details: [{ errorCode: null, requestId: null, hint: `Start again when \`maops env watch ${name}\` says Gone.` }],
  });
}

type Workflows = Pick<Client['workflow'], 'getHandle'>;

interface Standing {
  readonly open: boolean;
  readonly isPaused: boolean;
  readonly cancelRequested: boolean;
  /** Epoch milliseconds. */
  readonly closedAt: number | null;
}

async function describe(workflow: Workflows, workflowId: string): Promise<Standing> {
  try {
    const { status, closeTime, raw, typedSearchAttributes } = await workflow.getHandle(workflowId).describe();
    return {
      open: status.name === 'RUNNING',
      isPaused: typedSearchAttributes.get(phaseAttribute) === 'Paused',
      cancelRequested: raw?.workflowExtendedInfo?.cancelRequested === true,
      closedAt: closeTime?.getTime() ?? null,
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      return { open: false, isPaused: false, cancelRequested: false, closedAt: null };
    throw error;
  }
}

async function isOpen(workflow: Workflows, workflowId: string): Promise<boolean> {
  return (await describe(workflow, workflowId)).open;
}

/** True when a lease is to remove what it owns: its phase does not tell, because a pause may hold the removal. */
export async function isEnding(workflow: Workflows, workflowId: string): Promise<boolean> {
  return (await workflow.getHandle(workflowId).query(ownedQuery)).isEnding === true;
}

/** After this many tries a closed run that cannot answer, as one of a version that no worker knows, is left out. */
const patientTries = 10;

/** What a run answers, open or closed; null when there is none, or when it is of a kind that does not know the question. */
export async function ask<T>(workflow: Workflows, workflowId: string, query: string): Promise<T | null> {
  try {
    return await workflow.getHandle(workflowId).query<T>(query);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || error instanceof QueryNotRegisteredError) return null;
    if (activityInfo().attempt > patientTries) return null;
    throw error;
  }
}

/** The spec that was last in force for a name, from whichever of its operations knows one; null when none does. */
export async function findSpec(workflow: Workflows, name: string): Promise<Spec | null> {
  for (const kind of ['env', 'pool', 'notebook', 'lease'] as const) {
    const spec = await ask<Spec | null>(workflow, operationId(kind, name), specQuery.name);
    if (spec !== null) return spec;
  }
  return null;
}

async function ignoreEnded(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
