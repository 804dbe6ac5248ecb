import type { NotebookSpec } from '../../src/contract/spec.js';
import type { EnvironmentResources } from '../../src/contract/workflows.js';
import type { JsonObject } from '../../src/simulator/json.js';
import type { SimulatorOptions } from '../../src/simulator/options.js';
import type { SimState } from '../../src/simulator/sim-state.js';
import type { Simulator } from '../../src/simulator/simulator-interface.js';
import { rfc3339 } from '../../src/simulator/world.js';
import type { RunTimeGrant } from './lease-judge.js';
import type { LeaseScenario } from './lease-seed.js';

const minute = 60_000;
const hour = 60 * minute;

/** The notebook of a leased environment, of either API. */
export class LeasedNotebook {
  readonly grants: RunTimeGrant[] = [];

  constructor(private readonly scenario: LeaseScenario) {}

  /** The environment as its main job left it: the notebook has the run time that its create requested. */
  simulatorOptions(placed: JsonObject): Omit<SimulatorOptions, 'clock' | 'speed'> {
    const { current, ttlMs } = this.scenario;
    if (current === null) return { placed: { pools: [placed], notebooks: [placed] } };
    const duration = Math.min(72 * hour, Math.max(hour, Math.min(current.autoStopMs ?? 72 * hour, ttlMs)));
    return {
      behavior: { deleteRunningNotebook: current.deletesRunning ? 'accept' : 'refuse' },
      faults: current.faults,
      placed: { pools: [placed], currentNotebooks: [{ ...placed, duration }] },
    };
  }

  /** Records every grant of the service from now on. */
  watch(simulator: Simulator): void {
    const note = () => {
      const lease = simulator.view().currentNotebooks[0]?.lease;
      const stopsAt = lease === undefined ? null : lease.createAt + lease.duration;
      if (stopsAt !== null && stopsAt !== this.grants.at(-1)?.stopsAt)
        this.grants.push({ at: simulator.clock.now(), stopsAt });
    };
    note();
    simulator.onChange(note);
  }

  spec(name: string): NotebookSpec {
    const { current } = this.scenario;
    if (current === null) return { name, profileId: 'x', flavor: 'x', storage: { type: 'evs' } };
    const autoStop = current.autoStopMs === null ? {} : { autoStop: `${current.autoStopMs / minute}m` };
    return {
      name,
      image: 'x',
      flavor: 'x',
      storage: { type: 'evs', ownership: 'managed', volumeSize: 5 },
      ...autoStop,
    };
  }

  resources({ pools: [pool], notebooks, currentNotebooks }: SimState): EnvironmentResources {
    return {
      pool: pool === undefined ? null : { id: pool.id, createdAt: rfc3339(pool.createdAt) },
      notebooks: [...notebooks, ...currentNotebooks].map(({ id, createdAt }) => ({ id, createdAt: String(createdAt) })),
      workspaceIds: [],
      unknownSince: null,
    };
  }
}
