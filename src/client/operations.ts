import { changeId, operationId, parseOperationId } from '../contract/ids.js';
import {
  approveUpdate,
  type Command,
  noteSignal,
  pauseSignal,
  type ResolveVerb,
  rejectUpdate,
  releaseLeaseUpdate,
  resolveUpdate,
  resumeSignal,
  specQuery,
} from '../contract/messages.js';
import { isSuccess } from '../contract/phases.js';
import type { Progress } from '../contract/progress.js';
import type { Spec } from '../contract/spec.js';
import type { ChangeInput } from '../contract/workflows.js';
import { isFields } from '../spec/finding.js';
import type { Created, CreateOptions, OperationHandle, ResolveOptions, Said } from './calls.js';
import { OperationFailedError, OperationRefusedError } from './errors.js';
import { type Explanation, explain } from './explanation.js';
import { type FollowOptions, follow, type Pacer } from './follow.js';
import { isOpen, type Noun, requireRun } from './name.js';
import { listEnvironments } from './roster.js';
import type { Run, Runs } from './runs.js';
import { progressOf } from './standing.js';
import { checkStart, startOrJoin } from './start.js';
import { type TimelineEntry, tellTimeline } from './timeline.js';

/** What the operations are built from; `connect` fills it in. */
export interface OperationsDeps {
  readonly runs: Runs;
  readonly actor: string;
  readonly pacer: Pacer;
  readonly newId: () => string;
  readonly close: () => Promise<void>;
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

  async create(noun: Noun, document: unknown, { by, wait = false, signal }: CreateOptions = {}): Promise<Created> {
    const call = { id: this.deps.newId(), by: by ?? this.deps.actor };
    const { workflowId, runId, joined } = await startOrJoin(this.deps.runs, noun, document, call);
    const progress = wait ? await this.result(workflowId, signal === undefined ? {} : { signal }) : null;
    return { handle: { workflowId, runId }, joined, progress };
  }

  /** Throws what `create` would refuse a checked spec with; starts nothing. */
  checkCreate(noun: Noun, spec: Spec): Promise<{ readonly joins: boolean }> {
    return checkStart(this.deps.runs, noun, spec);
  }

  /** Where an operation stands. */
  async progress(name: string, noun: Noun = 'env'): Promise<Progress> {
    return await progressOf(this.deps.runs, await this.find(name, noun));
  }

  /** Whether the newest run of a workflow id is open. */
  async isOpen(workflowId: string): Promise<boolean> {
    const run = await this.deps.runs.describe(workflowId);
    return run !== null && isOpen(run);
  }

  /** Which run a name means now. */
  async locate(name: string, noun: Noun = 'env'): Promise<OperationHandle> {
    const { workflowId, runId } = await this.find(name, noun);
    return { workflowId, runId };
  }

  /** The progress now and at every change, until the operation has ended. */
  async *watch(name: string, options: FollowOptions & { readonly noun?: Noun } = {}): AsyncGenerator<Progress> {
    const run = await this.find(name, options.noun ?? 'env');
    yield* follow(this.deps.runs, run.workflowId, this.deps.pacer, options);
  }

  /**
   * Waits for the end and answers the last progress; throws OperationFailedError when the goal was not reached. A name
   * means the operation that makes it here, never its lease, whose end nobody waits for.
   */
  async result(name: string, options: { readonly signal?: AbortSignal; readonly noun?: Noun } = {}): Promise<Progress> {
    const noun = options.noun ?? 'env';
    const maker = await this.deps.runs.describe(operationId(noun, name));
    const run = maker ?? (await this.find(name, noun));
    await this.deps.runs.awaitEnd(run.workflowId, options.signal);
    const progress = await this.progress(run.workflowId);
    if (!isSuccess(progress.phase)) throw new OperationFailedError(progress);
    return progress;
  }

  /** One progress per environment. */
  list(): Promise<Progress[]> {
    return listEnvironments(this.deps.runs);
  }

  /** The normalised spec; null until it is checked, and for operations that have none. */
  async spec(name: string, noun: Noun = 'env'): Promise<Spec | null> {
    const run = await this.find(name, noun);
    return (await this.deps.runs.query<Spec | null>(run.workflowId, run.runId, specQuery.name)) ?? null;
  }

  async why(name: string, noun: Noun = 'env'): Promise<Explanation> {
    const run = await this.find(name, noun);
    return explain(await progressOf(this.deps.runs, run), run);
  }

  /** The story of the operation's newest run. */
  async history(
    name: string,
    noun: Noun = 'env',
  ): Promise<OperationHandle & { readonly entries: readonly TimelineEntry[] }> {
    const { workflowId, runId } = await this.find(name, noun);
    return { workflowId, runId, entries: tellTimeline(await this.deps.runs.history(workflowId, runId)) };
  }

  /** Stops creating and deleting within one poll window; waiting may go on. */
  async pause(name: string, said: Said, noun: Noun = 'env'): Promise<Progress> {
    return await this.send(await this.open(name, noun, 'pause'), pauseSignal.name, this.command(said));
  }

  /** Goes on after a pause; the reason is kept in the history, the audit names who. */
  async resume(name: string, said: Said, noun: Noun = 'env'): Promise<Progress> {
    return await this.send(await this.open(name, noun, 'resume'), resumeSignal.name, this.command(said));
  }

