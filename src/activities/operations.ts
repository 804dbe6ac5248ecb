import { ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import { type Client, WithStartWorkflowOperation, WorkflowNotFoundError } from '@temporalio/client';
import { type OperationKind, operationId } from '../contract/ids.js';
import { noteSignal, ownUpdate, specQuery } from '../contract/messages.js';
import type { LeaseProgress } from '../contract/progress.js';
import type { Spec } from '../contract/spec.js';
import type { LeaseInput } from '../contract/workflows.js';
import type { ActivityDeps } from './deps.js';
import { pending } from './waiting.js';

type Lease = (input: LeaseInput) => Promise<unknown>;

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
    return await workflow.executeUpdateWithStart(ownUpdate, { startWorkflowOperation, args: [input.resources] });
  }

  return {
    /** Starts or joins `lease/<name>` in one call, so that there is no moment without an owner. */
    entrustToLease: entrust,

    /** Gives what a teardown had to leave alive back to a lease. */
    async entrustWhatIsLeft(input: { name: string }): Promise<LeaseProgress> {
      return await entrust({
        name: input.name,
        owner: operationId('teardown', input.name),
        spec: await findSpec(workflow, input.name),
        resources: { pool: null, notebooks: [] },
      });
    },

    /** True when an open lease owns the environment's resources. */
    async isLeased(input: { name: string }): Promise<boolean> {
      return await isOpen(workflow, operationId('lease', input.name));
    },

    /** A create while the same name is being torn down would race with it. */
    async refuseDuringTeardown(input: { name: string }): Promise<void> {
      const teardownId = operationId('teardown', input.name);
      if (!(await isOpen(workflow, teardownId))) return;
      throw ApplicationFailure.create({
        type: 'SpecConflict',
        message: `${input.name} is being torn down (${teardownId})`,
        nonRetryable: true,
        details: [
          { errorCode: null, requestId: null, hint: `Start again when \`maops env watch ${input.name}\` says Gone.` },
        ],
      });
    },

    /**
     * Calls every open operation on a name off and returns once all have ended, with the workspaces that their specs
     * name. Ends a window with `StillPending` while one is still on its way back. The lease comes last: it takes over
     * what an operation keeps.
     */
    async callOff(input: { name: string; by: string; reason: string }): Promise<string[]> {
      const spec = await findSpec(workflow, input.name);
      const kinds: OperationKind[] = ['env', 'pool', 'notebook', 'lease'];
      for (const kind of kinds) {
        const handle = workflow.getHandle(operationId(kind, input.name));
        const standing = await describe(workflow, handle.workflowId);
        if (!standing.open) continue;
        if (!standing.cancelRequested) {
          await ignoreEnded(() => handle.signal(noteSignal, { verb: 'teardown', by: input.by, reason: input.reason }));
          await ignoreEnded(() => handle.cancel());
        }
        if (await isOpen(workflow, handle.workflowId)) throw pending(`${handle.workflowId} is ending`, 500);
      }
      cancellationSignal().throwIfAborted();
      const workspaces = [spec?.pool?.workspaceId, spec?.notebook?.workspaceId].filter((id) => id !== undefined);
      return [...new Set(workspaces)];
    },
  };
}

type Workflows = Pick<Client['workflow'], 'getHandle'>;

async function describe(workflow: Workflows, workflowId: string): Promise<{ open: boolean; cancelRequested: boolean }> {
  try {
    const { status, raw } = await workflow.getHandle(workflowId).describe();
    const cancelRequested = raw?.workflowExtendedInfo?.cancelRequested === true;
    return { open: status.name === 'RUNNING', cancelRequested };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { open: false, cancelRequested: false };
    throw error;
  }
}

async function isOpen(workflow: Workflows, workflowId: string): Promise<boolean> {
  return (await describe(workflow, workflowId)).open;
}

/** The spec that was last in force for a name, from whichever of its operations knows one; null when none does. */
async function findSpec(workflow: Workflows, name: string): Promise<Spec | null> {
  for (const kind of ['env', 'pool', 'notebook', 'lease'] as const) {
    try {
      const spec = await workflow.getHandle(operationId(kind, name)).query(specQuery);
      if (spec !== null) return spec;
    } catch {
      // A run that is gone, or that cannot answer now, only means that its workspaces are not known.
    }
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
