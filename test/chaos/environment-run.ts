import type { Progress } from '../../src/contract/progress.js';
import type { Testbed } from '../support/testbed.js';
import type { HttpCall } from '../support/virtual-http.js';
import type { WorkflowRun } from '../temporal-sim/workflow-run.js';
import { act, actAfter, cross, type Stage } from './actions.js';
import type { ChaosSeed, DrawnJob } from './chaos-seed.js';
import { type ChaosOptions, type ChaosResult, startChaosTestbed } from './chaos-testbed.js';
import { CommandTexts } from './command-texts.js';
import { doubleOfCreate } from './duplicate-create.js';
import { EnvironmentJudge, names } from './environment-judge.js';
import { Jobs } from './jobs.js';
import { JobsJudge } from './jobs-judge.js';
import { LastObservations } from './last-observations.js';
import { Operator } from './operator.js';
import { PauseJudge } from './pause-judge.js';
import { Random } from './random.js';
import { scenarioOf } from './seed.js';
import { TryNowSender } from './try-now.js';

const minute = 60_000;
/** Every scenario has an end: all deadlines, undo times and pauses in it are far shorter. */
const horizonMs = 36 * 60 * minute;

/** Plays the scenario of a seed to its end and judges it. */
export async function playChaos(seed: number, options: ChaosOptions = {}): Promise<ChaosResult> {
  return await playScenario(scenarioOf(seed), options);
}

export async function playScenario(scenario: ChaosSeed, options: ChaosOptions = {}): Promise<ChaosResult> {
  return await new Chaos(scenario, options).play();
}

class Chaos {
  private readonly problems = new Set<string>();
  private readonly random: Random;
  private readonly words: CommandTexts;
  private readonly tryNow: TryNowSender;
  private readonly pauseJudge = new PauseJudge();
  private readonly looks = new LastObservations(names);
  private readonly activationsOf = new Map<string, number>();
  private testbed: Testbed | null = null;
  private deaths = 0;
  private readonly operator: Operator;
  private readonly jobs: Jobs;
  private readonly jobsJudge: JobsJudge;
  private actionsLeft: number;
  private judge: EnvironmentJudge | null = null;

  constructor(
    private readonly scenario: ChaosSeed,
    private readonly options: ChaosOptions,
  ) {
    this.random = new Random(scenario.seed ^ 0x5eed);
    this.words = new CommandTexts(scenario.seed);
    this.tryNow = new TryNowSender(scenario.seed);
    this.operator = new Operator(scenario, this.random);
    this.jobs = new Jobs(scenario.jobs, scenario.faults);
    this.jobsJudge = new JobsJudge(scenario, !scenario.actions.some(({ what }) => what === 'freezeWorker'));
    this.actionsLeft = scenario.actions.length;
  }

  async play(): Promise<ChaosResult> {
    const { scenario } = this;
    const testbed = await this.begin();
    this.testbed = testbed;
    const judge = this.judgeOf(testbed);
    this.judge = judge;
    const { temporal, simulator } = testbed;
    let last: Progress | null = null;
    try {
      judge.judgeResources();
      simulator.onChange(() => judge.judgeResources());
      await this.start(scenario.workflowType, scenario.workflowId, scenario.document);
      for (const action of scenario.actions)
        this.plan(temporal.now() + action.at, () => this.traced(action.what, act(action, this.stage)));
      await this.untilRest(judge);
      for (const after of scenario.afters) {
        this.plan(temporal.now() + this.random.between(0, 20) * minute, () =>
          this.traced(after, actAfter(after, this.stage)),
        );
        this.actionsLeft = 1;
        await this.untilRest(judge);
      }
      last = await testbed.progress(scenario.workflowId);
      await judge.judgeRest();
      // Every death of a worker replays runs too, at moments of its own; all of them again cost a tenth of the time.
      if (scenario.seed % 4 === 0) await temporal.verifyReplays();
    } catch (error) {
      this.problem(describeError(error));
    } finally {
      await testbed.dispose();
    }
    const failure = last?.failure?.type;
    return {
      seed: scenario.seed,
      ending: last === null ? 'none' : failure === undefined ? last.phase : `${last.phase} ${failure}`,
      problems: [...this.problems],
      faultsHit: judge.faultsHit(),
      deaths: this.deaths,
      calls: testbed.calls(),
      activations: temporal.activations,
      tryNow: this.tryNow.answers,
    };
  }

  private async begin(): Promise<Testbed> {
    const { scenario, options } = this;
    const now = () => this.here.temporal.now();
    return await startChaosTestbed(scenario, options, {
      random: this.random,
      dies: (share) => this.dies(share),
      onActivation: (run) => this.crossAt(run),
      problem: (what) => this.problem(what),
      sent: (call) => {
        if (this.testbed !== null) this.judgeSent(call, this.testbed);
      },
      answered: (call) => {
        if (this.testbed === null) return;
        this.looks.note(call, this.testbed.simulator);
        this.jobsJudge.answered(call, this.testbed.simulator);
      },
      interceptors: [this.pauseJudge.recorder(now), this.looks.recorder(), this.jobsJudge.recorder(now)],
    });
  }

