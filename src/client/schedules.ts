import {
  type Client,
  ScheduleAlreadyRunning,
  type ScheduleDescription,
  type ScheduleHandle,
  ScheduleNotFoundError,
} from '@temporalio/client';
import pMap from 'p-map';
import { scheduledId } from '../contract/ids.js';
import type { ScheduledInput } from '../contract/workflows.js';
import { problemOfLengths } from '../domain/command.js';
import { tooLarge } from '../domain/text.js';
import type { CommandOptions, OperationHandle } from './api-types.js';
import { signatureOf } from './command.js';
import { InvalidScheduleError, OperationNotFoundError, OperationRefusedError, OperationsError } from './errors.js';
import type { Pacer } from './follow.js';
import { checkSchedule, type NewSchedule } from './schedule-check.js';
import {
  describeStart,
  readResult,
  type ScheduleDetails,
  type ScheduledResult,
  type ScheduleMemo,
  type ScheduleRow,
  scheduledType,
  scheduleMemoKey,
  seenMemoKey,
  viewRow,
  viewSchedule,
} from './schedule-view.js';
import { castError, type Place } from './temporal/errors.js';
import type { Runs } from './temporal/run.js';

export interface SchedulesDeps {
  readonly client: Client;
  readonly runs: Runs;
  readonly place: Place;
  readonly actor: string;
  readonly pacer: Pacer;
}

const callMs = 8_000;
/** How long a triggered run may take to become visible. */
const triggerMs = 15_000;
/** Schedules that are described at once. */
const concurrency = 8;

/** The schedules of a namespace that run this product's operations. */
export class Schedules {
  constructor(private readonly deps: SchedulesDeps) {}

  /**
   * Creates a schedule. Runs never overlap, and a failed run pauses the schedule. Throws InvalidScheduleError, and
   * OperationRefusedError for a name that exists.
   */
  async create(schedule: NewSchedule): Promise<ScheduleDetails> {
    const { name, cron, timezone, jitterMs, catchupMs } = checkSchedule(
      schedule,
      new Date(this.deps.pacer.now()).getUTCFullYear(),
    );
    const { start, reason, paused = false } = schedule;
    const by = schedule.by ?? this.deps.actor;
    const memo: ScheduleMemo = { cron, by, reason: reason ?? null };
    const input: ScheduledInput = { schedule: name, start, ...(reason === undefined ? {} : { reason }) };
    const problem = problemOfLengths({ by, reason }) ?? tooLarge(input);
    if (problem !== null) throw new InvalidScheduleError(`schedule ${name}: ${problem}; nothing was sent`);
    try {
      await this.within(() =>
        this.deps.client.schedule.create({
          scheduleId: name,
          spec: { cronExpressions: [cron], timezone, jitter: jitterMs },
          policies: { overlap: 'SKIP', catchupWindow: catchupMs, pauseOnFailure: true },
          memo: { [scheduleMemoKey]: memo },
          state: { paused, note: noteOf(paused ? 'created paused' : 'created', by, reason ?? describeStart(start)) },
          action: {
            type: 'startWorkflow',
            workflowType: scheduledType,
            workflowId: scheduledId(name),
            taskQueue: this.deps.place.taskQueue,
            args: [input],
            staticSummary: `schedule ${name}: ${describeStart(start)}`,
          },
        }),
      );
    } catch (error) {
      if (error instanceof ScheduleAlreadyRunning) throw exists(name);
      // The Temporal client throws it for settings that the server does not accept.
      if (error instanceof TypeError) throw new InvalidScheduleError(`schedule ${name}: ${error.message}`);
      throw this.cast(error, `schedule ${name}`);
    }
    return await this.show(name);
  }

  /** The names of schedules; quick, because none is described. */
  async names(): Promise<string[]> {
    const names: string[] = [];
    try {
      for await (const { scheduleId, action } of this.deps.client.schedule.list()) {
        if (action?.workflowType === scheduledType) names.push(scheduleId);
      }
    } catch (error) {
      throw this.cast(error, 'listing schedules');
    }
    return names.sort();
  }

  /** One row per schedule, by name. */
  async list(): Promise<ScheduleRow[]> {
    const rows = await pMap(await this.names(), (name) => this.row(name), { concurrency });
    return rows.filter((row) => row !== null);
  }

  /** A schedule with the results of its last ten runs. Throws OperationNotFoundError. */
  async show(name: string): Promise<ScheduleDetails> {
    const description = await this.describe(name);
    return viewSchedule(description, await this.results(description, 10), this.deps.pacer.now());
  }

