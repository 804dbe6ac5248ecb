import type { Progress } from '../../src/contract/progress.js';
import type { EnvironmentResources } from '../../src/contract/workflows.js';
import type { Testbed } from '../support/testbed.js';
import type { WorkflowRun } from '../temporal-sim/workflow-run.js';
import { judgeCreates, judgePause, judgeSent, judgeStatus } from './cancel-judge.js';
import type { ChaosSeed } from './chaos-seed.js';
import { type ForeignResource, judgeForeign, newForeignResources } from './foreign-resources.js';
import type { Jobs } from './jobs.js';
import type { JobsJudge } from './jobs-judge.js';
import { doublesOf, judgeClosing, judgeRest, oursIn } from './judge.js';
import type { LastObservations } from './last-observations.js';
import type { PauseJudge } from './pause-judge.js';
import { ProgressJudge } from './progress-judge.js';
import { chaosName, neighbourName } from './seed.js';
import { judgeTryNow } from './try-now.js';

/** The names that a scenario creates something under. */
export const names = [chaosName, neighbourName];
/** Faults of responses. While they apply, a run may have to wait before it can observe. */
const bends = ['status', 'hang', 'lost', 'halfBody', 'throttle', 'unauthorized', 'forbidden', 'delay'];

/** What the judge of a run gets from it. */
interface Surroundings {
  readonly scenario: ChaosSeed;
  readonly testbed: Testbed;
  readonly jobs: Jobs;
  readonly jobsJudge: JobsJudge;
  readonly pauseJudge: PauseJudge;
  readonly observations: LastObservations;
  readonly problem: (what: string) => void;
  readonly trace: (line: string) => void;
  /** Called with each progress of an open run, which somebody may answer. */
  readonly onOpen: (run: WorkflowRun, progress: Progress) => void;
}

/** Judges the resources after every change, each progress, each run that closes, and what is there at rest. */
export class EnvironmentJudge {
  private readonly watches = new Map<string, ProgressJudge>();
  private readonly closed = new Set<WorkflowRun>();
  private readonly wasLeased = new Map<string, boolean>();
  private readonly foreigners: ForeignResource[] = [];
  private isCalm: boolean;

  constructor(private readonly at: Surroundings) {
    const { scenario } = at;
    const rough = ['killWorker', 'drainWorker', 'outage', 'cutWorker', 'freezeWorker'];
    this.isCalm =
      scenario.deaths.most + scenario.lostReports === 0 && !scenario.actions.some(({ what }) => rough.includes(what));
  }

  /** Records whether a lease existed when a run started. */
  started(workflowId: string, runId: string): void {
    this.wasLeased.set(runId, this.at.testbed.temporal.status(leaseOf(workflowId)) === 'RUNNING');
  }

  /** True while nothing but leases is open. */
  isAtRest(): boolean {
    const { temporal } = this.at.testbed;
    return temporal.namespace.runs.every(
      ({ isOpen, workflowId }) =>
        !isOpen || (workflowId.startsWith('lease/') && temporal.searchAttributes(workflowId).MaopsPhase === 'Leased'),
    );
  }

  /** The open runs, one line each. */
  async describeOpen(): Promise<string[]> {
    const { temporal, progress } = this.at.testbed;
    return await Promise.all(
      temporal.openWorkflows().map(async (id) => {
        const { phase, why } = await progress(id);
        return `${id} ${phase} (${why})`;
      }),
    );
  }

  /** How often each kind of fault has acted. */
  faultsHit(): Record<string, number> {
    const hits: Record<string, number> = {};
    for (const { fault, hit } of this.at.testbed.simulator.faults.report())
      if (hit > 0) hits[fault.kind] = (hits[fault.kind] ?? 0) + hit;
    return hits;
  }

  /** Judges the resources of the service. Called after each of its changes. */
  judgeResources(): void {
    const { simulator } = this.at.testbed;
    const state = simulator.view();
    for (const name of names) for (const problem of doublesOf(oursIn(state, { name }))) this.at.problem(problem);
    const since = simulator.requests().at(-1)?.seq ?? 0;
    this.foreigners.push(...newForeignResources(state, this.foreigners, since));
  }

  /** Reads every progress, and judges it and what has just closed. */
  async judgeProgress(): Promise<void> {
    const { temporal } = this.at.testbed;
    for (const run of temporal.namespace.runs) {
      if (this.closed.has(run)) continue;
      if (run.isOpen && run.cached.history.length === 0) continue;
      if (!run.isOpen) this.closed.add(run);
      if (run.status !== 'CONTINUED_AS_NEW') this.see(run, await temporal.observe<Progress>(run, 'progress'));
    }
  }

  private see(run: WorkflowRun, progress: Progress): void {
    const { scenario } = this.at;
    const { temporal, simulator } = this.at.testbed;
    const { workflowId } = run;
    const watch = this.watches.get(workflowId) ?? new ProgressJudge();
    this.watches.set(workflowId, watch);
    for (const problem of [...watch.see(progress), ...judgeTryNow(progress)]) this.at.problem(problem);
    if (run.isOpen) {
      for (const problem of judgePause(temporal.namespace.runs, run, progress, temporal.now()))
        this.at.problem(problem);
      this.at.onOpen(run, progress);
      return;
    }
    this.at.trace(`=== ${workflowId} ${run.status} ${progress.phase} ${progress.failure?.type ?? ''}: ${progress.why}`);
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
      mayBeBusy: this.at.jobs.mayBeBusy(name),
      looks: { ...this.at.observations.until(run.runId, name), now: temporal.now(), isCalm: this.isCalm },
    });
    for (const problem of [...problems, ...judgeStatus(run, progress)]) this.at.problem(problem);
  }

  /** Judges what is there when everything has ended. */
  async judgeRest(): Promise<void> {
    const { temporal, simulator } = this.at.testbed;
    const leaseOn = (name: string) => temporal.namespace.find(`lease/${name}`);
    // A run that has just continued as new reports progress when a worker picks it up.
    for (const name of names) {
      const begun = leaseOn(name)?.begun.promise;
      if (begun !== undefined) await temporal.during(begun);
    }
    const { runs } = temporal.namespace;
    for (const problem of [...judgeCreates(runs), ...judgeSent(runs, simulator), ...this.at.pauseJudge.judge(runs)])
      this.at.problem(problem);
    const state = simulator.state();
    for (const problem of this.at.jobsJudge.judge(state.workloadIncidents)) this.at.problem(problem);
    for (const name of names) {
      const lease = leaseOn(name);
      const owned = lease?.isOpen === true ? await temporal.observe<EnvironmentResources>(lease, 'owned') : null;
      for (const problem of judgeRest(name, oursIn(state, { name }), owned)) this.at.problem(problem);
    }
    for (const problem of judgeForeign(this.foreigners, state, simulator.requests())) this.at.problem(problem);
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
