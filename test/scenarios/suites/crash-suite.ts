import { beforeAll, describe, expect, test } from '@jest/globals';
import { startTestbed } from '../../support/testbed.js';
import type { HttpCall } from '../../support/virtual-http.js';
import type { ActivationOutcome } from '../../temporal-sim/internals.js';
import { hashText, seededRandom } from '../../temporal-sim/random.js';
import { hasEnded, type RepeatedScenario, simulatorOptions } from './scenario.js';

/** What is left when a scenario is over: it must be the same whenever a worker dies in it. */
export interface Outcome {
  readonly status: string | null;
  readonly phase: string;
  readonly pools: readonly string[];
  readonly notebooks: readonly string[];
  /** The creates that took effect: what the bill shows. */
  readonly made: readonly string[];
  /** The workflows that are still open. */
  readonly open: readonly string[];
}

/** A run of the product in which the worker dies at every moment. */
export interface Scenario extends RepeatedScenario {
  readonly outcome: Outcome;
}

interface Played extends Outcome {
  /** The planned faults that were never met. */
  readonly unmet: readonly string[];
  readonly activations: number;
  readonly calls: number;
  readonly deaths: number;
}

/** The moment of a scenario in which the worker dies, counted from the scenario's begin. */
interface Death {
  readonly at: Exclude<ActivationOutcome, 'reported'> | 'beforeSend' | 'afterCommit';
  readonly number: number;
}

/** The part of all deaths that `npm test` plays. `npm run crashes` sets the variable. */
const playedShare = process.env.MAOPS_CRASHES === 'all' ? 1 : 0.25;

/**
 * The same selection in every run, with the first death of each kind. Drawn, because a fixed step could miss one call
 * of a repeating cycle forever.
 */
function isPlayed({ name }: Scenario, { at, number }: Death): boolean {
  return number === 1 || seededRandom(hashText(`${name} ${at} ${number}`))() < playedShare;
}

async function played(scenario: Scenario, death: Death | null): Promise<Played> {
  const begun = { activations: Number.NaN, calls: Number.NaN };
  const dies = (at: Death['at'], count: number) => death !== null && death.at === at && death.number === count;
  const breakIn = (at: Death['at']) => (call: HttpCall) => (dies(at, call.number - begun.calls) ? 'crash' : 'continue');
  const testbed = await startTestbed({
    simulator: simulatorOptions(scenario, scenario.faults ?? []),
    http: { beforeSend: breakIn('beforeSend'), afterCommit: breakIn('afterCommit') },
    onActivation: (activation) => {
      const number = activation - begun.activations;
      return dies('crashBeforeReport', number)
        ? 'crashBeforeReport'
        : dies('crashAfterReport', number)
          ? 'crashAfterReport'
          : 'reported';
    },
  });
  try {
    const { temporal } = testbed;
    await scenario.prepare?.(testbed);
    begun.activations = temporal.activations;
    begun.calls = testbed.calls();
    await scenario.play(testbed);
    await temporal.run({ until: () => hasEnded(scenario, testbed) });
    // Every death replays the runs that were cached, at its own moment; all of them again for some will do.
    if (death === null || death.number % 4 === 0) await temporal.verifyReplays();
    const { phase } = await testbed.progress(scenario.workflowId);
    const { pools, ...state } = testbed.simulator.state();
    const notebooks = [...state.notebooks, ...state.currentNotebooks];
    const made = ['pools.create', 'notebooks.create', 'currentNotebooks.create'].flatMap((operation) =>
      testbed.simulator.requests(operation).filter(({ effect }) => effect !== null),
    );
    return {
      status: temporal.status(scenario.workflowId),
      phase,
      pools: pools.map((pool) => `${pool.name} ${pool.phase}`),
      notebooks: notebooks.map((notebook) => `${notebook.name} ${notebook.status}`),
      made: made.map(({ operation }) => operation),
      open: temporal.openWorkflows(),
      unmet: testbed.simulator.faults
        .report()
        .flatMap(({ hit, fault }) => (hit === 0 ? `${fault.kind} on ${fault.operation}` : [])),
      activations: temporal.activations - begun.activations,
      calls: testbed.calls() - begun.calls,
      deaths: temporal.workers.filter(({ alive }) => !alive).length,
    };
  } finally {
    await testbed.dispose();
  }
}

/**
 * Plays each scenario once without a crash, then once for every activation, with the worker dying before and after it
 * has reported, and once for every API call, with the worker dying before it is sent and after it took effect.
 */
export function testCrashes(scenarios: readonly Scenario[]): void {
  describe.each(scenarios)('$name', (scenario) => {
    let golden: Played;
    beforeAll(async () => {
      golden = await played(scenario, null);
      // For docs/guarantees.md, which states the number of runs.
      if (process.env.MAOPS_COUNT_RUNS !== undefined) {
        process.stderr.write(`${1 + 2 * (golden.activations + golden.calls)} runs: ${scenario.name}\n`);
      }
    }, 180_000);

    test('ends as expected without a crash', () => {
      expect(golden).toMatchObject({ ...scenario.outcome, deaths: 0, unmet: [] });
    });

    test.each([
      ['activations', 'crashBeforeReport'],
      ['activations', 'crashAfterReport'],
      ['calls', 'beforeSend'],
      ['calls', 'afterCommit'],
    ] as const)(
      'ends the same whichever of its %s the worker dies in: %s',
      async (kind, at) => {
        for (let number = 1; number <= golden[kind]; number += 1) {
          if (!isPlayed(scenario, { at, number })) continue;
          const result = await played(scenario, { at, number });
          expect({ number, ...result }).toMatchObject({ number, deaths: 1, ...scenario.outcome });
        }
      },
      900_000,
    );
  });
}
