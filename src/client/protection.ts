import { progressQuery, refreshSignal } from '../contract/messages.js';
import type { Progress } from '../contract/progress.js';
import type { CommandContext } from './command.js';
import { OperationsError, ProtectedError } from './errors.js';
import type { Pacer } from './follow.js';
import type { Run } from './temporal/run.js';

/** How long the lease has for a fresh look; without one the command is sent, and the workflow decides. */
const patienceMs = 5_000;
const everyMs = 200;

/** What the look needs. */
export interface Looking extends CommandContext {
  readonly pacer: Pacer;
}

/**
 * Throws when what a lease owns is protected: a removal would be accepted, refused in the audit and tried again. The lease
 * looks anew first, because somebody may have taken the mark away since it looked last.
 */
export async function refuseProtected(deps: Looking, lease: Run, verb: string, name: string): Promise<void> {
  const seen = await lookAnew(deps, lease, { by: deps.actor, reason: `${verb}: is it protected?` });
  if (seen === null) return;
  for (const kind of ['pool', 'notebook'] as const)
    if (seen[kind]?.protected === true) throw protectedError(verb, name, `${kind} ${seen[kind].id}`);
}

export function protectedError(verb: string, name: string, what: string): ProtectedError {
  return new ProtectedError(`${verb} ${name}: ${what} is protected (maops:keep); nothing was sent`, {
    hint: `When it may go: \`maops env unprotect ${name} --reason …\`, then again.`,
  });
}

/** What the lease sees now; null where it has nothing to look at, or does not answer in time. */
async function lookAnew(
  { runs, pacer }: Looking,
  { workflowId, runId }: Run,
  said: { readonly by: string; readonly reason: string },
): Promise<Progress | null> {
  const ask = async () => await runs.query<Progress>(workflowId, runId, progressQuery.name);
  const limit = pacer.now() + patienceMs;
  try {
    const before = await ask();
    if (before.pool === null && before.notebook === null) return null;
    await runs.signal(workflowId, refreshSignal.name, said);
    while (pacer.now() < limit) {
      const now = await ask();
      if (lookOf(now) !== lookOf(before)) return now;
      await pacer.sleep(everyMs);
    }
  } catch (error) {
    if (!(error instanceof OperationsError)) throw error;
  }
  return null;
}

/** Tells one look from another. */
function lookOf({ pool, notebook }: Progress): string {
  return `${pool?.observedAt} ${notebook?.observedAt}`;
}
