import type { Behavior } from './behavior.js';
import { DEFAULT_DURATIONS, type DurationName, type Durations, isDurationName } from './durations.js';
import type { Fault } from './faults/fault.js';
import type { ScenarioName } from './options.js';

/** The settings of a scenario. */
export interface Scenario {
  readonly summary: string;
  readonly durations?: Partial<Durations>;
  readonly behavior?: Partial<Behavior>;
  readonly faults?: readonly Fault[];
  /** Flavors that are sold out in every AZ at the start, and for how long. */
  readonly soldOut?: {
    readonly flavors: readonly string[];
    readonly notebookFlavors: readonly string[];
    readonly forMs: number;
  };
}

const MINUTE = 60_000;
const NOISE = { times: 'always', optional: true } as const;

/** The scenarios. */
export const SCENARIO_TABLE: Readonly<Record<ScenarioName, Scenario>> = {
  happy: { summary: 'everything works in the usual time' },
  slow: { summary: 'everything takes five times as long', durations: slower(5) },
  'flaky-network': {
    summary: 'about one call in seven fails: 502, 503, lost connections, truncated bodies; some responses are slow',
    faults: [
      { operation: '*', kind: 'status', status: 502, probability: 0.05, ...NOISE },
      { operation: '*', kind: 'status', status: 503, probability: 0.03, ...NOISE },
      { operation: '*', kind: 'lost', at: 'before', probability: 0.03, ...NOISE },
      { operation: '*', kind: 'lost', at: 'after', probability: 0.03, ...NOISE },
      { operation: '*', kind: 'halfBody', probability: 0.02, ...NOISE },
      { operation: '*', kind: 'delay', ms: 300, probability: 0.1, ...NOISE },
    ],
  },
  throttled: {
    summary: 'five calls in two seconds, then 429 with Retry-After',
    behavior: { rateLimit: { limit: 5, windowMs: 2000, retryAfter: 2 } },
  },
  'sold-out': {
    summary: 'accelerator flavors are sold out everywhere for thirty minutes',
    soldOut: {
      flavors: ['modelarts.vm.gpu.t4u8', 'modelarts.vm.gpu.tnt004', 'modelarts.vm.gpu.2v100nv16g.16u128g.d'],
      notebookFlavors: ['modelarts.vm.gpu.p100', 'modelarts.bm.gpu.v100NV32', 'modelarts.vm.gpu.free'],
      forMs: 30 * MINUTE,
    },
  },
  'half-pool': {
    summary: 'half of the nodes of every pool never become available',
    faults: [{ operation: 'pools.create', kind: 'partialNodes', missing: 'half', ...NOISE }],
  },
};

function slower(factor: number): Durations {
  const durations: Record<DurationName, number> = { ...DEFAULT_DURATIONS };
  for (const name of Object.keys(DEFAULT_DURATIONS).filter(isDurationName)) durations[name] *= factor;
  return durations;
}
