import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Progress } from '../../../src/contract/progress.js';
import type { Settings } from '../../../src/contract/settings.js';
import type { EnvironmentResources } from '../../../src/contract/workflows.js';
import {
  doublesOf,
  judgeClosing,
  judgeRest,
  judgeStrangers,
  newStrangers,
  oursIn,
  ProgressWatch,
  type Stranger,
} from './chaos-oracle.js';
import { type After, type ChaosStory, chaosName, type Deed, storyOf } from './chaos-story.js';
import { Dice } from './dice.js';
import { startVirtualStack, type VirtualStack } from './environment.js';
import type { HttpCall } from './http.js';
import type { WorkflowRun } from './run.js';

const minute = 60_000;
/** Every story has an end: all deadlines, undo times and pauses in it are far shorter. */
const horizonMs = 36 * 60 * minute;
const lease = `lease/${chaosName}`;
const teardown = `teardown/${chaosName}`;
const change = `change/notebook/${chaosName}`;

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
}

export interface ChaosOptions {
  /** Told every step of the world, and every call. */
  readonly trace?: (line: string) => void;
  /** A planted mistake: changes what activities do. */
  readonly interceptors?: readonly ActivityInterceptorsFactory[];
  /** A planted mistake: changes the worker's settings. */
  readonly settings?: Partial<Settings>;
}

/** Plays the story of a seed to its end and judges it. */
export async function playChaos(seed: number, options: ChaosOptions = {}): Promise<ChaosResult> {
  return await playStory(storyOf(seed), options);
}

export async function playStory(story: ChaosStory, options: ChaosOptions = {}): Promise<ChaosResult> {
  return await new Chaos(story, options).play();
}

class Chaos {
  private readonly problems = new Set<string>();
  private readonly dice: Dice;
  private readonly watches = new Map<string, ProgressWatch>();
  private readonly closed = new Set<WorkflowRun>();
  private strangers: Stranger[] = [];
  private stack: VirtualStack | null = null;
  private deaths = 0;
  private retries = 0;
  private answered = '';
  private wasLeased = new Map<string, boolean>();
  private deedsLeft: number;

  constructor(
    private readonly story: ChaosStory,
    private readonly options: ChaosOptions,
  ) {
    this.dice = new Dice(story.seed ^ 0x5eed);
    this.deedsLeft = story.deeds.length;
  }

  async play(): Promise<ChaosResult> {
    const { story } = this;
    const stack = await this.begin();
    this.stack = stack;
    const { world, simulator } = stack;
    let last: Progress | null = null;
    try {
      this.lookAround();
      simulator.onChange(() => this.lookAround());
      await this.startOperation();
      for (const deed of story.deeds) this.plan(world.now() + deed.at, () => this.act(deed));
      await this.untilRest();
      for (const after of story.afters) {
        this.plan(world.now() + this.dice.between(0, 20) * minute, () => this.actAfter(after));
        this.deedsLeft = 1;
        await this.untilRest();
      }
      last = await stack.progress(story.workflowId);
      await this.judgeRest();
      await world.verifyReplays();
    } catch (error) {
      this.problem(
        error instanceof Error
          ? `${error.name}: ${error.message} ${error.stack?.split('\n').slice(1, 4).join(' ') ?? ''}`
          : String(error),
      );
    } finally {
      await stack.dispose();
    }
    const faultsHit: Record<string, number> = {};
    for (const { fault, hit } of simulator.faults.report())
      if (hit > 0) faultsHit[fault.kind] = (faultsHit[fault.kind] ?? 0) + hit;
    const failure = last?.failure?.type;
    return {
      seed: story.seed,
      ending: last === null ? 'none' : failure === undefined ? last.phase : `${last.phase} ${failure}`,
      problems: [...this.problems],
      faultsHit,
      deaths: this.deaths,
      calls: stack.calls(),
      activations: world.activations,
    };
  }

  private async begin(): Promise<VirtualStack> {
    const { story, options } = this;
    const { activation, call } = story.deaths;
    return await startVirtualStack({
      seed: story.seed,
      simulator: { faults: story.faults, placed: story.placed },
      restartMs: story.restartMs,
      suggestContinueAsNewAfter: story.suggestContinueAsNewAfter,
      latency: () => (story.latencyMs === 0 ? 0 : this.dice.between(0, story.latencyMs)),
      fate: () => (this.dies(activation) ? this.dice.pick(['diesBeforeReport', 'diesAfterReport'] as const) : 'lives'),
      http: {
        beforeSend: (sent) => {
          options.trace?.(`    ${sent.method} ${sent.path}`);
          this.refuseSecondCreate(sent);
          return this.dies(call) ? 'dies' : 'goes on';
        },
        afterCommit: () => (this.dies(call) ? 'dies' : 'goes on'),
      },
      ...(options.settings === undefined ? {} : { settings: options.settings }),
      ...(options.interceptors === undefined ? {} : { interceptors: options.interceptors }),
      ...(options.trace === undefined ? {} : { trace: options.trace }),
    });
  }

