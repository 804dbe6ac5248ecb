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
import type { CommandOptions, OperationHandle } from './call-types.js';
import { signatureOf } from './command.js';
import { InvalidScheduleError, OperationNotFoundError, OperationRefusedError, OperationsError } from './errors.js';
import type { Pacer } from './follow.js';
import { checkSchedule, type NewSchedule } from './schedule-check.js';
import { readResult } from './schedule-results.js';
import {
  describeStart,
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
/** How long a triggered run may take to show up. */
const triggerMs = 15_000;
/** Schedules looked at together. */
const width = 8;

/** The schedules of a namespace that run this product's operations. */
export class Schedules {
  constructor(private readonly deps: SchedulesDeps) {}

  /** Makes a schedule; a name that exists is refused. Never two runs at once, and a failed run pauses it. */
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
          state: { paused, note: noteOf(paused ? 'made paused' : 'made', by, reason ?? describeStart(start)) },
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
      if (error instanceof ScheduleAlreadyRunning) throw alreadyThere(name);
      // The Temporal client's word for what the server does not take.
      if (error instanceof TypeError) throw new InvalidScheduleError(`schedule ${name}: ${error.message}`);
      throw this.cast(error, `schedule ${name}`);
    }
    return await this.show(name);
  }

  /** The names of schedules; quick, because none is looked at. */
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
    const rows = await pMap(await this.names(), (name) => this.row(name), { concurrency: width });
    return rows.filter((row) => row !== null);
  }

  /** A schedule with the results of its last runs. */
  async show(name: string): Promise<ScheduleDetails> {
    const description = await this.describe(name);
    return viewSchedule(description, await this.results(description, 10), this.deps.pacer.now());
  }

  /** No run is started until it is resumed; one that is under way goes on. */
  async pause(name: string, said: CommandOptions): Promise<ScheduleDetails> {
    const { by, reason } = signatureOf(this.deps, said);
    await this.describe(name);
    await this.ask(name, (handle) => handle.pause(noteOf('paused', by, reason)));
    return await this.show(name);
  }

  /** Goes on after a pause, also after one by a failed run; missed and skipped runs so far count as seen. */
  async resume(name: string, said: CommandOptions): Promise<ScheduleDetails> {
    const { by, reason } = signatureOf(this.deps, said);
    const { info, action } = await this.describe(name);
    const seen = { missed: info.numActionsMissedCatchupWindow, skipped: info.numActionsSkippedOverlap };
    if (seen.missed + seen.skipped > 0) {
      const memo = { ...action.memo, [seenMemoKey]: seen };
      await this.ask(name, (handle) => handle.update((now) => ({ ...now, action: { ...now.action, memo } })));
    }
    await this.ask(name, (handle) => handle.unpause(noteOf('resumed', by, reason)));
    return await this.show(name);
  }

  /** Starts a run now, paused or not, and answers it; refused while one is under way. */
  async trigger(name: string): Promise<OperationHandle> {
    const before = await this.describe(name);
    const [running] = before.info.runningActions;
    if (running !== undefined) {
      throw new OperationRefusedError(`trigger ${name}: a run is under way (${running.workflow.workflowId})`, {
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
    throw new OperationsError(`trigger ${name}: Temporal took it, but no run has shown up`, {
      hint: `Look again with \`maops schedule show ${name}\`.`,
    });
  }

  /** Deletes a schedule and answers what it was; a run that is under way goes on. */
  async delete(name: string): Promise<ScheduleDetails> {
    const last = await this.show(name);
    await this.ask(name, (handle) => handle.delete());
    return last;
  }

  /** Null for one that was deleted since it was listed. */
  private async row(name: string): Promise<ScheduleRow | null> {
    try {
      const description = await this.describe(name);
      // One that is under way says nothing yet: then the one before counts.
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
      `schedule ${name} is not one of ours: it starts ${description.action.workflowType}`,
      {
        hint: '`maops schedule list` shows those that are.',
      },
    );
  }

  private async ask<T>(name: string, call: (handle: ScheduleHandle) => Promise<T>): Promise<T> {
    try {
      return await this.within(() => call(this.deps.client.schedule.getHandle(name)));
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw this.cast(error, `schedule ${name}`);
      throw new OperationNotFoundError(`there is no schedule ${name}`, {
        hint: '`maops schedule list` shows those that there are.',
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

function alreadyThere(name: string): OperationRefusedError {
  return new OperationRefusedError(`schedule ${name} exists already; nothing was changed`, {
    hint: `Look at it with \`maops schedule show ${name}\`; to make it anew, \`maops schedule delete ${name}\` first.`,
  });
}

function noteOf(verb: string, by: string, reason: string): string {
  return `${verb} by ${by}: ${reason}`;
}
