import { operationId } from '../contract/ids.js';
import { type ResolveVerb, specQuery, type TriedNow } from '../contract/messages.js';
import { isSuccess } from '../contract/phases.js';
import type { LeaseProgress, Progress } from '../contract/progress.js';
import type { Spec } from '../contract/spec.js';
import type { ChangeInput, SweepProgress } from '../contract/workflows.js';
import type { AuditReport } from '../domain/audit/report.js';
import type { PriceTable } from '../domain/price.js';
import { isOpen } from '../temporal/describe-run.js';
import * as audits from './audits.js';
import { type Audience, findOpen, type Steered, steerEach } from './bulk.js';
import type {
  CommandOptions,
  Created,
  CreateOptions,
  ExtendOptions,
  OperationHandle,
  ResolveOptions,
} from './call-types.js';
import * as changes from './changes.js';
import { OperationFailedError } from './errors.js';
import type { Explanation } from './explanation.js';
import { type FollowOptions, follow, type Pacer } from './follow.js';
import { eventsOf, historyOf, type StoryEntry } from './history.js';
import * as leases from './leases.js';
import { listEnvironments, listNames } from './list-environments.js';
import { type ResourceKindName, requireRun } from './name.js';
import { refuseProtected } from './protection.js';
import { progressOf } from './read-progress.js';
import type { TimelineEntry } from './run-events.js';
import { checkStart, startOrJoin } from './start.js';
import * as steering from './steering.js';
import * as sweeps from './sweeps.js';
import { type Teardown, type TeardownDeps, teardown } from './teardown.js';
import type { Run, Runs } from './temporal/run.js';
import { tryNow } from './try-now.js';
import { whyOf } from './why.js';

/** What the operations are built from; `connect` fills it in. */
export interface OperationsDeps {
  readonly runs: Runs;
  readonly actor: string;
  readonly pacer: Pacer;
  readonly newId: () => string;
  readonly close: () => Promise<void>;
  /** What a teardown of a name would delete. @defaultValue the service is not read from here */
  readonly planRemoval?: TeardownDeps['planRemoval'];
}

/**
 * Everything that people and programs can do with operations. A name means what it means on the command line: the open
 * run (teardown, else the operation, else the lease), else the newest closed one; a workflow id is taken as it is.
 */
export class Operations {
  constructor(private readonly deps: OperationsDeps) {}

  /** Starts the main job, or joins it when it runs with the same spec. */
  createEnvironment(document: unknown, options?: CreateOptions): Promise<Created> {
    return this.create('env', document, options);
  }

  /** Makes a pool alone. */
  provisionPool(document: unknown, options?: CreateOptions): Promise<Created> {
    return this.create('pool', document, options);
  }

  /** Makes a notebook alone, on an existing pool or a public flavor. */
  launchNotebook(document: unknown, options?: CreateOptions): Promise<Created> {
    return this.create('notebook', document, options);
  }

  async create(
    noun: ResourceKindName,
    document: unknown,
    { by, wait = false, signal }: CreateOptions = {},
  ): Promise<Created> {
    const call = { id: this.deps.newId(), by: by ?? this.deps.actor };
    const { workflowId, runId, joined } = await startOrJoin(this.deps.runs, noun, document, call);
    const progress = wait ? await this.result(workflowId, signal === undefined ? {} : { signal }) : null;
    return { handle: { workflowId, runId }, joined, progress };
  }

  /** Throws what `create` would refuse a checked spec with; starts nothing. */
  checkCreate(noun: ResourceKindName, spec: Spec): Promise<{ readonly joins: boolean }> {
    return checkStart(this.deps.runs, noun, spec);
  }

  /** Where an operation stands. */
  async progress(name: string, noun: ResourceKindName = 'env'): Promise<Progress> {
    return await progressOf(this.deps.runs, await this.find(name, noun));
  }

  /** Whether the newest run of a workflow id is open. */
  async isOpen(workflowId: string): Promise<boolean> {
    const run = await this.deps.runs.describe(workflowId);
    return run !== null && isOpen(run);
  }

  /** Which run a name means now. */
  async locate(name: string, noun: ResourceKindName = 'env'): Promise<OperationHandle> {
    const { workflowId, runId } = await this.find(name, noun);
    return { workflowId, runId };
  }