  private dies(share: number): boolean {
    if (share === 0 || this.deaths >= this.story.deaths.most || !this.dice.chance(share)) return false;
    this.deaths += 1;
    return true;
  }

  private get here(): VirtualStack {
    if (this.stack === null) throw new Error('The story has not begun.');
    return this.stack;
  }

  private problem(what: string): void {
    this.options.trace?.(`!!! ${what}`);
    this.problems.add(what);
  }

  private lookAround(): void {
    const { simulator } = this.here;
    const state = simulator.state();
    for (const problem of doublesOf(oursIn(state))) this.problem(problem);
    const since = simulator.requests().at(-1)?.seq ?? 0;
    this.strangers.push(...newStrangers(state, this.strangers, since));
  }

  /** No create may be sent while what an earlier one made is there. */
  private refuseSecondCreate({ method, path }: HttpCall): void {
    if (method !== 'POST' || this.stack === null) return;
    const ours = oursIn(this.stack.simulator.state());
    const there = /\/pools(\?|$)/.test(path)
      ? ours.pools.filter(({ deletedAt }) => deletedAt === undefined)
      : /\/demanager\/instances(\?|$)/.test(path)
        ? ours.notebooks.filter(({ status }) => status !== 'DELETING')
        : [];
    if (there.length > 0)
      this.problem(`a create was sent although ${there.map(({ id }) => id).join()} is there: POST ${path}`);
  }

  /** Does something at a moment; what it comes to is nobody's concern, as a command may well be refused. */
  private plan(at: number, act: () => unknown): void {
    this.here.world.agenda.schedule(at, () => {
      const done = () => {
        this.deedsLeft -= 1;
      };
      Promise.resolve().then(act).then(done, done);
    });
  }

  private async startOperation(document: unknown = this.story.document): Promise<void> {
    const { workflowType, workflowId } = this.story;
    const { world } = this.here;
    const run = await world.start(workflowType, workflowId, [document]);
    this.wasLeased.set(run.runId, world.status(lease) === 'RUNNING');
  }

  private async act(deed: Deed): Promise<unknown> {
    const { world, simulator } = this.here;
    const { workflowId } = this.story;
    const by = 'chaos';
    this.options.trace?.(`*** ${deed.what}`);
    const place = async (kind: 'pools' | 'notebooks', body: Record<string, unknown>) =>
      await simulator.handle({ method: 'POST', path: `/_sim/${kind}`, headers: {}, body: JSON.stringify(body) });
    switch (deed.what) {
      case 'cancel':
        await world.signal(workflowId, 'note', { verb: 'cancel', by, reason: 'chaos' });
        return await world.cancel(workflowId);
      case 'teardown':
        return await world.start('teardownEnvironment', teardown, [{ name: chaosName }]);
      case 'startAgain':
        return await this.startOperation();
      case 'startOther':
        return await this.startOperation({
          ...this.story.document,
          deadlines: { pool: '80m', notebook: '15m' },
          onFailure: 'rollback',
        });
      case 'pause':
        this.deedsLeft += 1;
        this.plan(world.now() + (deed.forMs ?? 0), () => world.signal(workflowId, 'resume', { by }));
        return await world.signal(workflowId, 'pause', { by, reason: 'chaos' });
      case 'killWorker':
        return world.killWorker();
      case 'drainWorker':
        return world.stopWorker();
      case 'addWorker':
        return world.startWorker();
      case 'squatPool':
        if (simulator.state().pools.some(({ name }) => name === chaosName)) return;
        return await place('pools', { name: chaosName, description: 'of someone else' });
      case 'squatNotebook':
        if (simulator.state().notebooks.some(({ name }) => name === chaosName)) return;
        return await place('notebooks', { name: chaosName, user: 'ops' });
      case 'guest': {
        const pool = oursIn(simulator.state()).pools.find(({ phase }) => phase === 'Running');
        return pool === undefined ? undefined : await place('notebooks', { name: 'guest', pool: pool.id });
      }
      case 'stranger':
        return await place('pools', { name: `stranger-${simulator.state().pools.length}` });
    }
  }

  private async actAfter(after: After): Promise<unknown> {
    const { world, simulator } = this.here;
    this.options.trace?.(`*** ${after}`);
    const command = { by: 'chaos', reason: 'chaos' };
    switch (after) {
      case 'teardown':
        return await world.start('teardownEnvironment', teardown, [{ name: chaosName }]);
      case 'release':
        return await world.client.workflow.getHandle(lease).executeUpdate('releaseLease', { args: [command] });
      case 'cancelLease':
        return await world.cancel(lease);
      case 'startAgain':
        return await this.startOperation();
      case 'stopNotebook':
      case 'startNotebook': {
        // An operator may stop any notebook by its name; a stranger's is not what is tried here.
        if (oursIn(simulator.state()).notebooks.length === 0) return;
        const verb = after === 'stopNotebook' ? 'stop' : 'start';
        return await world.start('changeResource', change, [
          { kind: 'notebook', name: chaosName, change: verb, ...command },
        ]);
      }
    }
  }

