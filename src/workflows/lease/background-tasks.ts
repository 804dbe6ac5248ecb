import { CancellationScope, uuid4 } from '@temporalio/workflow';
import { isCurrentNotebook } from '../../contract/spec.js';
import type { LeaseEvent, LeaseEventName } from '../../contract/workflows.js';
import { HOUR, MINUTE, parseDuration } from '../../domain/duration.js';
import { type LeaseTerm, leasedAutoStop } from '../../domain/lease/lease.js';
import { stateOfUse } from '../../domain/resource/pool-use.js';
import { cut, textLimits } from '../../domain/text.js';
import { backgroundTasks, deliveries, firstCalls, waits } from '../operation/activity-proxies.js';
import { inBackground } from '../operation/background.js';
import { describeFailure, isFailure } from '../operation/failure.js';
import type { Operation } from '../operation/operation.js';
import { timeNow } from '../operation/state.js';
import { poolInUse } from '../resource/pool-in-use.js';
import { observedNotebook, observedPool, unobservedNotebook } from '../resource/projection.js';
import { currentNotebookIn, lookAgainMs, nextRenewal, observedRunTime, renew, tag } from './run-time.js';
import { type BackgroundTasks, type LeaseState, leasedPool } from './state.js';

/** An event is out of date after this time. */
const deliveryLimitMs = 6 * HOUR;
/** Bounds the state of a lease whose receiver is down for long. */
const mostUndelivered = 20;
/** Delay between the scheduled automatic stop of a notebook and its observation. */
const afterStopMs = MINUTE;

/**
 * Background tasks of a lease: observing its resources, the notebook's `auto_stop`, and webhooks. The lease never waits
 * for them, and no failure of theirs reaches it. Unfinished tasks are carried over a continue-as-new.
 */
export class LeaseBackgroundTasks {
  private observing: 'no' | 'once' | 'again' = 'no';
  private isSettingAutoStop = false;
  private isRenewing = false;

  constructor(private readonly op: Operation<LeaseState>) {}

  /** Continues the tasks of an earlier run. */
  resumeTasks(): void {
    for (const event of this.state.undelivered) this.deliver(event);
    if (this.state.autoStopMs !== null) this.sendAutoStop();
    if (this.op.state.draining != null && this.op.state.refused !== null) this.watchJobs();
  }

  /** Sends an event to the webhook, if the spec has one. */
  announce(event: LeaseEventName, why: string): void {
    const { progress, spec } = this.op.state;
    if (spec?.lease?.webhook === undefined) return;
    const { name, workflowId, lease } = progress;
    const { endsAt = null, maxEndsAt = null } = lease ?? {};
    const text = cut(why, textLimits.why);
    const announced: LeaseEvent = { id: uuid4(), event, name, workflowId, at: timeNow(), endsAt, maxEndsAt, why: text };
    const [oldest] = this.state.undelivered;
    if (oldest !== undefined && this.state.undelivered.length >= mostUndelivered)
      this.giveUp(oldest, 'too many events are waiting');
    this.set({ undelivered: [...this.state.undelivered, announced] });
    this.deliver(announced);
  }

  /** Undelivered events are lost when the lease ends. The audit names them. */
  close(): void {
    for (const event of this.state.undelivered) this.giveUp(event, 'the lease has ended');
  }

  /** Observes the resources once, unless an observation is running. */
  observeIfIdle(): void {
    if (this.observing === 'no') this.observe();
  }

  /** Observes the resources once. A request during an observation starts another one after it. */
  observe(): void {
    const { pool, notebooks } = this.op.state.resources;
    if (pool === null && notebooks.length === 0) return;
    const isUnderWay = this.observing !== 'no';
    this.observing = isUnderWay ? 'again' : 'once';
    if (isUnderWay) return;
    runBeside(async () => {
      while (this.observing !== 'no') {
        this.observing = 'once';
        try {
          await this.observeOnce();
        } catch (error) {
          // The next observation makes up for a failed one. A notebook of the current API needs one to be renewed.
          if (!isFailure(error)) throw error;
          if (currentNotebookIn(this.op.state) !== null) this.set({ lookAt: Date.now() + lookAgainMs });
        }
        if (this.observing === 'once') this.observing = 'no';
      }
    });
  }

  /** When to renew the notebook (epoch milliseconds); infinite when nothing is to be renewed. */
  nextRenewal(): number {
    return this.isRenewing ? Number.POSITIVE_INFINITY : (nextRenewal(this.op.state) ?? Number.POSITIVE_INFINITY);
  }

  /** Renews the notebook, and observes when it stops now. */
  renew(): void {
    this.isRenewing = true;
    runBeside(async () => {
      try {
        this.set({ runTime: await renew(this.op, await this.settings()) });
      } finally {
        this.isRenewing = false;
      }
      this.observe();
    });
  }

  /** Watches the jobs that keep the pool, and starts the removal when they have ended. */
  private watchJobs(): void {
    runBeside(async () => {
      const settings = await this.settings();
      for (;;) {
        const { draining = null, refused, removalCause } = this.op.state;
        const pool = leasedPool(this.op);
        if (draining === null || refused === null || removalCause !== null || pool === null) return;
        const question = { ...pool, seen: draining.use, isPatient: true };
        const use = await waits(settings, `jobs on pool ${pool.name}`).awaitPoolUse(question);
        const { state } = this.op;
        if (state.draining == null || state.refused === null || state.removalCause !== null) return;
        state.draining = { ...state.draining, use };
        const isOtherState = stateOfUse(use) !== stateOfUse(draining.use);
        // Either the pool may be deleted now, or the next decision names other jobs.
        const why = isOtherState ? state.refused.why : poolInUse(pool.name, use).message;
        state.refused = { ...state.refused, why, ...(isOtherState ? { until: Date.now() } : {}) };
      }
    });
  }