  /** The progress now and at every change, until the operation has ended. */
  async *watch(
    name: string,
    options: FollowOptions & { readonly noun?: ResourceKindName } = {},
  ): AsyncGenerator<Progress> {
    const run = await this.find(name, options.noun ?? 'env');
    yield* follow(this.deps.runs, run.workflowId, this.deps.pacer, options);
  }

  /**
   * Waits for the end and answers the last progress; throws OperationFailedError when the goal was not reached. A name
   * means the operation that makes it here, never its lease, whose end nobody waits for.
   */
  async result(
    name: string,
    options: { readonly signal?: AbortSignal; readonly noun?: ResourceKindName } = {},
  ): Promise<Progress> {
    const noun = options.noun ?? 'env';
    const maker = await this.deps.runs.describe(operationId(noun, name));
    const run = maker ?? (await this.find(name, noun));
    await this.deps.runs.awaitEnd(run.workflowId, options.signal);
    const progress = await this.progress(run.workflowId);
    if (!isSuccess(progress.phase)) throw new OperationFailedError(progress);
    return progress;
  }

  /** One progress per environment; with `overdue`, only of those with an overdue removal. */
  list(only: { readonly overdue?: boolean } = {}): Promise<Progress[]> {
    return listEnvironments(this.deps.runs, only);
  }

  /** The names of environments, without asking a worker. */
  names(): Promise<string[]> {
    return listNames(this.deps.runs);
  }

  /** The normalised spec; null until it is checked, and for operations that have none. */
  async spec(name: string, noun: ResourceKindName = 'env'): Promise<Spec | null> {
    const run = await this.find(name, noun);
    return (await this.deps.runs.query<Spec | null>(run.workflowId, run.runId, specQuery.name)) ?? null;
  }

  /**
   * Why an operation stands where it stands, what is tried again, what is billed meanwhile, and which operation is in its
   * way. Costs need a price table.
   */
  async why(
    name: string,
    noun: ResourceKindName = 'env',
    { prices = null }: { readonly prices?: PriceTable | null } = {},
  ): Promise<Explanation> {
    const run = await this.find(name, noun);
    return await whyOf(this.deps.runs, run, { prices, now: this.deps.pacer.now() });
  }

  /** The story of the operation's newest run, and of those that it continues. */
  async history(
    name: string,
    noun: ResourceKindName = 'env',
  ): Promise<OperationHandle & { readonly entries: readonly TimelineEntry[] }> {
    const run = await this.find(name, noun);
    return { workflowId: run.workflowId, runId: run.runId, entries: await eventsOf(this.deps.runs, run) };
  }

  /** Everything that Temporal still knows of a name: its operations, leases, teardowns and changes. */
  story(name: string): Promise<StoryEntry[]> {
    return historyOf(this.deps.runs, name);
  }

  /** Stops creating and deleting within one poll window; waiting may go on. */
  pause(name: string, said: CommandOptions, noun: ResourceKindName = 'env'): Promise<Progress> {
    return steering.pause(this.deps, { name, noun }, said);
  }

  /** Goes on after a pause; the reason is kept in the history, the audit names who. */
  resume(name: string, said: CommandOptions, noun: ResourceKindName = 'env'): Promise<Progress> {
    return steering.resume(this.deps, { name, noun }, said);
  }

  /** Calls an operation off; it rolls back, or keeps what it made, by its spec's `onCancel`. */
  cancel(name: string, said: CommandOptions, noun: ResourceKindName = 'env'): Promise<Progress> {
    return steering.cancel(this.deps, { name, noun }, said);
  }

  approve(name: string, said: CommandOptions, noun: ResourceKindName = 'env'): Promise<Progress> {
    return steering.approve(this.deps, { name, noun }, said);
  }

  reject(name: string, said: CommandOptions, noun: ResourceKindName = 'env'): Promise<Progress> {
    return steering.reject(this.deps, { name, noun }, said);
  }

  /** Answers an operation that waits for an operator; a view that is stale by then is refused. */
  resolve(name: string, verb: ResolveVerb, options: ResolveOptions, noun: ResourceKindName = 'env'): Promise<Progress> {
    return steering.resolve(this.deps, { name, noun }, verb, options);
  }

  /** The open operations that a query of Temporal's finds (`MaopsPhase="AwaitingOperator"`), as they stand. */
  matching(query: string, audience: Audience = 'everyone'): Promise<Progress[]> {
    return findOpen(this.deps.runs, query, audience);
  }

