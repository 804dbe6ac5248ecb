import type { ApplicationFailure } from '@temporalio/common';
import { makeFailure } from '../../contract/failures.js';
import { operationId } from '../../contract/ids.js';
import { progressQuery } from '../../contract/messages.js';
import type { Progress } from '../../contract/progress.js';
import { isCurrentNotebook } from '../../contract/spec.js';
import type { ResourceRef } from '../../contract/workflows.js';
import { HOUR } from '../../domain/duration.js';
import {
  decideRenewal,
  type Grant,
  type GrantLimits,
  grantDuration,
  grantLimits,
  grantOf,
} from '../../domain/lease/grant.js';
import { type CommandOutcome, notSent } from '../../domain/resource/command-outcome.js';
import { maybeSame } from '../../domain/resource/identity.js';
import { isMarkedBy, parseMarker } from '../../domain/resource/marker.js';
import type { NotebookFacts } from '../../domain/resource/notebook.js';
import { isoTime } from '../../domain/rfc3339.js';
import { currentNotebookFacts } from '../../inventory/current-notebook-facts.js';
import type { CurrentNotebook } from '../../modelarts/schemas/current-notebook.js';
import { creatingOperations } from '../../spec/hash.js';
import { orAbsent, readWithRetries, sendCommand } from '../api-call.js';
import type { ActivityDeps } from '../deps.js';
import { ask, findSpec } from '../operation/ask-workflow.js';

/** A renewal: the grant after it, and whether a request was sent. */
export interface Renewal {
  /** Null without an automatic stop. */
  readonly grant: Grant | null;
  readonly isSent: boolean;
}

/**
 * Activities on the run time and the tags of a notebook of the current API (docs/api/notebooks-current.md "6. Lease:
 * what `duration` means").
 */
export function runTimeActivities(deps: ActivityDeps) {
  const { currentNotebooks, projectId } = deps.modelarts;
  const { workflow } = deps.temporal;

  async function showSame(ref: ResourceRef, options: { signal: AbortSignal }): Promise<CurrentNotebook | null> {
    const shown = await orAbsent(currentNotebooks.show(ref.id, options));
    return shown !== null && shown.status !== 'DELETED' && maybeSame(currentNotebookFacts(shown), ref) ? shown : null;
  }

  /** The name of the environment that a notebook belongs to; null when it is not one of ours. */
  function environmentOf({ description, poolId, name }: NotebookFacts): string | null {
    const marker = parseMarker(description);
    if (!isMarkedBy(marker, deps.installation)) return null;
    const names = [(poolId ?? '').replace(`-${projectId}`, ''), name];
    return names.find((one) => creatingOperations(one).some(({ owner }) => owner === marker.owner)) ?? null;
  }

  async function limitsOf(facts: NotebookFacts): Promise<GrantLimits> {
    const name = environmentOf(facts);
    if (name === null) return grantLimits(undefined, null);
    const lease = await ask<Progress>(workflow, operationId('lease', name), progressQuery.name);
    const endsAt = lease === null || lease.endedAt !== null ? null : (lease.lease?.endsAt ?? null);
    const notebook = (await findSpec(workflow, name))?.notebook;
    const autoStop = notebook !== undefined && isCurrentNotebook(notebook) ? notebook.autoStop : undefined;
    return grantLimits(autoStop, endsAt === null ? null : Date.parse(endsAt));
  }

  return {
    /** How long a notebook may run when an operator starts it now, in milliseconds; -1 without an automatic stop. */
    async runTimeOf({ notebook }: { notebook: ResourceRef }): Promise<number> {
      const shown = await readWithRetries((options) => showSame(notebook, options));
      const limits = shown === null ? grantLimits(undefined, null) : await limitsOf(currentNotebookFacts(shown));
      return grantDuration(limits, deps.now());
    },

    /**
     * Renews a running notebook if that is due. A renewal counts from the moment at which it arrives, so each attempt
     * reads the present grant and decides anew: a lost response is never followed by a second renewal without a look.
     * Null when the notebook does not run.
     */
    async renewNotebook(input: { notebook: ResourceRef; limits: GrantLimits }): Promise<Renewal | null> {
      return await readWithRetries(async (options) => {
        const { notebook, limits } = input;
        const shown = await showSame(notebook, options);
        // A process that was suspended between show and renewal must not send it late.
        const sendBefore = deps.now() + 2 * deps.settings.httpTimeoutMs;
        if (shown?.status !== 'RUNNING') return null;
        const grant = currentNotebookFacts(shown).grant ?? null;
        const duration = decideRenewal(grant, limits, deps.now());
        if (duration === null) return { grant, isSent: false };
        const lease = await currentNotebooks.renewLease(notebook.id, { duration }, { ...options, sendBefore });
        const { create_at, update_at, duration: granted, enable } = lease ?? {};
        const renewed = grantOf({
          createdAt: create_at ?? null,
          updatedAt: update_at ?? null,
          durationMs: granted ?? null,
          isEnabled: enable !== false,
        });
        const now = deps.now();
        return { grant: renewed ?? { since: now, stopsAt: now + duration }, isSent: true };
      });
    },

    /**
     * Lets a running notebook run until a time in epoch milliseconds. A repeated request asks for the rest of it, so
     * that a lost response prolongs nothing. Refused when the notebook would outlive its lease by more than an hour.
     */
    async prolongNotebook(input: { notebook: ResourceRef; until: number }): Promise<CommandOutcome> {
      return await sendCommand(async (options) => {
        const { notebook, until } = input;
        const shown = await showSame(notebook, options);
        const sendBefore = deps.now() + 2 * deps.settings.httpTimeoutMs;
        if (shown === null) return notSent('gone', `notebook ${notebook.id}`);
        const label = `notebook ${shown.name ?? notebook.id}`;
        if (shown.status !== 'RUNNING') throw notRunning(label, shown.status);
        const { endsAt } = await limitsOf(currentNotebookFacts(shown));
        const duration = Math.max(HOUR, until - deps.now());
        if (endsAt !== null && deps.now() + duration > endsAt + HOUR) throw outlivesLease(label, endsAt);
        await currentNotebooks.renewLease(notebook.id, { duration }, { ...options, sendBefore });
        return undefined;
      });
    },

    /**
     * Adds the tags of the spec that a notebook lacks. A create takes none (docs/api/notebooks-current.md "2.1 Body").
     */
    async tagNotebook(input: { notebook: ResourceRef; tags: Readonly<Record<string, string>> }): Promise<void> {
      await readWithRetries(async (options) => {
        const shown = await showSame(input.notebook, options);
        if (shown === null) return;
        const missing = Object.entries(input.tags).filter(
          ([key, value]) => !shown.tags.some((tag) => tag.key === key && tag.value === value),
        );
        if (missing.length === 0) return;
        const tags = missing.map(([key, value]) => ({ key, value }));
        await currentNotebooks.addTags(shown.id, tags, shown.workspace_id, options);
      });
    },
  };
}

function notRunning(label: string, status: string | undefined): ApplicationFailure {
  return makeFailure('RequestRejected', `${label} is not running: it is ${status ?? 'in an unknown state'}`, {
    hint: 'Only a running notebook can be renewed. Start it with `maops notebook start`.',
  });
}

function outlivesLease(label: string, endsAt: number): ApplicationFailure {
  return makeFailure('RequestRejected', `${label} would run longer than its lease, which ends at ${isoTime(endsAt)}`, {
    hint: 'Move the end of the lease first: `maops env extend`. The notebook is then renewed by itself.',
  });
}
