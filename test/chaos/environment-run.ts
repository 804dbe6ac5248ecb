import type { Payload } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Progress } from '../../src/contract/progress.js';
import type { Settings } from '../../src/contract/settings.js';
import type { EnvironmentResources } from '../../src/contract/workflows.js';
import { oversized } from '../support/payload-sizes.js';
import { startTestbed, type Testbed } from '../support/testbed.js';
import type { HttpCall } from '../support/virtual-http.js';
import { decoded, payloads } from '../temporal-sim/protocol.js';
import type { WorkflowRun } from '../temporal-sim/workflow-run.js';
import { act, actAfter, cross, type Stage } from './actions.js';
import { judgeCreates, judgePause, judgeSent, judgeStatus } from './cancel-judge.js';
import type { ChaosSeed, DrawnJob } from './chaos-seed.js';
import { CommandTexts } from './command-texts.js';
import { doubleOfCreate } from './duplicate-create.js';
import { type ForeignResource, judgeForeign, newForeignResources } from './foreign-resources.js';
import { Jobs } from './jobs.js';
import { JobsJudge } from './jobs-judge.js';
import { doublesOf, judgeClosing, judgeRest, oursIn } from './judge.js';
import { LastObservations } from './last-observations.js';
import { Operator } from './operator.js';
import { PauseJudge } from './pause-judge.js';
import { ProgressJudge } from './progress-judge.js';
import { Random } from './random.js';
import { chaosName, neighbourName, scenarioOf } from './seed.js';
import { judgeTryNow, TryNowSender } from './try-now.js';

const minute = 60_000;
/** Every scenario has an end: all deadlines, undo times and pauses in it are far shorter. */
const horizonMs = 36 * 60 * minute;
const names = [chaosName, neighbourName];
/** Faults of responses. While they apply, a run may have to wait before it can observe. */
const bends = ['status', 'hang', 'lost', 'halfBody', 'throttle', 'unauthorized', 'forbidden', 'delay'];

/** What became of a seed. */
export interface ChaosResult {
  readonly seed: number;
  /** The operation's last phase, and the type of its failure. */
  readonly ending: string;
  /** Empty when all promises were kept. */
  readonly problems: readonly string[];
  /** How often each kind of fault has acted. */
  readonly faultsHit: Readonly<Record<string, number>>;
  readonly deaths: number;
  readonly calls: number;
  readonly activations: number;
  /** How `tryNow` was answered. */
  readonly tryNow: TryNowSender['answers'];
}

