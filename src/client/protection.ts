import { progressQuery, refreshSignal } from '../contract/messages.js';
import type { Progress } from '../contract/progress.js';
import type { OperationsDeps } from './deps.js';
import { OperationsError, ProtectedError } from './errors.js';
import type { Run } from './temporal/run.js';

/** How long the lease may take for a new observation. Without one the command is sent, and the workflow decides. */
const refreshLimitMs = 5_000;
const pollMs = 200;

export type ProtectionContext = Pick<OperationsDeps, 'runs' | 'actor' | 'pacer'>;

/**
 * Throws ProtectedError when what a lease owns is protected: its workflow would accept the removal, refuse it and
 * retry. The lease observes again first, because the protection may have been removed since its last observation.
 */
export async function refuseProtected(
  context: ProtectionContext,
  lease: Run,
  verb: string,
  name: string,
): Promise<void> {
  const observed = await observeAgain(context, lease, `${verb}: is it protected?`);
  for (const kind of ['pool', 'notebook'] as const)
    if (observed?.[kind]?.protected === true) throw protectedError(verb, name, `${kind} ${observed[kind].id}`);
}

export function protectedError(verb: string, name: string, what: string): ProtectedError {
  return new ProtectedError(`${verb} ${name}: ${what} is protected (maops:keep); nothing was sent`, {
    hint: `To delete it, run \`maops env unprotect ${name} --reason …\` first.`,
  });
}

/** The next observation of a lease; null where it owns nothing or makes none in time. */
async function observeAgain(
  { runs, pacer, actor: by }: ProtectionContext,
  { workflowId, runId }: Run,
  reason: string,
): Promise<Progress | null> {
  const read = async () => await runs.query(workflowId, runId, progressQuery);
  const until = pacer.now() + refreshLimitMs;
  try {
    const before = await read();
    if (before.pool === null && before.notebook === null) return null;
    await runs.signal(workflowId, refreshSignal, { by, reason });
    while (pacer.now() < until) {
      const now = await read();
      if (observedAt(now) !== observedAt(before)) return now;
      await pacer.sleep(pollMs);
    }
  } catch (error) {
    if (!(error instanceof OperationsError)) throw error;
  }
  return null;
}

function observedAt({ pool, notebook }: Progress): string {
  return `${pool?.observedAt} ${notebook?.observedAt}`;
}
