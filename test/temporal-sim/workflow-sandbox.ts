import { createRequire } from 'node:module';
import { TypedSearchAttributes } from '@temporalio/common';
import type * as Protocol from '@temporalio/proto';
import type { coresdk } from '@temporalio/proto';
import { parseWorkflowCode } from '@temporalio/worker/lib/worker.js';
import { ReusableVMWorkflowCreator } from '@temporalio/worker/lib/workflow/reusable-vm.js';
import { globalHandlers } from '@temporalio/worker/lib/workflow/vm-shared.js';
import Long from 'long';

/** The SDK version whose internals this file uses. No other file uses them. */
const knownVersion = '1.24.0';

// Native ESM does not see the named exports of this package.
const require = createRequire(import.meta.url);
const protocol = require('@temporalio/proto') as typeof Protocol;

/** The version of the SDK that is installed. */
export const sdkVersion = (require('@temporalio/worker/package.json') as { version: string }).version;

export type Activation = coresdk.workflow_activation.IWorkflowActivation;
export type Completion = coresdk.workflow_completion.IWorkflowActivationCompletion;

/** One live instance of a workflow run in the SDK's sandbox. */
export interface WorkflowInstance {
  activate(activation: Activation): Promise<Completion>;
  dispose(): Promise<void>;
}

/** What the sandbox needs to create an instance. */
export interface InstanceOptions {
  readonly workflowId: string;
  readonly runId: string;
  readonly firstRunId: string;
  readonly continuedFrom: string | undefined;
  readonly workflowType: string;
  readonly taskQueue: string;
  readonly startedAt: number;
  readonly seed: number;
}

/** A loaded bundle in one V8 context, which serves every run of the process. */
export class WorkflowSandbox {
  private constructor(private readonly creator: ReusableVMWorkflowCreator) {}

  /**
   * Loads a bundle. Without `timeoutMs`, an endless loop in a workflow hangs the process. With it, every call into the
   * sandbox starts a watchdog thread.
   */
  static async load(code: string, timeoutMs?: number): Promise<WorkflowSandbox> {
    if (sdkVersion !== knownVersion) {
      throw new Error(`temporal-sim uses internals of @temporalio/worker ${knownVersion}; ${sdkVersion} is installed.`);
    }
    const bundle = parseWorkflowCode(code);
    const creator = await ReusableVMWorkflowCreator.create(bundle, timeoutMs as number, new Set());
    // The hook traces every promise of the process for workflow stack traces, which are not used here.
    Reflect.get(globalHandlers, 'stopPromiseHook').call(globalHandlers);
    globalHandlers.promiseHookInstalled = false;
    return new WorkflowSandbox(creator);
  }

  async create(options: InstanceOptions): Promise<WorkflowInstance> {
    const { workflowId, runId, workflowType, taskQueue, startedAt } = options;
    const instance = await this.creator.createWorkflow({
      info: {
        workflowType,
        runId,
        workflowId,
        namespace: 'default',
        firstExecutionRunId: options.firstRunId,
        originalExecutionRunId: runId,
        ...(options.continuedFrom === undefined ? {} : { continuedFromExecutionRunId: options.continuedFrom }),
        attempt: 1,
        taskTimeoutMs: 10_000,
        taskQueue,
        searchAttributes: {},
        typedSearchAttributes: new TypedSearchAttributes(),
        historyLength: 3,
        historySize: 300,
        continueAsNewSuggested: false,
        targetWorkerDeploymentVersionChanged: false,
        unsafe: {
          isReplaying: false,
          isReplayingHistoryEvents: false,
          now: () => startedAt,
          random: { random: () => 0.5, uuid4: () => runId } as never,
        },
        startTime: new Date(startedAt),
        runStartTime: new Date(startedAt),
      },
      randomnessSeed: Long.fromNumber(options.seed).toBytes(),
      now: startedAt,
      showStackTraceSources: false,
    });
    return {
      activate: (activation) => instance.activate(isQuery(activation) ? decoded(activation) : activation),
      dispose: () => instance.dispose(),
    };
  }

  /** Dispose of every instance before. */
  async destroy(): Promise<void> {
    await this.creator.destroy();
  }
}

function isQuery(activation: Activation): boolean {
  return activation.jobs?.[0]?.queryWorkflow !== undefined;
}

/** The sandbox converts the jobs of all other activations itself. */
function decoded(activation: Activation): Activation {
  return protocol.coresdk.workflow_activation.WorkflowActivation.fromObject(activation);
}