  /** Calls an operation off; it rolls back, or keeps what it made, by its spec's `onCancel`. */
  async cancel(name: string, said: Said, noun: Noun = 'env'): Promise<Progress> {
    const run = await this.open(name, noun, 'cancel');
    const kind = parseOperationId(run.workflowId)?.kind;
    if (kind === 'teardown' || kind === 'lease') {
      const state =
        kind === 'teardown' ? 'is being torn down, which is not called off half-way' : 'is not being made any more';
      throw new OperationRefusedError(`cancel ${name}: it ${state}`, {
        hint: kind === 'lease' ? `To remove it: \`maops env teardown ${name}\`.` : null,
      });
    }
    await this.deps.runs.signal(run.workflowId, noteSignal.name, { verb: 'cancel', ...this.command(said) });
    await this.deps.runs.cancel(run.workflowId);
    return await progressOf(this.deps.runs, (await this.deps.runs.describe(run.workflowId)) ?? run);
  }

  approve(name: string, said: Said, noun: Noun = 'env'): Promise<Progress> {
    return this.update(name, noun, approveUpdate.name, this.command(said));
  }

  reject(name: string, said: Said, noun: Noun = 'env'): Promise<Progress> {
    return this.update(name, noun, rejectUpdate.name, this.command(said));
  }

  /** Answers an operation that waits for an operator; a view that is stale by then is refused. */
  async resolve(name: string, verb: ResolveVerb, options: ResolveOptions, noun: Noun = 'env'): Promise<Progress> {
    const progress = await this.progress(name, noun);
    const failed = progress.steps.find(({ state }) => state === 'failed');
    return await this.update(name, noun, resolveUpdate.name, {
      verb,
      ...this.command(options),
      ...(failed === undefined ? {} : { step: failed.name }),
      ...(failed?.attempt === undefined ? {} : { attempt: failed.attempt }),
      ...(options.changes === undefined ? {} : { changes: options.changes }),
    });
  }

  /** Ends the lease: what it owns is torn down. */
  async release(name: string, said: Said): Promise<Progress> {
    const lease = await this.deps.runs.describe(operationId('lease', name));
    if (lease === null || !isOpen(lease)) {
      throw new OperationRefusedError(`release ${name}: no lease is open`, {
        hint: `\`maops env show ${name}\` says where it stands.`,
      });
    }
    return await this.deliver(lease, releaseLeaseUpdate.name, this.command(said));
  }

  /** Tears down everything of a name; an open teardown is joined. */
  async teardown(name: string, said: Said, planHash?: string): Promise<OperationHandle> {
    const workflowId = operationId('teardown', name);
    const argument = { name, ...(planHash === undefined ? {} : { planHash }) };
    const start = { type: 'teardownEnvironment', workflowId, argument, memo: {}, summary: `teardown ${name}` };
    const note = { verb: 'teardown', ...this.command(said) };
    return { workflowId, ...(await this.deps.runs.signalWithStart(start, noteSignal.name, note)) };
  }

  /** Starts or stops a notebook; an open change of the same notebook is joined. */
  async change(
    kind: ChangeInput['kind'],
    name: string,
    change: ChangeInput['change'],
    said: Said,
  ): Promise<OperationHandle> {
    const workflowId = changeId(kind, name);
    const argument: ChangeInput = { kind, name, change, ...this.command(said) };
    const start = { type: 'changeResource', workflowId, argument, memo: {}, summary: `${change} ${kind} ${name}` };
    const { runId } = await this.deps.runs.start(start);
    const under = await this.deps.runs.argument(workflowId, runId);
    const underWay = isFields(under) ? under.change : 'change';
    if (underWay === change) return { workflowId, runId };
    throw new OperationRefusedError(`${change} ${kind} ${name}: a ${String(underWay)} of it is under way`, {
      hint: `Wait for its end: \`maops env watch ${workflowId}\`.`,
    });
  }

  /** Closes the connection; operations go on without it. */
  close(): Promise<void> {
    return this.deps.close();
  }

  private find(name: string, noun: Noun): Promise<Run> {
    return requireRun(this.deps.runs, noun, name);
  }

  private async open(name: string, noun: Noun, verb: string): Promise<Run> {
    const run = await this.find(name, noun);
    if (isOpen(run)) return run;
    throw new OperationRefusedError(`${verb} ${name}: ${run.workflowId} has ended (${run.phase ?? run.status})`);
  }

  private command({ reason, by }: Said): Command {
    return { by: by ?? this.deps.actor, reason };
  }

  private async send(run: Run, signal: string, argument: unknown): Promise<Progress> {
    await this.deps.runs.signal(run.workflowId, signal, argument);
    return await progressOf(this.deps.runs, run);
  }

  private async update(name: string, noun: Noun, update: string, argument: unknown): Promise<Progress> {
    const run = await this.open(name, noun, update);
    const kind = parseOperationId(run.workflowId)?.kind;
    if (kind === 'lease' || kind === 'teardown') {
      throw new OperationRefusedError(`${update} ${name}: ${run.workflowId} takes no ${update}`, {
        hint: `\`maops env show ${name}\` says where it stands.`,
      });
    }
    return await this.deliver(run, update, argument);
  }

  private deliver(run: Run, update: string, argument: unknown): Promise<Progress> {
    return this.deps.runs.update<Progress>(run.workflowId, update, argument);
  }
}
