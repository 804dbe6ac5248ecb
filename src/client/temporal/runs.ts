import { setMaxListeners } from 'node:events';
import {
  type Client,
  type WorkflowExecutionDescription,
  WorkflowFailedError,
  type WorkflowHandle,
} from '@temporalio/client';
import {
  ApplicationFailure,
  type LoadedDataConverter,
  type QueryDefinition,
  type SignalDefinition,
  type UpdateDefinition,
} from '@temporalio/common';
import { isFailureType, type WaitReport } from '../../contract/failures.js';
import { tooLarge } from '../../domain/text.js';
import { isFields } from '../../spec/finding.js';
import { describeRun, runFacts } from '../../temporal/describe-run.js';
import { readRecorded } from '../../temporal/recorded-results.js';
import { isOpen } from '../../temporal/run-facts.js';
import { type RunStart, startOptions } from '../../temporal/start-options.js';
import { InvalidCommandError, WorkerUnreachableError } from '../errors.js';
import { type Answerer, castError, castListError, type Place } from './errors.js';
import { dateOf, decodeFailure, decodeHistory, decodePayloads } from './history.js';
import type { HistoryEvent } from './history-event.js';
import type { PendingActivity, Run, RunOutcome, Runs } from './run.js';

/** Reports an unreachable server within 10 s. */
const callMs = 8_000;
/** `PENDING_ACTIVITY_STATE_*` by number. */
const activityStates = ['unknown', 'scheduled', 'started', 'cancelRequested', 'paused', 'paused'] as const;

/** The runs of a namespace, through the Temporal client. */
export class TemporalRuns implements Runs {
  constructor(
    private readonly client: Client,
    private readonly place: Place,
  ) {}

  async describe(workflowId: string, runId?: string): Promise<Run | null> {
    try {
      const found = await this.within(() => describeRun(this.client.workflow, workflowId, runId));
      if (found === null) return null;
      const { raw, ...facts } = found;
      return { ...facts, pending: await readPending(this.client.options.loadedDataConverter, raw) };
    } catch (error) {
      throw this.cast(error, workflowId);
    }
  }

  async start(start: RunStart): Promise<{ readonly runId: string }> {
    const handle = await this.ask(start.workflowId, () =>
      this.client.workflow.start(start.type, this.startOptions(start)),
    );
    return { runId: handle.firstExecutionRunId };
  }

  async signalWithStart<Argument>(
    start: RunStart,
    signal: SignalDefinition<[Argument]>,
    argument: Argument,
  ): Promise<{ readonly runId: string }> {
    const options = { ...this.startOptions(start), signal, signalArgs: [argument] as [Argument] };
    const handle = await this.ask(start.workflowId, () => this.client.workflow.signalWithStart(start.type, options));
    return { runId: handle.signaledRunId };
  }

  query<Result>(workflowId: string, runId: string, query: QueryDefinition<Result>): Promise<Result> {
    return this.ask(workflowId, () => this.handle(workflowId, runId).query(query), 'worker');
  }

  signal<Argument>(workflowId: string, signal: SignalDefinition<[Argument]>, argument: Argument): Promise<void> {
    return this.ask(workflowId, () => this.handle(workflowId).signal(signal, argument));
  }

  async update<Result, Argument>(
    workflowId: string,
    update: UpdateDefinition<Result, [Argument]>,
    argument: Argument,
    id?: string,
  ): Promise<Result> {
    const options = { args: [argument] as [Argument], ...(id === undefined ? {} : { updateId: id }) };
    try {
      return await this.ask(workflowId, () => this.handle(workflowId).executeUpdate(update, options), 'worker');
    } catch (error) {
      if (!(error instanceof WorkerUnreachableError)) throw error;
      throw new WorkerUnreachableError(error.taskQueue, error.cause, `${update.name} to ${workflowId}`);
    }
  }

  async cancel(workflowId: string): Promise<void> {
    await this.ask(workflowId, () => this.handle(workflowId).cancel());
  }

  async awaitEnd(workflowId: string, signal?: AbortSignal): Promise<void> {
    const wait = () => this.handle(workflowId).result();
    // Each long poll of the client leaves a listener behind. Node would warn of the eleventh, after ten minutes.
    if (signal !== undefined) setMaxListeners(0, signal);
    // The client does not notice a signal that is aborted already.
    signal?.throwIfAborted();
    try {
      await (signal === undefined ? wait() : this.client.withAbortSignal(signal, wait));
    } catch (error) {
      if (error instanceof WorkflowFailedError) return;
      signal?.throwIfAborted();
      throw this.cast(error, workflowId);
    }
  }

