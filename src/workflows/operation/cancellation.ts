import { CancellationScope, CancelledFailure, condition, workflowInfo } from '@temporalio/workflow';
import type { CancelAnnouncement } from '../../contract/messages.js';
import { isEnding } from '../../contract/phases.js';
import { firstCalls } from './activity-proxies.js';
import { inBackground } from './background.js';
import type { OperationProgress } from './operation-progress.js';
import { currentAnnouncement } from './state.js';

const unannounced: CancelAnnouncement = { cause: 'operator', by: 'unknown', reason: '' };

/** The operation that is cancelled. */
interface Cancelled extends OperationProgress {
  /** Waits until every update has been answered. */
  drain(): Promise<void>;
  /** Ends a pause that the cancel overrules. */
  unpause(): void;
}

/**
 * The cancellation of a workflow over all its runs. A clean-up cannot be cancelled. During such a clean-up only the
 * root scope receives the request. Continue-as-new drops it, so the first one is kept in the state.
 */
export class Cancellation {
  private readonly root = CancellationScope.current();
  private isHandled = false;

  /** `refusal` says why this workflow is never cancelled. Must be constructed in the root scope. */
  constructor(
    private readonly op: Cancelled,
    private readonly refusal: string | null,
  ) {
    inBackground(() => this.root.cancelRequested.catch(() => this.accept()));
  }

  /** The request that this run or an earlier one has accepted; null while there is none. */
  get request(): CancelAnnouncement | null {
    // The callback of the constructor may not have run yet in this workflow task.
    this.accept();
    return this.op.state.cancelRequest;
  }

  /** Runs work that a cancel ends. After a request to an earlier run, only clean-ups inside it are still finished. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.request === null) return await work();
    const scope = new CancellationScope();
    scope.cancel();
    return await scope.run(work);
  }

  /**
   * Ends the workflow as cancelled. Temporal reports `Canceled` only for a run that was itself asked to cancel, so a
   * run that continues a cancelled one has itself asked first.
   */
  async end(why: string): Promise<never> {
    if (!this.root.consideredCancelled) {
      this.isHandled = true;
      const { workflowId, runId } = workflowInfo();
      await CancellationScope.nonCancellable(async () => {
        await firstCalls(workflowId).cancelRun({ workflowId, runId });
        await condition(() => this.root.consideredCancelled);
      });
    }
    this.op.enter('Cancelled', why);
    await this.op.drain();
    throw new CancelledFailure(`The workflow was cancelled: ${why}`);
  }

  /**
   * Records that an operator's request arrived too late to change the end. A teardown continues with the next owner.
   */
  refuseLate(why: string): void {
    const { request } = this;
    if (request?.cause !== 'operator') return;
    this.op.audit('refuse', this.op.state.progress.workflowId, `the cancel by ${request.by} came too late: ${why}`);
  }

  private accept(): void {
    const { op } = this;
    if (this.isHandled || !this.root.consideredCancelled) return;
    this.isHandled = true;
    if (op.state.cancelRequest !== null || isEnding(op.state.phase)) return;
    const { cause, by, reason } = currentAnnouncement(op.state) ?? unannounced;
    if (this.refusal !== null) {
      op.audit('refuse', op.state.progress.workflowId, `the cancel by ${by}: ${this.refusal}`);
      return;
    }
    op.state.cancelRequest = { cause, by, reason };
    op.audit('cancel', by, reason);
    // A cancel ends a pause that came before it. A pause that comes after it holds the clean-up.
    op.unpause();
  }
}
