import { operationId } from '../contract/ids.js';
import type { ResolveVerb, TriedNow } from '../contract/messages.js';
import type { LeaseProgress, Progress } from '../contract/progress.js';
import type { Spec } from '../contract/spec.js';
import type { ChangeInput, SweepProgress } from '../contract/workflows.js';
import type { AuditReport } from '../domain/audit/report.js';
import { isOpen } from '../temporal/run-facts.js';
import type {
  ChangeOptions,
  CommandOptions,
  Created,
  CreateOptions,
  ExtendOptions,
  OperationHandle,
  ResolveOptions,
  TeardownOptions,
} from './api-types.js';
import * as audits from './audits.js';
import { type BulkResult, commandEach } from './bulk.js';
import { change } from './change.js';
import type { NewRun } from './command.js';
import type { ResourceKindName } from './find-run.js';
import type { Pacer } from './follow.js';
import * as leases from './lease-commands.js';
import * as commands from './operator-commands.js';
import { refuseProtected } from './protection.js';
import { OperationQueries } from './queries.js';
import * as sweeps from './sweeps.js';
import { startTeardown, type Teardown, type TeardownContext, teardown } from './teardown.js';
import type { Runs } from './temporal/run.js';
import { tryNow } from './try-now.js';

/** The dependencies of the operations; `connect` provides them. */
export interface OperationsDeps {
  readonly runs: Runs;
  readonly actor: string;
  readonly pacer: Pacer;
  readonly newId: () => string;
  readonly close: () => Promise<void>;
  /** The resources that a teardown of a name would delete. @defaultValue this process does not read the service */
  readonly planRemoval?: TeardownContext['planRemoval'];
}

/** The schemas of documents take long to load, and only `create` needs them. */
const loadStart = () => import('./start.js');

/**
 * Everything that people and programs can do with operations. A name means its open run (teardown, else the operation,
 * else the lease), else its newest closed one; a workflow id such as `pool/x` means that workflow. Commands throw
 * InvalidCommandError, OperationNotFoundError and OperationRefusedError, and return the progress after them.
 */
export class Operations extends OperationQueries {
  constructor(private readonly deps: OperationsDeps) {
    super(deps);
  }

  /** Creates an environment, or joins its open operation with the same spec. */
  createEnvironment(document: unknown, options?: CreateOptions): Promise<Created> {
    return this.create('env', document, options);
  }

  /** Creates a pool without an environment. */
  provisionPool(document: unknown, options?: CreateOptions): Promise<Created> {
    return this.create('pool', document, options);
  }

  /** Creates a notebook without an environment, on an existing pool or a public flavor. */
  launchNotebook(document: unknown, options?: CreateOptions): Promise<Created> {
    return this.create('notebook', document, options);
  }

  /**
   * Creates by kind. Throws InvalidSpecError, SpecConflictError, and OperationRefusedError during a teardown of the
   * name.
   */
  async create(
    kind: ResourceKindName,
    document: unknown,
    { by, wait = false, signal }: CreateOptions = {},
  ): Promise<Created> {
    const call = { id: this.deps.newId(), by: by ?? this.deps.actor };
    const { startOrJoin } = await loadStart();
    const { workflowId, runId, joined } = await startOrJoin(this.deps.runs, kind, document, call);
    const progress = wait ? await this.result(workflowId, signal === undefined ? {} : { signal }) : null;
    return { handle: { workflowId, runId }, joined, progress };
  }

  /** Throws what `create` would throw for a checked spec, and starts nothing. */
  async checkCreate(kind: ResourceKindName, spec: Spec): Promise<{ readonly joins: boolean }> {
    const { checkStart } = await loadStart();
    return await checkStart(this.deps.runs, kind, spec);
  }

  /** Stops creating and deleting within one poll window; waits may continue. */
  pause(name: string, options: CommandOptions, kind: ResourceKindName = 'env'): Promise<Progress> {
    return commands.pause(this.deps, { name, kind }, options);
  }

  /** Resumes after a pause. */
  resume(name: string, options: CommandOptions, kind: ResourceKindName = 'env'): Promise<Progress> {
    return commands.resume(this.deps, { name, kind }, options);
  }

  /** Cancels an operation. It rolls back, or keeps what it created, according to `onCancel` of its spec. */
  cancel(name: string, options: CommandOptions, kind: ResourceKindName = 'env'): Promise<Progress> {
    return commands.cancel(this.deps, { name, kind }, options);
  }

  approve(name: string, options: CommandOptions, kind: ResourceKindName = 'env'): Promise<Progress> {
    return commands.approve(this.deps, { name, kind }, options);
  }