  /** Moves the notebook's auto-stop to the new end of the lease. It applies from the next start of the notebook. */
  followEnd(term: LeaseTerm): void {
    const { spec, resources } = this.op.state;
    if (resources.notebooks.length === 0 || spec?.notebook === undefined || isCurrentNotebook(spec.notebook)) return;
    const own = spec.notebook.autoStop?.duration;
    const ownMs = own === undefined ? null : parseDuration(own);
    this.set({ autoStopMs: leasedAutoStop(ownMs, term.endsAt - Date.now()) });
    this.sendAutoStop();
  }

  private get state(): BackgroundTasks {
    return this.op.state.backgroundTasks;
  }

  private set(change: Partial<BackgroundTasks>): void {
    this.op.state.backgroundTasks = { ...this.op.state.backgroundTasks, ...change };
  }

  private async settings() {
    const { name } = this.op.state.progress;
    this.op.state.identity ??= await firstCalls(name).identify({ name });
    return this.op.state.identity.settings;
  }

  private deliver(event: LeaseEvent): void {
    const url = this.op.state.spec?.lease?.webhook;
    const left = Date.parse(event.at) + deliveryLimitMs - Date.now();
    if (url === undefined || left <= 0) {
      this.giveUp(event, 'six hours have passed');
      return;
    }
    runBeside(async () => {
      try {
        await deliveries(left, `${event.event} of ${event.name}`).sendWebhook({ url, event });
        this.set({ undelivered: this.state.undelivered.filter(({ id }) => id !== event.id) });
      } catch (error) {
        if (!isFailure(error)) throw error;
        this.giveUp(event, describeFailure(error, null).message);
      }
    });
  }

  private giveUp(event: LeaseEvent, reason: string): void {
    if (!this.state.undelivered.some(({ id }) => id === event.id)) return;
    this.set({ undelivered: this.state.undelivered.filter(({ id }) => id !== event.id) });
    this.op.audit('webhook', this.op.state.progress.workflowId, `${event.event} was not delivered: ${reason}`);
  }

  private async observeOnce(): Promise<void> {
    const settings = await this.settings();
    const { name } = this.op.state.progress;
    const { pool, notebooks } = this.op.state.resources;
    const notebook = notebooks[0] ?? null;
    const seen = await backgroundTasks(settings, `resources of ${name}`).observeLeased({ pool, notebook });
    // During a removal, the removal shows the resources.
    if (this.op.state.removalCause !== null) return;
    // Drop texts that may be long: the observation is carried over continue-as-new.
    this.op.state.observed = {
      ...seen,
      pool: seen.pool === null ? null : { ...seen.pool, message: null },
      notebook: seen.notebook === null ? null : { ...seen.notebook, failure: null },
    };
    if (seen.pool !== null) this.op.update({ pool: observedPool(seen.pool, seen.at) });
    if (notebook === null) return;
    const shown = seen.notebook === null ? unobservedNotebook(notebook.id) : observedNotebook(seen.notebook, seen.at);
    this.op.update({ notebook: shown });
    const stopsAt = Date.parse(shown.autoStopAt ?? '');
    this.set({
      lookAt: stopsAt > Date.now() ? stopsAt + afterStopMs : null,
      runTime: observedRunTime(this.state.runTime ?? null, seen.notebook),
    });
    if (this.state.runTime == null || this.state.tagged === notebook.id) return;
    this.set({ tagged: notebook.id });
    await tag(this.op, settings);
  }

  private sendAutoStop(): void {
    if (this.isSettingAutoStop) return;
    this.isSettingAutoStop = true;
    runBeside(async () => {
      while (this.state.autoStopMs !== null) {
        const { autoStopMs } = this.state;
        await this.setAutoStop(autoStopMs);
        if (this.state.autoStopMs === autoStopMs) this.set({ autoStopMs: null });
      }
      this.isSettingAutoStop = false;
      this.observe();
    });
  }

  private async setAutoStop(autoStopMs: number): Promise<void> {
    const { progress, resources, removalCause } = this.op.state;
    const [notebook] = resources.notebooks;
    if (notebook === undefined || removalCause !== null) return;
    try {
      const settings = await this.settings();
      const outcome = await backgroundTasks(settings, `notebook ${progress.name}`).setAutoStop({
        notebook,
        autoStopMs,
      });
      if (outcome.outcome === 'sent' || (outcome.outcome === 'notSent' && outcome.reason === 'already')) return;
      this.recordUnset(outcome.why);
    } catch (error) {
      if (!isFailure(error)) throw error;
      this.recordUnset(describeFailure(error, null).message);
    }
  }

  private recordUnset(why: string): void {
    // A notebook that is being removed needs no automatic stop.
    if (this.op.state.removalCause !== null) return;
    const { workflowId } = this.op.state.progress;
    this.op.audit('auto-stop', workflowId, `the notebook's auto-stop was not changed: ${why}`);
  }
}

/** A cancel of the lease starts a removal, and background tasks continue during it. */
function runBeside(backgroundTask: () => Promise<void>): void {
  inBackground(() => CancellationScope.nonCancellable(backgroundTask));
}