  /** Lets things happen until nothing but the lease is open and no deed is left. */
  private async untilRest(): Promise<void> {
    const { world } = this.here;
    const end = world.now() + horizonMs;
    for (;;) {
      const { activations } = world;
      const isOver = () =>
        this.deedsLeft <= 0 &&
        world.namespace.runs.every((run) => !run.isOpen || run.workflowId === lease) &&
        this.isLeaseAtRest();
      await world.run({
        until: () => world.activations !== activations || isOver(),
        maxTime: Math.max(1, end - world.now()),
      });
      await this.look();
      if (isOver()) return;
      if (world.now() >= end) {
        const open = await Promise.all(
          world.openWorkflows().map(async (id) => {
            const { phase, why } = await this.here.progress(id);
            return `${id} ${phase} (${why})`;
          }),
        );
        throw new Error(`no end: ${open.join(', ')}`);
      }
    }
  }

  private isLeaseAtRest(): boolean {
    const { world } = this.here;
    if (world.status(lease) !== 'RUNNING') return true;
    return world.searchAttributes(lease).MaopsPhase === 'Leased';
  }

  /** Looks at every progress, judges what has just closed, and answers what waits for an operator. */
  private async look(): Promise<void> {
    const { world } = this.here;
    for (const run of world.namespace.runs) {
      if (this.closed.has(run)) continue;
      if (run.isOpen && run.replica.history.length === 0) continue;
      if (!run.isOpen) this.closed.add(run);
      if (run.status === 'CONTINUED_AS_NEW') continue;
      if (!world.workers.some(({ accepting }) => accepting)) return;
      const progress = (await world.client.workflow.getHandle(run.workflowId, run.runId).query('progress')) as Progress;
      this.see(run, progress);
    }
  }

  private see(run: WorkflowRun, progress: Progress): void {
    const { story } = this;
    const { world, simulator } = this.here;
    const watch = this.watches.get(run.workflowId) ?? new ProgressWatch();
    this.watches.set(run.workflowId, watch);
    for (const problem of watch.see(progress)) this.problem(problem);
    if (run.isOpen) {
      if (run.workflowId === story.workflowId) this.answer(progress);
      return;
    }
    this.options.trace?.(
      `=== ${run.workflowId} ${run.status} ${progress.phase} ${progress.failure?.type ?? ''}: ${progress.why}`,
    );
    const hit = new Set(
      simulator.faults
        .report()
        .filter((report) => report.hit > 0)
        .map(({ fault }) => String(fault.kind)),
    );
    const isOpen = (id: string) => world.status(id) === 'RUNNING';
    const first = world.namespace.runs.find(({ workflowId, isOpen: open }) => workflowId === run.workflowId && open);
    const problems = judgeClosing({
      progress,
      ours: oursIn(simulator.state()),
      isOwned: isOpen(lease) || isOpen(teardown) || first !== undefined || isOpen(story.workflowId),
      wasLeased: run.workflowId === lease ? isOpen(teardown) : isOpen(lease) && (this.wasLeased.get(run.runId) ?? true),
      keeps: { failed: story.keepsFailed, cancelled: story.keepsCancelled },
      hit,
    });
    for (const problem of problems) this.problem(problem);
  }

  /** The operator's and the approver's part. */
  private answer({ awaiting, steps, workflowId }: Progress): void {
    const { operator, approver } = this.story;
    const { world } = this.here;
    if (
      awaiting === null ||
      awaiting.verbs.length === 0 ||
      awaiting.kind === 'capacity' ||
      awaiting.since === this.answered
    )
      return;
    this.answered = awaiting.since;
    const by = 'chaos';
    const update = (name: string, argument: Record<string, unknown>) => {
      this.deedsLeft += 1;
      this.plan(world.now() + this.dice.between(0, 600) * 1000, () =>
        world.client.workflow.getHandle(workflowId).executeUpdate(name, { args: [argument] }),
      );
    };
    if (awaiting.kind === 'approval') {
      if (approver !== 'silent') update(approver, { by, reason: 'chaos' });
      return;
    }
    if (operator === 'silent') return;
    const failed = steps.find(({ state }) => state === 'failed');
    this.retries += 1;
    const verb = awaiting.verbs.includes(operator) && this.retries <= 3 ? operator : 'rollback';
    update('resolve', { verb, by, reason: 'chaos', step: failed?.name, attempt: failed?.attempt });
  }

  private async judgeRest(): Promise<void> {
    const { world, simulator } = this.here;
    const owned =
      world.status(lease) === 'RUNNING'
        ? ((await world.client.workflow.getHandle(lease).query('owned')) as EnvironmentResources)
        : null;
    const state = simulator.state();
    for (const problem of judgeRest(oursIn(state), owned)) this.problem(problem);
    for (const problem of judgeStrangers(this.strangers, state, simulator.requests())) this.problem(problem);
  }
}
