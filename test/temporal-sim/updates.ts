import type { Payload } from '@temporalio/common';
import type { coresdk } from '@temporalio/proto';
import { type Deferred, deferred } from './internals.js';
import { applicationFailure, type Failure } from './protocol.js';

export type UpdateOutcome = { readonly success: Payload | null } | { readonly failure: Failure };

/** One update of a run. A repeated request with the same id joins it. */
export interface UpdateRecord {
  readonly id: string;
  readonly name: string;
  readonly runId: string;
  accepted: boolean;
  readonly stage: Deferred<'accepted' | 'rejected'>;
  readonly outcome: Deferred<UpdateOutcome>;
}

/** The run closed before it accepted the update. */
export class UpdateAborted extends Error {}

/** The updates of a run. */
export class Updates {
  private readonly known = new Map<string, UpdateRecord>();

  find(id: string): UpdateRecord | undefined {
    return this.known.get(id);
  }

  add(id: string, name: string, runId: string): UpdateRecord {
    const record: UpdateRecord = { id, name, runId, accepted: false, stage: deferred(), outcome: deferred() };
    this.known.set(id, record);
    return record;
  }

  /**
   * Takes a response of the workflow. Returns true if a validator rejected the update, which leaves no history event.
   */
  respond(response: coresdk.workflow_commands.IUpdateResponse): boolean {
    const record = this.known.get(response.protocolInstanceId ?? '');
    if (record === undefined) throw new Error(`A response to the unknown update ${response.protocolInstanceId}`);
    if (response.accepted) {
      record.accepted = true;
      record.stage.resolve('accepted');
      return false;
    }
    if (response.rejected) {
      const refused = !record.accepted;
      record.stage.resolve(refused ? 'rejected' : 'accepted');
      record.outcome.resolve({ failure: response.rejected });
      if (refused) this.known.delete(record.id);
      return refused;
    }
    record.outcome.resolve({ success: response.completed ?? null });
    return false;
  }

  /** The run has closed: accepted updates fail, the others are aborted. */
  close(): void {
    for (const record of this.known.values()) {
      if (record.accepted) {
        const message = 'Workflow Update failed because the Workflow completed before the Update completed.';
        record.outcome.resolve({ failure: applicationFailure('AcceptedUpdateCompletedWorkflow', message) });
      } else {
        const aborted = new UpdateAborted('workflow update was aborted by closing workflow');
        record.stage.reject(aborted);
        record.outcome.reject(aborted);
      }
    }
  }
}
