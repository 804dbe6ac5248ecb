import type { CommandAnswer } from '../../src/contract/messages.js';
import type { Progress } from '../../src/contract/progress.js';
import { oversized } from '../support/payload-sizes.js';
import { startTestbed, type Testbed } from '../support/testbed.js';
import { judgeStatus } from './cancel-judge.js';
import { CommandTexts } from './command-texts.js';
import { type Asked, judgeLeaseRace } from './lease-judge.js';
import { type LeaseAct, type LeaseScenario, leaseSeedOf } from './lease-seed.js';
import { leasedEnvironment, name, placed } from './leased-environment.js';
import { LeasedNotebook } from './leased-notebook.js';
import { PauseJudge } from './pause-judge.js';
import { Random } from './random.js';
import { judgeTryNow, TryNowSender } from './try-now.js';

const minute = 60_000;
const hour = 60 * minute;
const workflowId = `lease/${name}`;
const teardown = `teardown/${name}`;
/** What became of a race. */
export interface LeaseRaceResult {
  readonly seed: number;
  readonly ending: string;
  readonly granted: number;
  readonly refused: number;
  readonly deaths: number;
  /** How `tryNow` was answered. */
  readonly tryNow: TryNowSender['answers'];
  /** Empty when no teardown was early or missing, and no extension was applied in part. */
  readonly problems: readonly string[];
}

/** Plays a lease whose extensions, releases, pauses, crashes and end race with each other, and judges it. */
export async function playLeaseRace(seed: number, trace?: (line: string) => void): Promise<LeaseRaceResult> {
  return await new LeaseRace(leaseSeedOf(seed), trace).play();
}

class LeaseRace {
  private readonly problems: string[] = [];
  private readonly random: Random;
  private readonly words: CommandTexts;
  private readonly tryNow: TryNowSender;
  private readonly pauseJudge = new PauseJudge();
  private readonly notebook: LeasedNotebook;
  private readonly asked: Asked[] = [];
  /** When something other than the end was asked to remove the environment. */
  private readonly calledFor: number[] = [];
  /** From when to when it was paused. */
  private readonly pauses: { from: number; to: number }[] = [];
  private testbed: Testbed | null = null;
  private startedAt = 0;
  private deaths = 0;
  private momentsLeft: number;
  private activations = 0;
  /** When a cancel was accepted. */
  private readonly cancels: number[] = [];

  constructor(
    private readonly scenario: LeaseScenario,
    private readonly trace: ((line: string) => void) | undefined,
  ) {
    this.random = new Random(scenario.seed ^ 0x1ea5e);
    this.words = new CommandTexts(scenario.seed);
    this.tryNow = new TryNowSender(scenario.seed);
    this.momentsLeft = scenario.moments.length;
    this.notebook = new LeasedNotebook(scenario);
  }

  async play(): Promise<LeaseRaceResult> {
    const testbed = await this.begin();
    this.testbed = testbed;
    const { temporal, simulator } = testbed;
    this.notebook.watch(simulator);
    let last: Progress | null = null;
    try {
      await temporal.start('leaseEnvironment', workflowId, [
        leasedEnvironment(this.scenario, this.notebook, simulator.state()),
      ]);
      await temporal.run({ until: () => temporal.searchAttributes(workflowId).MaopsLeaseEndsAt !== undefined });
      this.startedAt = this.end() - this.scenario.ttlMs;
      this.planMoment(0);
      for (const ms of this.scenario.tryNows)
        temporal.clock.schedule(this.startedAt + ms, () => this.act({ what: 'tryNow' }));
      await this.untilOver();
      last = await testbed.progress(workflowId);
      this.judge(last);
      await temporal.verifyReplays();
    } catch (error) {
      this.problems.push(
        error instanceof Error ? `${error.message} ${error.stack?.split('\n')[1] ?? ''}` : String(error),
      );
    } finally {
      await testbed.dispose();
    }
    const granted = this.asked.filter(({ answer }) => answer?.lease).length;
    const refused = this.asked.length - granted;
    const { deaths, problems, tryNow } = this;
    const ending = last?.phase ?? 'none';
    return { seed: this.scenario.seed, ending, granted, refused, deaths, tryNow: tryNow.answers, problems };
  }

  private get here(): Testbed {
    if (this.testbed === null) throw new Error('The race has not begun.');
    return this.testbed;
  }

  /** The end that is in force. */
  private end(): number {
    return (this.here.temporal.searchAttributes(workflowId).MaopsLeaseEndsAt as Date).getTime();
  }

  private async begin(): Promise<Testbed> {
    const { scenario, trace } = this;
    const dies = (share: number) => {
      if (share === 0 || this.deaths >= 6 || !this.random.chance(share)) return false;
      this.deaths += 1;
      return true;
    };
    return await startTestbed({
      seed: scenario.seed,
      simulator: this.notebook.simulatorOptions(placed),
      restartMs: scenario.restartMs,
      suggestContinueAsNewAfter: scenario.suggestContinueAsNewAfter,
      latency: () => (scenario.latencyMs === 0 ? 0 : this.random.between(0, scenario.latencyMs)),
      onActivation: (_number, run, commands) => {
        this.problems.push(...oversized(run.workflowId, commands));
        if (run.workflowId === workflowId && this.startedAt > 0) this.crossAt();
        return dies(scenario.deaths.activation)
          ? this.random.pick(['crashBeforeReport', 'crashAfterReport'])
          : 'reported';
      },
      http: {
        beforeSend: () => (dies(scenario.deaths.call) ? 'crash' : 'continue'),
        afterCommit: () => (dies(scenario.deaths.call) ? 'crash' : 'continue'),
      },
      webhook: () =>
        scenario.webhook === 'takes' || (scenario.webhook === 'wavers' && this.random.chance(0.5)) ? 200 : null,
      interceptors: [this.pauseJudge.recorder(() => this.here.temporal.now())],
      ...(trace === undefined ? {} : { trace }),
    });
  }