  /** Gives a command to each of those that were listed; a refusal is told in its result, not thrown. */
  steerEach(
    listed: readonly Progress[],
    steer: (workflowId: string) => Promise<Progress>,
    signal?: AbortSignal,
  ): Promise<Steered[]> {
    return steerEach(this.deps.runs, listed, steer, signal);
  }

  /**
   * Tries at once whatever waits for its next try, also in the operations whose end this one awaits. One answer for each
   * operation that has something to try; refused when none has.
   */
  tryNow(name: string, said: CommandOptions, noun: ResourceKindName = 'env'): Promise<TriedNow[]> {
    return tryNow(this.deps, { name, noun }, said);
  }

  /**
   * Moves the end of the lease by a duration such as `4h`, or to a time, up to its maximum; answers the new end. A time
   * can be given again without harm.
   */
  async extend(name: string, wish: string | ExtendOptions, said: CommandOptions): Promise<LeaseProgress> {
    const { lease } = await this.extendLease(name, wish, said);
    return lease;
  }

  /** As `extend`; answers how to read where the lease stands then, too. */
  extendLease(name: string, wish: string | ExtendOptions, said: CommandOptions): Promise<leases.Extended> {
    return leases.extend(this.deps, name, typeof wish === 'string' ? { duration: wish } : wish, said);
  }

  /** Ends the lease: what it owns is torn down. Throws ProtectedError when that is protected. */
  release(name: string, said: CommandOptions): Promise<Progress> {
    return leases.release(this.deps, name, said);
  }

  /**
   * Tears down everything of a name; an open teardown is joined. Throws ProtectedError when something of it is protected.
   * Starts no run for a name that Temporal does not know and of which nothing is there.
   */
  teardown(name: string, said: CommandOptions, planHash?: string): Promise<Teardown> {
    return teardown({ planRemoval: async () => null, ...this.deps }, name, said, planHash);
  }

  /** As `teardown`, for who has looked already: starts or joins the run. */
  startTeardown(name: string, said: CommandOptions, planHash?: string): Promise<OperationHandle> {
    return changes.teardown(this.deps, name, said, planHash);
  }

  /** Throws ProtectedError when the open lease of a name sees that what it owns is protected. */
  async refuseProtected(verb: string, name: string): Promise<void> {
    const lease = await this.deps.runs.describe(operationId('lease', name));
    if (lease !== null && isOpen(lease)) await refuseProtected(this.deps, lease, verb, name);
  }

  /** Starts or stops a notebook, protects or unprotects an environment; an open change of the same kind is joined. */
  change(
    kind: ChangeInput['kind'],
    name: string,
    change: ChangeInput['change'],
    said: CommandOptions,
  ): Promise<OperationHandle> {
    return changes.change(this.deps, { kind, name, change }, said);
  }

  /** Whose every pool and notebook of the project is, and how it stands. */
  audit(options?: audits.AuditOptions): Promise<AuditReport> {
    return audits.audit(this.deps, { at: this.deps.pacer.now(), id: this.deps.newId() }, options);
  }

  /** Gives an orphan an owner again: the lease of the name that it was made under. */
  adopt(id: string, said: CommandOptions, options?: audits.AuditOptions): Promise<AuditReport> {
    return audits.adopt(this.deps, id, { at: this.deps.pacer.now(), id: this.deps.newId() }, said, options);
  }

  /** Starts a sweep; with `apply` and the hash of a plan it deletes exactly what that plan holds. */
  startSweep(request: sweeps.SweepRequest, said: CommandOptions): Promise<OperationHandle> {
    return sweeps.start(this.deps, request, { at: this.deps.pacer.now(), id: this.deps.newId() }, said);
  }

  /** What a sweep would delete, and why; deletes nothing. */
  async planSweep(
    { rules }: Pick<sweeps.SweepRequest, 'rules'>,
    said: CommandOptions,
    options?: { readonly signal?: AbortSignal },
  ): Promise<SweepProgress> {
    const start = { at: this.deps.pacer.now(), id: this.deps.newId() };
    return await sweeps.plan(this.deps, { rules }, start, said, options);
  }

  /** Closes the connection; operations go on without it. */
  close(): Promise<void> {
    return this.deps.close();
  }

  private find(name: string, noun: ResourceKindName): Promise<Run> {
    return requireRun(this.deps.runs, noun, name);
  }
}
