import { memoKeys, operationId } from '../contract/ids.js';
import { specQuery } from '../contract/messages.js';
import type { Progress } from '../contract/progress.js';
import { type Spec, type SpecKind, specKindOf } from '../contract/spec.js';
import { diffSpecs } from '../spec/difference.js';
import { isFields } from '../spec/finding.js';
import { specHash } from '../spec/hash.js';
import { isOpen } from '../temporal/run-facts.js';
import type { Created, CreateOptions } from './api-types.js';
import type { OperationsDeps } from './deps.js';
import { InvalidSpecError, OperationRefusedError, SpecConflictError } from './errors.js';
import type { ResourceKindName } from './find-run.js';
import { awaitResult } from './queries.js';
import type { Run, Runs } from './temporal/run.js';

/** Methods that create resources. */
export function creation({ runs, actor, newId }: OperationsDeps) {
  /**
   * Creates by kind. Throws InvalidSpecError, SpecConflictError, and OperationRefusedError during a teardown of the
   * name.
   */
  async function create(
    kind: ResourceKindName,
    document: unknown,
    { by = actor, wait = false, signal }: CreateOptions = {},
  ): Promise<Created> {
    const { workflowId, runId, joined } = await startOrJoin(runs, kind, document, { id: newId(), by });
    const progress: Progress | null = wait ? await awaitResult(runs, workflowId, { signal }) : null;
    return { handle: { workflowId, runId }, joined, progress };
  }
  return {
    create,
    /** Creates an environment, or joins its open operation with the same spec. */
    createEnvironment(document: unknown, options?: CreateOptions): Promise<Created> {
      return create('env', document, options);
    },
    /** Creates a pool without an environment. */
    provisionPool(document: unknown, options?: CreateOptions): Promise<Created> {
      return create('pool', document, options);
    },
    /** Creates a notebook without an environment, on an existing pool or a public flavor. */
    launchNotebook(document: unknown, options?: CreateOptions): Promise<Created> {
      return create('notebook', document, options);
    },
    /** Throws what `create` would throw for a checked spec, and starts nothing. */
    checkCreate(kind: ResourceKindName, spec: Spec): Promise<{ readonly joins: boolean }> {
      return checkStart(runs, kind, spec);
    },
  };
}

/** One call that starts an operation: a random id, and the actor. */
export interface StartCall {
  readonly id: string;
  readonly by: string;
}

export interface Started {
  readonly workflowId: string;
  readonly runId: string;
  readonly spec: Spec;
  /** True when an open run with the same spec was joined. */
  readonly joined: boolean;
}

/**
 * Starts the operation that creates `document`, or joins the open one with the same spec. The memo of the run shows
 * without a race which call started it and with which spec. A run that was started elsewhere is compared by its
 * argument.
 */
export async function startOrJoin(
  runs: Runs,
  kind: ResourceKindName,
  document: unknown,
  call: StartCall,
): Promise<Started> {
  const type = specKindOf[kind];
  const checked = await check(type, document);
  if (!checked.ok) throw new InvalidSpecError(checked.problems);
  const { spec } = checked;
  await refuseDuringTeardown(runs, spec.name);
  await refuseOtherLease(runs, type, spec);
  const workflowId = operationId(kind, spec.name);
  const memo = { [memoKeys.specHash]: specHash(spec), [memoKeys.start]: call.id, [memoKeys.by]: call.by };
  const { runId } = await runs.start({
    type,
    workflowId,
    argument: document,
    memo,
    summary: `${kind} ${spec.name}`,
  });
  const run = await runs.describe(workflowId, runId);
  const joined = run !== null && run.memo[memoKeys.start] !== call.id;
  if (joined) await refuseOtherSpec(runs, run, type, spec);
  return { workflowId, runId, spec, joined };
}

/** Throws as `startOrJoin` would and starts nothing. Returns whether an open run would be joined. */
async function checkStart(runs: Runs, kind: ResourceKindName, spec: Spec): Promise<{ readonly joins: boolean }> {
  const type = specKindOf[kind];
  await refuseDuringTeardown(runs, spec.name);
  await refuseOtherLease(runs, type, spec);
  const run = await runs.describe(operationId(kind, spec.name));
  if (run === null || !isOpen(run)) return { joins: false };
  await refuseOtherSpec(runs, run, type, spec);
  return { joins: true };
}

async function refuseDuringTeardown(runs: Runs, name: string): Promise<void> {
  const teardown = await runs.describe(operationId('teardown', name));
  if (teardown === null || !isOpen(teardown)) return;
  throw new OperationRefusedError(`${name} is being torn down; nothing was started`, {
    hint: `Wait for its end with \`maops env watch ${name}\`, then create it again.`,
  });
}

/** Resources that a lease owns can be adopted with the same spec, and not be changed by another one. */
async function refuseOtherLease(runs: Runs, type: SpecKind, spec: Spec): Promise<void> {
  const lease = await runs.describe(operationId('lease', spec.name));
  if (lease === null || !isOpen(lease)) return;
  const argument = await runs.argument(lease.workflowId, lease.runId);
  // The spec of another kind of operation is not valid as this kind.
  const owned = await check(type, isFields(argument) ? argument.spec : null);
  if (owned.ok && specHash(owned.spec) === specHash(spec)) return;
  throw new SpecConflictError(spec.name, lease.workflowId, owned.ok ? diffSpecs(owned.spec, spec) : []);
}

async function refuseOtherSpec(runs: Runs, run: Run, type: SpecKind, spec: Spec): Promise<void> {
  const hash = specHash(spec);
  // Query the run first, because an operator may have changed the spec that the memo and the argument have.
  const answer = await runs.query(run.workflowId, run.runId, specQuery).catch(() => null);
  if (answer === null && run.memo[memoKeys.specHash] === hash) return;
  const current = answer ?? (await specOfArgument(runs, run, type));
  if (current !== null && specHash(current) === hash) return;
  throw new SpecConflictError(spec.name, run.workflowId, current === null ? [] : diffSpecs(current, spec));
}

/** The spec with which a run was started. */
async function specOfArgument(runs: Runs, run: Run, type: SpecKind): Promise<Spec | null> {
  const started = await check(type, await runs.argument(run.workflowId, run.runId));
  return started.ok ? started.spec : null;
}

/** The schemas of documents take long to load, and few commands need them. */
async function check(type: SpecKind, document: unknown) {
  const { checkSpec } = await import('../spec/check.js');
  return checkSpec(type, document);
}