  async argument(workflowId: string, runId: string): Promise<unknown> {
    const { history } = await this.ask(workflowId, () =>
      this.client.workflowService.getWorkflowExecutionHistory({
        namespace: this.place.namespace,
        execution: { workflowId, runId },
        maximumPageSize: 1,
      }),
    );
    const input = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input;
    const { loadedDataConverter } = this.client.options;
    const [argument] = await this.read(workflowId, () => decodePayloads(loadedDataConverter, input?.payloads));
    return argument;
  }

  async outcome(workflowId: string, runId: string): Promise<RunOutcome | null> {
    const run = await this.describe(workflowId, runId);
    if (run === null || isOpen(run)) return null;
    try {
      const handle = this.client.workflow.getHandle(workflowId, runId, { followRuns: false });
      return { value: await this.within(() => handle.result() as Promise<unknown>), failure: null };
    } catch (error) {
      if (!(error instanceof WorkflowFailedError)) throw this.cast(error, workflowId);
      const { cause } = error;
      const failure = cause instanceof ApplicationFailure ? cause : null;
      const detail: unknown = failure?.details?.[0] ?? null;
      return {
        value: null,
        failure: { message: cause?.message ?? error.message, type: failure?.type ?? null, detail },
      };
    }
  }

  async *list(query: string): AsyncIterable<Run> {
    try {
      for await (const info of this.client.workflow.list({ query })) yield { ...runFacts(info), pending: [] };
    } catch (error) {
      throw castListError(error, this.place);
    }
  }

  async history(workflowId: string, runId: string): Promise<readonly HistoryEvent[]> {
    const { events } = await this.ask(workflowId, () => this.handle(workflowId, runId).fetchHistory());
    const { loadedDataConverter } = this.client.options;
    return await this.read(workflowId, () => decodeHistory(loadedDataConverter, events ?? []));
  }

  recorded(workflowId: string, runId: string, activityType: string): Promise<readonly unknown[]> {
    return this.ask(workflowId, () => readRecorded(this.client.workflow, { workflowId, runId }, activityType));
  }

  private handle(workflowId: string, runId?: string): WorkflowHandle {
    return this.client.workflow.getHandle(workflowId, runId);
  }

  private startOptions(start: RunStart) {
    // Temporal would reject it without naming what is too large.
    const large = tooLarge(start.argument);
    if (large !== null)
      throw new InvalidCommandError(`${start.workflowId}: the argument is too large: ${large}; nothing was started`);
    return startOptions(start, this.place.taskQueue);
  }

  private within<T>(call: () => Promise<T>): Promise<T> {
    return this.client.withDeadline(Date.now() + callMs, call);
  }

  /** Decodes a response; its key may be missing. */
  private async read<T>(subject: string, decode: () => Promise<T>): Promise<T> {
    try {
      return await decode();
    } catch (error) {
      throw this.cast(error, subject);
    }
  }

  private async ask<T>(subject: string, call: () => Promise<T>, answerer: Answerer = 'server'): Promise<T> {
    try {
      return await this.within(call);
    } catch (error) {
      throw this.cast(error, subject, answerer);
    }
  }

  private cast(error: unknown, subject: string, answerer: Answerer = 'server'): Error {
    return castError(error, this.place, subject, answerer);
  }
}

/** Reads the activities that are scheduled, running or between attempts. */
async function readPending(
  converter: LoadedDataConverter,
  { pendingActivities }: WorkflowExecutionDescription['raw'],
): Promise<PendingActivity[]> {
  const reading = (pendingActivities ?? []).map(async (activity): Promise<PendingActivity> => {
    return {
      type: activity.activityType?.name ?? 'unknown',
      attempt: activity.attempt ?? 1,
      state: activityStates[activity.state ?? 0] ?? 'unknown',
      lastFailure: await decodeFailure(converter, activity.lastFailure),
      report: await reportOf(converter, activity.heartbeatDetails?.payloads),
      nextAttemptAt: dateOf(activity.scheduledTime),
      lastHeartbeatAt: dateOf(activity.lastHeartbeatTime),
    };
  });
  return await Promise.all(reading);
}

/** The report in a heartbeat; null when it cannot be read, for example without the codec key. */
async function reportOf(
  converter: LoadedDataConverter,
  payloads: Parameters<typeof decodePayloads>[1],
): Promise<WaitReport | null> {
  const [details] = await decodePayloads(converter, payloads).catch(() => []);
  if (!isFields(details) || typeof details.why !== 'string') return null;
  const { why, throttledUntil, failureType } = details;
  return {
    why,
    throttledUntil: typeof throttledUntil === 'string' ? throttledUntil : null,
    failureType: isFailureType(failureType) ? failureType : null,
  };
}