  private judgeOf(testbed: Testbed): EnvironmentJudge {
    const { scenario, jobs, jobsJudge, pauseJudge, looks: observations } = this;
    return new EnvironmentJudge({
      scenario,
      testbed,
      jobs,
      jobsJudge,
      pauseJudge,
      observations,
      problem: (what) => this.problem(what),
      trace: (line) => this.options.trace?.(line),
      onOpen: ({ workflowId }, progress) => {
        this.tryNow.retrySome(progress, scenario.retriedNow, this.surroundings);
        if (workflowId === scenario.workflowId) this.operator.answer(progress, this.stage);
      },
    });
  }

  private judgeSent(sent: HttpCall, { simulator, temporal }: Testbed): void {
    const double = doubleOfCreate(sent, simulator);
    if (double !== null) this.problem(double);
    for (const job of this.jobs.before(sent)) this.startJob(job);
    this.jobsJudge.sent(sent, temporal.now());
  }

  private startJob(job: DrawnJob): void {
    const started = this.jobs.start(job, this.here.simulator);
    if (started !== null) this.options.trace?.(`*** job ${JSON.stringify(started)}`);
  }

  /** Cancels, pauses or retries a workflow while a worker is busy with its task. */
  private crossAt(run: WorkflowRun): void {
    if (this.testbed === null) return;
    const count = (this.activationsOf.get(run.workflowId) ?? 0) + 1;
    this.activationsOf.set(run.workflowId, count);
    for (const crossing of this.scenario.crossings) {
      if (crossing.atActivation !== count) continue;
      const what = cross(crossing, run, this.stage);
      if (what !== null) this.options.trace?.(`*** ${what}`);
    }
  }

  private dies(share: number): boolean {
    if (share === 0 || this.deaths >= this.scenario.deaths.most || !this.random.chance(share)) return false;
    this.deaths += 1;
    return true;
  }

  private get here(): Testbed {
    if (this.testbed === null) throw new Error('The scenario has not begun.');
    return this.testbed;
  }

  private get stage(): Stage {
    const { scenario } = this;
    return {
      testbed: this.here,
      scenario,
      words: this.words,
      tryNow: (workflowId) => this.tryNow.send(workflowId, this.surroundings),
      problem: (what) => this.problem(what),
      startJob: (job) => this.startJob(job),
      start: (type, id, document) => this.start(type, id, document),
      later: (ms, action) => this.later(ms, action),
    };
  }

  private get surroundings() {
    return {
      client: this.here.temporal.client,
      now: this.here.temporal.now(),
      later: (ms: number, send: () => Promise<unknown>) => this.later(ms, send),
      problem: (what: string) => this.problem(what),
    };
  }

  private later(ms: number, action: () => unknown): void {
    this.actionsLeft += 1;
    this.plan(this.here.temporal.now() + ms, action);
  }

  private problem(what: string): void {
    this.options.trace?.(`!!! ${what}`);
    this.problems.add(what);
  }

  private async traced(what: string, action: Promise<unknown>): Promise<unknown> {
    this.options.trace?.(`*** ${what}`);
    return await action;
  }

  /** Does something at a time. Its outcome is ignored, because a command may be refused. */
  private plan(at: number, action: () => unknown): void {
    this.here.temporal.clock.schedule(at, () => {
      const done = () => {
        this.actionsLeft -= 1;
      };
      Promise.resolve().then(action).then(done, done);
    });
  }

  private async start(workflowType: string, workflowId: string, document: unknown): Promise<void> {
    const { temporal } = this.here;
    const run = await temporal.start(workflowType, workflowId, [document]);
    this.judge?.started(workflowId, run.runId);
  }

  /** Lets things happen until nothing but leases is open and no action is left. */
  private async untilRest(judge: EnvironmentJudge): Promise<void> {
    const { temporal } = this.here;
    const end = temporal.now() + horizonMs;
    for (;;) {
      const { activations } = temporal;
      const isOver = () => this.actionsLeft <= 0 && judge.isAtRest();
      await temporal.run({
        until: () => temporal.activations !== activations || isOver(),
        maxTime: Math.max(1, end - temporal.now()),
      });
      await judge.judgeProgress();
      if (isOver()) return;
      if (temporal.now() >= end) {
        // A lease that waits for jobs without end is at rest, although somebody still retries it now and then.
        if (judge.isAtRest()) return;
        throw new Error(`no end: ${(await judge.describeOpen()).join(', ')}`);
      }
    }
  }
}

function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.name}: ${error.message} ${error.stack?.split('\n').slice(1, 4).join(' ') ?? ''}`;
}