  reject(name: string, options: CommandOptions, kind: ResourceKindName = 'env'): Promise<Progress> {
    return commands.reject(this.deps, { name, kind }, options);
  }

  /** Decides for an operation that awaits an operator. Throws InvalidSpecError for changes that make no valid spec. */
  resolve(name: string, verb: ResolveVerb, options: ResolveOptions, kind: ResourceKindName = 'env'): Promise<Progress> {
    return commands.resolve(this.deps, { name, kind }, verb, options);
  }

  /**
   * Sends a command to each listed operation. Errors are in the results and not thrown; none is sent after the signal.
   */
  steerEach(
    listed: readonly Progress[],
    command: (workflowId: string) => Promise<Progress>,
    signal?: AbortSignal,
  ): Promise<BulkResult[]> {
    return commandEach(this.deps.runs, listed, command, signal);
  }

  /**
   * Retries at once whatever waits for a retry, also in the operations that this one waits for. Returns one result per
   * operation that retries; throws OperationRefusedError when none does.
   */
  tryNow(name: string, options: CommandOptions, kind: ResourceKindName = 'env'): Promise<TriedNow[]> {
    return tryNow(this.deps, { name, kind }, options);
  }

  /** Moves the end of the lease by a duration such as `4h` or to a time, up to its maximum, and returns the lease. */
  async extend(name: string, by: string | ExtendOptions, options: CommandOptions): Promise<LeaseProgress> {
    const { lease } = await this.extendLease(name, by, options);
    return lease;
  }

  /** As `extend`, with a function that reads the progress after it. */
  extendLease(name: string, by: string | ExtendOptions, options: CommandOptions): Promise<leases.Extended> {
    return leases.extend(this.deps, name, typeof by === 'string' ? { duration: by } : by, options);
  }

  /** Ends the lease and deletes what it owns. Throws ProtectedError when that is protected. */
  release(name: string, options: CommandOptions): Promise<Progress> {
    return leases.release(this.deps, name, options);
  }

  /**
   * Deletes everything of a name; joins an open teardown. Throws ProtectedError when something is protected. Starts no
   * run for a name without operations and resources. Ends `Busy` while jobs use the pool, unless an option says
   * otherwise.
   */
  teardown(name: string, options: TeardownOptions, planHash?: string): Promise<Teardown> {
    return teardown({ planRemoval: async () => null, ...this.deps }, name, options, planHash);
  }

  /** As `teardown`, without its checks. */
  startTeardown(name: string, options: TeardownOptions, planHash?: string): Promise<OperationHandle> {
    return startTeardown(this.deps, name, options, planHash);
  }

  /** Throws ProtectedError when the open lease of a name owns something protected. */
  async refuseProtected(verb: string, name: string): Promise<void> {
    const lease = await this.deps.runs.describe(operationId('lease', name));
    if (lease !== null && isOpen(lease)) await refuseProtected(this.deps, lease, verb, name);
  }

  /**
   * Starts, stops or renews a notebook, protects or unprotects an environment; joins an open change of the same kind.
   */
  change(
    kind: ChangeInput['kind'],
    name: string,
    wanted: ChangeInput['change'],
    options: ChangeOptions,
  ): Promise<OperationHandle> {
    return change(this.deps, { kind, name, change: wanted }, options);
  }

  /** The owner and ownership status of every pool and notebook of the project. Throws WorkerUnreachableError. */
  audit(options?: audits.AuditOptions): Promise<AuditReport> {
    return audits.audit(this.deps, this.newRun(), options);
  }

  /** Gives an orphan, by id, an owner again: the lease of the name that created it. */
  adopt(id: string, options: CommandOptions, wait?: audits.AuditOptions): Promise<AuditReport> {
    return audits.adopt(this.deps, id, this.newRun(), options, wait);
  }

  /** Starts a sweep. With `apply` and the hash of a plan it deletes exactly what is in that plan. */
  startSweep(request: sweeps.SweepRequest, options: CommandOptions): Promise<OperationHandle> {
    return sweeps.start(this.deps, request, this.newRun(), options);
  }

  /** The plan of a sweep, which deletes nothing. Throws WorkerUnreachableError and OperationFailedError. */
  planSweep(
    { rules }: Pick<sweeps.SweepRequest, 'rules'>,
    options: CommandOptions,
    wait?: { readonly signal?: AbortSignal },
  ): Promise<SweepProgress> {
    return sweeps.plan(this.deps, { rules }, this.newRun(), options, wait);
  }

  /** Closes the connection; the operations continue. */
  close(): Promise<void> {
    return this.deps.close();
  }

  private newRun(): NewRun {
    return { at: this.deps.pacer.now(), id: this.deps.newId() };
  }
}