export interface ChaosOptions {
  /** Receives every step of the server, and every call. */
  readonly trace?: (line: string) => void;
  /** A planted mistake: changes what activities do. */
  readonly interceptors?: readonly ActivityInterceptorsFactory[];
  /** A planted mistake: changes what is asked of the service. */
  readonly rewrite?: (path: string) => string;
  /** A planted mistake: changes the worker's settings. */
  readonly settings?: Partial<Settings>;
  /** A planted mistake: changes what a run hands to the one that continues it. */
  readonly carryOver?: (args: unknown[]) => unknown[];
}

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
  private readonly watches = new Map<string, ProgressJudge>();
  private readonly closed = new Set<WorkflowRun>();
  private readonly looks = new LastObservations(names);
  private readonly wasLeased = new Map<string, boolean>();
  private readonly activationsOf = new Map<string, number>();
  private foreigners: ForeignResource[] = [];
  private testbed: Testbed | null = null;
  private deaths = 0;
  private readonly operator: Operator;
  private readonly jobs: Jobs;
  private readonly jobsJudge: JobsJudge;
  private actionsLeft: number;
  private isCalm: boolean;

  constructor(
    private readonly scenario: ChaosSeed,
    private readonly options: ChaosOptions,
  ) {
    this.random = new Random(scenario.seed ^ 0x5eed);
    this.words = new CommandTexts(scenario.seed);
    this.tryNow = new TryNowSender(scenario.seed);
    this.operator = new Operator(scenario, this.random);
    this.jobs = new Jobs(scenario.jobs);
    this.jobsJudge = new JobsJudge(scenario, !scenario.actions.some(({ what }) => what === 'freezeWorker'));
    this.actionsLeft = scenario.actions.length;
    const rough = ['killWorker', 'drainWorker', 'outage', 'cutWorker', 'freezeWorker'];
    this.isCalm =
      scenario.deaths.most + scenario.lostReports === 0 && !scenario.actions.some(({ what }) => rough.includes(what));
  }

  async play(): Promise<ChaosResult> {
    const { scenario } = this;
    const testbed = await this.begin();
    this.testbed = testbed;
    const { temporal, simulator } = testbed;
    const { stage } = this;
    let last: Progress | null = null;
    try {
      this.lookAround();
      simulator.onChange(() => this.lookAround());
      await this.start(scenario.workflowType, scenario.workflowId, scenario.document);
      for (const action of scenario.actions)
        this.plan(temporal.now() + action.at, () => this.traced(action.what, act(action, stage)));
      await this.untilRest();
      for (const after of scenario.afters) {
        this.plan(temporal.now() + this.random.between(0, 20) * minute, () =>
          this.traced(after, actAfter(after, stage)),
        );
        this.actionsLeft = 1;
        await this.untilRest();
      }
      last = await testbed.progress(scenario.workflowId);
      await this.judgeRest();
      // Every death of a worker replays runs too, at moments of its own; all of them again cost a tenth of the time.
      if (scenario.seed % 4 === 0) await temporal.verifyReplays();
    } catch (error) {
      this.problem(
        error instanceof Error
          ? `${error.name}: ${error.message} ${error.stack?.split('\n').slice(1, 4).join(' ') ?? ''}`
          : String(error),
      );
    } finally {
      await testbed.dispose();
    }
    const failure = last?.failure?.type;
    return {
      seed: scenario.seed,
      ending: last === null ? 'none' : failure === undefined ? last.phase : `${last.phase} ${failure}`,
      problems: [...this.problems],
      faultsHit: this.faultsHit(),
      deaths: this.deaths,
      calls: testbed.calls(),
      activations: temporal.activations,
      tryNow: this.tryNow.answers,
    };
  }

  private async begin(): Promise<Testbed> {
    const { scenario, options } = this;
    const { activation, call } = scenario.deaths;
    return await startTestbed({
      seed: scenario.seed,
      simulator: {
        faults: scenario.faults,
        placed: scenario.placed,
        timeForms: scenario.timeForms,
        behavior: {
          deleteRunningNotebook: scenario.deletesRunning ? 'accept' : 'refuse',
          ...scenario.jobs.behavior,
        },
      },
      restartMs: scenario.restartMs,
      suggestContinueAsNewAfter: scenario.suggestContinueAsNewAfter,
      ...(scenario.slots === null ? {} : { slots: scenario.slots }),
      latency: () => (scenario.latencyMs === 0 ? 0 : this.random.between(0, scenario.latencyMs)),
      reportDelay: () =>
        scenario.lostReports > 0 && this.random.chance(scenario.lostReports) ? this.random.between(1, 20_000) : 0,
      onActivation: (_number, run, commands) => {
        this.crossAt(run);
        for (const problem of oversized(run.workflowId, commands)) this.problem(problem);
        return this.dies(activation)
          ? this.random.pick(['crashBeforeReport', 'crashAfterReport'] as const)
          : 'reported';
      },
      http: {
        ...(options.rewrite === undefined ? {} : { rewrite: options.rewrite }),
        beforeSend: (sent) => {
          options.trace?.(`    ${sent.method} ${sent.path}`);
          if (this.testbed !== null) this.judgeSent(sent, this.testbed);
          return this.dies(call) ? 'crash' : 'continue';
        },
        afterCommit: (answered) => {
          if (this.testbed !== null) {
            this.looks.note(answered, this.testbed.simulator);
            this.jobsJudge.answered(answered, this.testbed.simulator);
          }
          return this.dies(call) ? 'crash' : 'continue';
        },
      },
      ...(options.settings === undefined ? {} : { settings: options.settings }),
      ...(options.carryOver === undefined ? {} : { carryOver: (args) => rewritten(args, options.carryOver) }),
      interceptors: [
        this.pauseJudge.recorder(() => this.here.temporal.now()),
        this.looks.recorder(),
        this.jobsJudge.recorder(() => this.here.temporal.now()),
        ...(options.interceptors ?? []),
      ],
      ...(options.trace === undefined ? {} : { trace: options.trace }),
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

  /** Cancels, pauses or hurries a workflow while a worker is busy with its task. */
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

  private faultsHit(): Record<string, number> {
    const hits: Record<string, number> = {};
    for (const { fault, hit } of this.here.simulator.faults.report())
      if (hit > 0) hits[fault.kind] = (hits[fault.kind] ?? 0) + hit;
    return hits;
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

  private lookAround(): void {
    const { simulator } = this.here;
    const state = simulator.view();
    for (const name of names) for (const problem of doublesOf(oursIn(state, { name }))) this.problem(problem);
    const since = simulator.requests().at(-1)?.seq ?? 0;
    this.foreigners.push(...newForeignResources(state, this.foreigners, since));
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
    this.wasLeased.set(run.runId, temporal.status(leaseOf(workflowId)) === 'RUNNING');
  }

  /** Lets things happen until nothing but leases is open and no action is left. */
  private async untilRest(): Promise<void> {
    const { temporal } = this.here;
    const end = temporal.now() + horizonMs;
    for (;;) {
      const { activations } = temporal;
      const isOver = () =>
        this.actionsLeft <= 0 && temporal.namespace.runs.every((run) => !run.isOpen || isAtRest(run));
      const isAtRest = ({ workflowId }: WorkflowRun) =>
        workflowId.startsWith('lease/') && temporal.searchAttributes(workflowId).MaopsPhase === 'Leased';
      await temporal.run({
        until: () => temporal.activations !== activations || isOver(),
        maxTime: Math.max(1, end - temporal.now()),
      });
      await this.look();
      if (isOver()) return;
      if (temporal.now() >= end) {
        const open = await Promise.all(
          temporal.openWorkflows().map(async (id) => {
            const { phase, why } = await this.here.progress(id);
            return `${id} ${phase} (${why})`;
          }),
        );
        throw new Error(`no end: ${open.join(', ')}`);
      }
    }
  }

  /** Looks at every progress, judges what has just closed, and answers what waits for an operator. */
  private async look(): Promise<void> {
    const { temporal } = this.here;
    for (const run of temporal.namespace.runs) {
      if (this.closed.has(run)) continue;
      if (run.isOpen && run.cached.history.length === 0) continue;
      if (!run.isOpen) this.closed.add(run);
      if (run.status !== 'CONTINUED_AS_NEW') this.see(run, await temporal.observe<Progress>(run, 'progress'));
    }
  }

  private see(run: WorkflowRun, progress: Progress): void {
    const { scenario } = this;
    const { temporal, simulator } = this.here;
    const { workflowId } = run;
    const watch = this.watches.get(workflowId) ?? new ProgressJudge();
    this.watches.set(workflowId, watch);
    for (const problem of [...watch.see(progress), ...judgeTryNow(progress)]) this.problem(problem);
    if (run.isOpen) {
      this.tryNow.hurry(progress, scenario.hurried, this.surroundings);
      for (const problem of judgePause(temporal.namespace.runs, run, progress, temporal.now())) this.problem(problem);
      if (workflowId === scenario.workflowId) this.operator.answer(progress, this.stage);
      return;
    }
    this.options.trace?.(
      `=== ${workflowId} ${run.status} ${progress.phase} ${progress.failure?.type ?? ''}: ${progress.why}`,
    );
    if (bends.some((kind) => this.faultsHit()[kind] !== undefined)) this.isCalm = false;
    const name = nameOf(workflowId);
    const isOpen = (id: string) => temporal.status(id) === 'RUNNING';
    const isCreating = /^(env|pool|notebook)\//.test(workflowId);
    const problems = judgeClosing({
      progress,
      ours: oursIn(simulator.view(), isCreating ? { name, workflowId } : { name }),
      isOwned:
        isOpen(leaseOf(workflowId)) ||
        isOpen(`teardown/${name}`) ||
        isOpen(workflowId) ||
        // A teardown that refuses has cancelled nothing.
        (progress.failure?.type === 'Busy' && creatingIds(name).some(isOpen)),
      wasLeased:
        (isCreating && isOpen(`teardown/${name}`)) ||
        (run.workflowId === leaseOf(workflowId)
          ? isOpen(`teardown/${name}`)
          : isOpen(leaseOf(workflowId)) && (this.wasLeased.get(run.runId) ?? true)),
      keeps:
        workflowId === scenario.workflowId
          ? { failed: scenario.keepsFailed, cancelled: scenario.keepsCancelled }
          : { failed: false, cancelled: false },
      mayBeBusy: this.jobs.mayBeBusy(name),
      looks: { ...this.looks.until(run.runId, name), now: temporal.now(), isCalm: this.isCalm },
    });
    for (const problem of [...problems, ...judgeStatus(run, progress)]) this.problem(problem);
  }

  private async judgeRest(): Promise<void> {
    const { temporal, simulator } = this.here;
    const leaseOn = (name: string) => temporal.namespace.find(`lease/${name}`);
    // A run that has just continued as new reports progress when a worker picks it up.
    for (const name of names) {
      const begun = leaseOn(name)?.begun.promise;
      if (begun !== undefined) await temporal.during(begun);
    }
    const { runs } = temporal.namespace;
    for (const problem of [...judgeCreates(runs), ...judgeSent(runs, simulator), ...this.pauseJudge.judge(runs)])
      this.problem(problem);
    const state = simulator.state();
    for (const problem of this.jobsJudge.judge(state.workloadIncidents)) this.problem(problem);
    for (const name of names) {
      const lease = leaseOn(name);
      const owned = lease?.isOpen === true ? await temporal.observe<EnvironmentResources>(lease, 'owned') : null;
      for (const problem of judgeRest(name, oursIn(state, { name }), owned)) this.problem(problem);
    }
    for (const problem of judgeForeign(this.foreigners, state, simulator.requests())) this.problem(problem);
  }
}

/** The last part of a workflow id: `env/team-a`, `change/notebook/team-a`. */
function nameOf(workflowId: string): string {
  return workflowId.slice(workflowId.lastIndexOf('/') + 1);
}

/** The operations that create something under a name. */
function creatingIds(name: string): string[] {
  return ['env', 'pool', 'notebook'].map((kind) => `${kind}/${name}`);
}

function leaseOf(workflowId: string): string {
  return `lease/${nameOf(workflowId)}`;
}

function rewritten(args: Payload[], rewrite: ChaosOptions['carryOver']): Payload[] {
  return rewrite === undefined ? args : payloads(rewrite(args.map(decoded)));
}
