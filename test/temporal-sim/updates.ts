import type { Payload } from '@temporalio/common';
import type { coresdk } from '@temporalio/proto';
import { type Deferred, deferred } from './internals.js';
import { applicationFailure, type Failure } from './protocol.js';

export type UpdateOutcome = { readonly success: Payload | null } | { readonly failure: Failure };

/** One update of a run: a repeat with the same id joins it. */
export interface UpdateRecord {
  readonly id: string;
  readonly name: string;
  readonly runId: string;
  accepted: boolean;
  readonly stage: Deferred<'accepted' | 'rejected'>;
  readonly outcome: Deferred<UpdateOutcome>;
}

/** Raised to callers whose update was still waiting when its run closed. */
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

  /** Takes a response of the workflow; answers true when a validator refused, which leaves no trace in the history. */
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

  /** The run has closed: what was accepted fails, what was only waiting was never there. */
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