  /** Starts no run until it is resumed; an open run continues. */
  async pause(name: string, options: CommandOptions): Promise<ScheduleDetails> {
    const { by, reason } = signatureOf(this.deps, options);
    await this.describe(name);
    await this.ask(name, (handle) => handle.pause(noteOf('paused', by, reason)));
    return await this.show(name);
  }

  /** Resumes after a pause by a person or a failed run. Earlier missed and skipped runs are no longer reported. */
  async resume(name: string, options: CommandOptions): Promise<ScheduleDetails> {
    const { by, reason } = signatureOf(this.deps, options);
    const { info, action } = await this.describe(name);
    const seen = { missed: info.numActionsMissedCatchupWindow, skipped: info.numActionsSkippedOverlap };
    if (seen.missed + seen.skipped > 0) {
      const memo = { ...action.memo, [seenMemoKey]: seen };
      await this.ask(name, (handle) => handle.update((now) => ({ ...now, action: { ...now.action, memo } })));
    }
    await this.ask(name, (handle) => handle.unpause(noteOf('resumed', by, reason)));
    return await this.show(name);
  }

  /** Starts a run now, also while paused. Throws OperationRefusedError while a run is open. */
  async trigger(name: string): Promise<OperationHandle> {
    const before = await this.describe(name);
    const [running] = before.info.runningActions;
    if (running !== undefined) {
      throw new OperationRefusedError(`trigger ${name}: a run is open (${running.workflow.workflowId})`, {
        hint: `Follow it with \`maops env watch ${running.workflow.workflowId}\`.`,
      });
    }
    const known = new Set(before.info.recentActions.map(({ action }) => action.workflow.firstExecutionRunId));
    await this.ask(name, (handle) => handle.trigger('SKIP'));
    const { pacer } = this.deps;
    for (const end = pacer.now() + triggerMs; pacer.now() < end; await pacer.sleep(200)) {
      const { info } = await this.describe(name);
      const made = info.recentActions.find(({ action }) => !known.has(action.workflow.firstExecutionRunId));
      if (made === undefined) continue;
      const { workflowId, firstExecutionRunId } = made.action.workflow;
      return { workflowId, runId: firstExecutionRunId };
    }
    throw new OperationsError(`trigger ${name}: Temporal accepted it, but no run is visible yet`, {
      hint: `Check again with \`maops schedule show ${name}\`.`,
    });
  }

  /** Deletes a schedule and returns its last state; an open run continues. */
  async delete(name: string): Promise<ScheduleDetails> {
    const last = await this.show(name);
    await this.ask(name, (handle) => handle.delete());
    return last;
  }

  /** Null when it was deleted since it was listed. */
  private async row(name: string): Promise<ScheduleRow | null> {
    try {
      const description = await this.describe(name);
      // An open run has no result yet, so read the one before too.
      return viewRow(description, await this.results(description, 2), this.deps.pacer.now());
    } catch (error) {
      if (error instanceof OperationNotFoundError) return null;
      throw error;
    }
  }

  private async results({ info }: ScheduleDescription, count: number): Promise<ScheduledResult[]> {
    return await Promise.all(
      info.recentActions
        .slice(-count)
        .reverse()
        .map((action) => readResult(this.deps.runs, action)),
    );
  }

  private async describe(name: string): Promise<ScheduleDescription> {
    const description = await this.ask(name, (handle) => handle.describe());
    if (description.action.workflowType === scheduledType) return description;
    throw new OperationNotFoundError(
      `schedule ${name} was not created by maops: it starts ${description.action.workflowType}`,
      {
        hint: 'List schedules with `maops schedule list`.',
      },
    );
  }

  private async ask<T>(name: string, call: (handle: ScheduleHandle) => Promise<T>): Promise<T> {
    try {
      return await this.within(() => call(this.deps.client.schedule.getHandle(name)));
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw this.cast(error, `schedule ${name}`);
      throw new OperationNotFoundError(`no schedule named ${name}`, {
        hint: 'List schedules with `maops schedule list`.',
      });
    }
  }

  private within<T>(call: () => Promise<T>): Promise<T> {
    return this.deps.client.withDeadline(Date.now() + callMs, call);
  }

  private cast(error: unknown, subject: string): Error {
    return castError(error, this.deps.place, subject, 'server');
  }
}

function exists(name: string): OperationRefusedError {
  return new OperationRefusedError(`schedule ${name} already exists; nothing was changed`, {
    hint: `See it with \`maops schedule show ${name}\`. To replace it, run \`maops schedule delete ${name}\` first.`,
  });
}

function noteOf(verb: string, by: string, reason: string): string {
  return `${verb} by ${by}: ${reason}`;
}