  /** Each moment is set against the end that is in force when the one before has passed. */
  private planMoment(index: number): void {
    const moment = this.scenario.moments[index];
    const { temporal } = this.here;
    if (moment === undefined) return;
    const from = moment.from === 'start' ? this.startedAt : this.end();
    temporal.clock.schedule(Math.max(temporal.now(), from + moment.offsetMs), () => {
      for (const act of moment.acts) this.act(act);
      this.momentsLeft -= 1;
      this.planMoment(index + 1);
    });
  }

  private crossAt(): void {
    this.activations += 1;
    const { temporal } = this.here;
    for (const { atActivation, act } of this.scenario.crossings)
      if (atActivation === this.activations) temporal.clock.schedule(temporal.now(), () => this.act(act));
  }

  /** Refused and late commands are ignored here. The responses are judged at the end. */
  private act(act: LeaseAct): void {
    const { temporal } = this.here;
    const handle = temporal.client.workflow.getHandle(workflowId);
    const ignore = () => undefined;
    const now = temporal.now();
    this.trace?.(`*** ${JSON.stringify(act)}`);
    switch (act.what) {
      case 'extend': {
        const asked: Asked = { sentAt: now, ms: act.minutes * minute, answer: null };
        this.asked.push(asked);
        const duration = `${act.minutes}m`;
        const key = this.words.key();
        const wish = { ...this.words.command(), duration, key };
        handle.executeUpdate<CommandAnswer, [unknown]>('extendLease', { args: [wish] }).then(
          ({ lease }) => {
            asked.answer = { at: temporal.now(), lease, why: '' };
          },
          (error: unknown) => {
            const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
            asked.answer = { at: temporal.now(), lease: null, why: String(cause) };
          },
        );
        return;
      }
      case 'release':
        this.calledFor.push(now);
        handle.executeUpdate('releaseLease', { args: [this.words.command()] }).catch(ignore);
        return;
      case 'teardown':
        this.calledFor.push(now);
        temporal.start('teardownEnvironment', teardown, [{ name }]).catch(ignore);
        return;
      case 'cancel':
        this.calledFor.push(now);
        handle.cancel().then(() => this.cancels.push(temporal.now()), ignore);
        return;
      case 'tryNow':
        this.tryNow.send(workflowId, {
          client: temporal.client,
          later: (ms, send) => void temporal.clock.schedule(temporal.now() + ms, () => void send()),
          problem: (what) => this.problems.push(what),
        });
        return;
      case 'kill':
        this.deaths += 1;
        temporal.killWorker();
        return;
      case 'pause':
        this.pauses.push({ from: now, to: now + act.forMs });
        handle.signal('pause', this.words.signal()).catch(ignore);
        temporal.clock.schedule(now + act.forMs, () => {
          this.judgePause(now);
          handle.signal('resume', this.words.signal()).catch(ignore);
        });
    }
  }

  /** The first cancel must have ended a pause that came before it. Temporal drops the ones that follow. */
  private judgePause(from: number): void {
    const { temporal } = this.here;
    const heard = temporal.now() - 30_000 - 2 * this.scenario.restartMs;
    const [cancelled = from] = this.cancels;
    const isCancelled = cancelled > from && cancelled < heard;
    const isPausedAgain = this.pauses.some((pause) => pause.from > from);
    const isPaused =
      temporal.status(workflowId) === 'RUNNING' && temporal.searchAttributes(workflowId).MaopsPhase === 'Paused';
    if (isCancelled && !isPausedAgain && isPaused) this.problems.push(`a cancel did not end the pause of ${from}`);
  }

  private isOpen(): boolean {
    return [workflowId, teardown].some((id) => this.here.temporal.status(id) === 'RUNNING');
  }

  private async untilOver(): Promise<void> {
    const { temporal } = this.here;
    const horizon = this.startedAt + this.scenario.maxMs + 3 * 24 * hour;
    await temporal.run({ until: () => !this.isOpen() && this.momentsLeft <= 0, maxTime: horizon - temporal.now() });
    // Commands to a lease that had closed are answered too.
    await temporal.run({ maxTime: 8 * hour });
  }

  private judge(last: Progress): void {
    const { simulator, temporal } = this.here;
    const { scenario, startedAt, asked, calledFor, pauses } = this;
    const removals = simulator
      .requests()
      .filter(({ operation, effect }) => effect !== null && /\.(delete|stop|action)$/.test(operation))
      .map(({ at }) => Date.parse(at));
    const { pools, notebooks, currentNotebooks } = simulator.state();
    const left = pools.length + notebooks.length + currentNotebooks.length;
    const { grants } = this.notebook;
    const known = { scenario, startedAt, last, asked, calledFor, pauses, removals, left, grants };
    this.problems.push(...judgeTryNow(last), ...judgeStatus(temporal.namespace.get(workflowId), last));
    this.problems.push(...this.pauseJudge.judge(temporal.namespace.runs));
    this.problems.push(...judgeLeaseRace({ ...known, shownEnd: this.end(), open: temporal.openWorkflows() }));
  }
}
