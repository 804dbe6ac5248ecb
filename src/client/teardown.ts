import { operationId } from '../contract/ids.js';
import { blankProgress, type Progress } from '../contract/progress.js';
import { keepRule } from '../domain/sweep/rules.js';
import { isOpen } from '../temporal/describe-run.js';
import type { CommandOptions, OperationHandle } from './call-types.js';
import * as changes from './changes.js';
import { signatureOf } from './command.js';
import { type Looking, protectedError, refuseProtected } from './protection.js';
import type { RemovalPlan } from './removal-plan.js';

/** The workflow ids that can stand for a name. */
const kinds = ['env', 'pool', 'notebook', 'lease', 'teardown'] as const;

/** What came of a teardown that was asked for. */
export type Teardown =
  | (OperationHandle & { readonly gone: null })
  /** No run was started: Temporal knows nothing of the name, and nothing of it is there. */
  | { readonly workflowId: string; readonly runId: null; readonly gone: Progress };

export interface TeardownDeps extends Looking {
  /** The plan as the workers would make it; null where the service cannot be read from here. */
  readonly planRemoval: (name: string) => Promise<RemovalPlan | null>;
}

/**
 * Looks before it tears down: what is protected is refused, and a name that never existed needs no run. What cannot be read
 * from here is for the workers to read.
 */
export async function teardown(
  deps: TeardownDeps,
  name: string,
  said: CommandOptions,
  planHash?: string,
): Promise<Teardown> {
  signatureOf(deps, said);
  const [plan, ...runs] = await Promise.all([
    deps.planRemoval(name),
    ...kinds.map((kind) => deps.runs.describe(operationId(kind, name))),
  ]);
  const isUnderWay = runs.some((run) => run?.workflowId === operationId('teardown', name) && isOpen(run));
  if (!isUnderWay) {
    const kept = plan === null ? null : protectedItem(plan);
    if (kept !== null) throw protectedError('teardown', name, `${kept.kind} ${kept.name}`);
    if (plan !== null && runs.every((run) => run === null) && isNothing(plan))
      return { workflowId: operationId('teardown', name), runId: null, gone: gone(name, deps.pacer.now()) };
    const lease = runs.find((run) => run?.workflowId === operationId('lease', name));
    if (plan === null && lease && isOpen(lease)) await refuseProtected(deps, lease, 'teardown', name);
  }
  return { ...(await changes.teardown(deps, name, said, planHash)), gone: null };
}

/** What of a plan is ours and carries `maops:keep`; null when nothing is, and when what is left would still go. */
export function protectedItem({ items }: RemovalPlan): RemovalPlan['items'][number] | null {
  return items.find(({ owner, rule }) => owner !== null && rule === keepRule) ?? null;
}

/** True when every list was read, and nothing in it is ours. */
export function isNothing({ items, unread }: RemovalPlan): boolean {
  return unread.length === 0 && items.every(({ owner }) => owner === null);
}

/** That there is nothing of a name, in the shape of a finished teardown. */
export function gone(name: string, now: number): Progress {
  const at = new Date(now).toISOString();
  const run = { name, operation: 'teardownEnvironment', workflowId: operationId('teardown', name), runId: '' };
  return {
    ...blankProgress({ ...run, phase: 'Gone', phaseSince: at, startedAt: at }),
    endedAt: at,
    percent: 100,
    why: `there is nothing of ${name}`,
  };
}
