import { operationId } from '../contract/ids.js';
import { memoKeys } from '../contract/memo.js';
import { specQuery } from '../contract/messages.js';
import type { Spec, SpecKind } from '../contract/spec.js';
import { checkSpec } from '../spec/check.js';
import { diffSpecs } from '../spec/difference.js';
import { isFields } from '../spec/finding.js';
import { specHash } from '../spec/hash.js';
import { isOpen } from '../temporal/describe-run.js';
import { InvalidSpecError, OperationRefusedError, SpecConflictError } from './errors.js';
import type { ResourceKindName } from './name.js';
import type { Run, Runs } from './temporal/run.js';

/** Which workflow makes what a noun stands for. */
export const specKindOf: Readonly<Record<ResourceKindName, SpecKind>> = {
  env: 'provisionPoolThenLaunchNotebook',
  pool: 'provisionPool',
  notebook: 'launchNotebook',
};

/** One call to start something: an id of its own, and who makes it. */
export interface StartCall {
  readonly id: string;
  readonly by: string;
}

export interface Started {
  readonly workflowId: string;
  readonly runId: string;
  readonly spec: Spec;
  /** True when an open run with the same spec was there already. */
  readonly joined: boolean;
}

/**
 * Starts the operation that makes `document`, or joins the open one with the same spec. The memo tells
 * without a race whose start it was and what it asked for; a run that was started elsewhere is compared by its argument.
 */
export async function startOrJoin(
  runs: Runs,
  noun: ResourceKindName,
  document: unknown,
  call: StartCall,
): Promise<Started> {
  const kind = specKindOf[noun];
  const checked = checkSpec(kind, document);
  if (!checked.ok) throw new InvalidSpecError(checked.problems);
  const { spec } = checked;
  await refuseDuringTeardown(runs, spec.name);
  await refuseOtherLease(runs, kind, spec);
  const workflowId = operationId(noun, spec.name);
  const memo = { [memoKeys.specHash]: specHash(spec), [memoKeys.start]: call.id, [memoKeys.by]: call.by };
  const { runId } = await runs.start({
    type: kind,
    workflowId,
    argument: document,
    memo,
    summary: `${noun} ${spec.name}`,
  });
  const run = await runs.describe(workflowId, runId);
  const joined = run !== null && run.memo[memoKeys.start] !== call.id;
  if (joined) await refuseOtherSpec(runs, run, kind, spec);
  return { workflowId, runId, spec, joined };
}

/** Refuses as `startOrJoin` would, and starts nothing; answers whether an open run would be joined. */
export async function checkStart(runs: Runs, noun: ResourceKindName, spec: Spec): Promise<{ readonly joins: boolean }> {
  const kind = specKindOf[noun];
  await refuseDuringTeardown(runs, spec.name);
  await refuseOtherLease(runs, kind, spec);
  const run = await runs.describe(operationId(noun, spec.name));
  if (run === null || !isOpen(run)) return { joins: false };
  await refuseOtherSpec(runs, run, kind, spec);
  return { joins: true };
}

async function refuseDuringTeardown(runs: Runs, name: string): Promise<void> {
  const teardown = await runs.describe(operationId('teardown', name));
  if (teardown === null || !isOpen(teardown)) return;
  throw new OperationRefusedError(`${name} is being torn down; nothing was started`, {
    hint: `Wait for its end with \`maops env watch ${name}\`, then create it again.`,
  });
}

/** What a lease owns exists: it can be adopted by the same spec, and not be changed by another. */
async function refuseOtherLease(runs: Runs, kind: SpecKind, spec: Spec): Promise<void> {
  const lease = await runs.describe(operationId('lease', spec.name));
  if (lease === null || !isOpen(lease)) return;
  const argument = await runs.argument(lease.workflowId, lease.runId);
  // What another kind of operation left does not even check as a spec of this kind.
  const owned = checkSpec(kind, isFields(argument) ? argument.spec : null);
  if (owned.ok && specHash(owned.spec) === specHash(spec)) return;
  throw new SpecConflictError(spec.name, lease.workflowId, owned.ok ? diffSpecs(owned.spec, spec) : []);
}

async function refuseOtherSpec(runs: Runs, run: Run, kind: SpecKind, spec: Spec): Promise<void> {
  const hash = specHash(spec);
  if (run.memo[memoKeys.specHash] === hash) return;
  const current = await specOf(runs, run, kind);
  if (current !== null && specHash(current) === hash) return;
  throw new SpecConflictError(spec.name, run.workflowId, current === null ? [] : diffSpecs(current, spec));
}

/** The spec of an open run: the checked one, which an operator may have changed, or else the one it was started with. */
async function specOf(runs: Runs, run: Run, kind: SpecKind): Promise<Spec | null> {
  const answer = await runs.query<Spec | null>(run.workflowId, run.runId, specQuery.name).catch(() => null);
  if (answer !== null) return answer;
  const started = checkSpec(kind, await runs.argument(run.workflowId, run.runId));
  return started.ok ? started.spec : null;
}
