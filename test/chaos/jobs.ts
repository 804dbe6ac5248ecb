import type { Fault } from '../../src/simulator/faults/fault.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import type { HttpCall } from '../support/virtual-http.js';
import { callsOfKind, type DrawnJob, type JobsSeed } from './chaos-seed.js';
import { oursIn } from './judge.js';
import { chaosName } from './seed.js';

/** Reads that decide whether somebody uses a pool. */
const readsOfUse: readonly string[] = ['workloads.list', 'notebooks.list', 'currentNotebooks.listAll'];

/** Starts the jobs of a scenario on our pool. */
export class Jobs {
  private readonly counts = new Map<string, number>();
  private started = 0;

  /** `faults` are those of the scenario: a 403 on one of these reads makes the use of a pool unknown, even once. */
  constructor(
    private readonly scenario: JobsSeed,
    private readonly faults: readonly Fault[],
  ) {}

  /** Whether the pool of a name may have jobs, or jobs or notebooks that cannot be read. */
  mayBeBusy(name: string): boolean {
    const isUnreadable = this.scenario.behavior.unavailable?.['workloads.list'] !== undefined;
    const isForbidden = this.faults.some(
      ({ kind, operation }) => kind === 'forbidden' && readsOfUse.includes(operation),
    );
    return (name === chaosName && this.started > 0) || isUnreadable || isForbidden;
  }

  /** The jobs that start right before a call. */
  before({ method, path }: HttpCall): DrawnJob[] {
    const { beforeCalls } = this.scenario;
    if (beforeCalls.length === 0) return [];
    for (const [kind, pattern] of Object.entries(callsOfKind))
      if (pattern.test(`${method} ${path}`)) this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    return beforeCalls
      .filter(
        ({ before, nth }) => callsOfKind[before].test(`${method} ${path}`) && (this.counts.get(before) ?? 0) === nth,
      )
      .map(({ job }) => job);
  }

  /** Starts a job where our pool has a node for it. Returns it, or null. */
  start(job: DrawnJob, simulator: Simulator): object | null {
    const pool = oursIn(simulator.state(), { name: chaosName }).pools.find(
      ({ phase, nodes }) => phase !== 'Deleting' && nodes.some((node) => node.phase === 'Available'),
    );
    if (pool === undefined) return null;
    this.started += 1;
    const placed = { pool: pool.id, name: `job-${this.started}`, user: 'neighbour', ...job };
    const request = { method: 'POST', path: '/_sim/workloads', headers: {}, body: JSON.stringify(placed) };
    void simulator.handle(request);
    return placed;
  }
}
