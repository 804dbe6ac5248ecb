import { beforeAll, describe, expect, test } from '@jest/globals';
import { judgeCreates, judgeSent, judgeStatus } from '../../chaos/cancel-judge.js';
import { startTestbed, type Testbed } from '../../support/testbed.js';
import type { WorkflowRun } from '../../temporal-sim/workflow-run.js';
import { hasEnded, type RepeatedScenario, simulatorOptions } from './scenario.js';

const minute = 60_000;
const command = { by: 'crossing', reason: 'crossing' };

/** A run of the product that is cancelled, paused and continued as new at every moment. */
export interface CrossedScenario extends RepeatedScenario {
  /** The phases in which a scenario with a cancel may end. */
  readonly endings: readonly string[];
  /** A teardown refuses a cancel, so that only a resume ends its pause. */
  readonly refusesCancel?: boolean;
  /** Resources that are not the scenario's own may stay. */
  readonly mayLeave?: boolean;
}

/** One way of crossing; activations are those of the cancelled workflow, counted from 1 over all its runs. */
interface Crossing {
  readonly cancelAt: number;
  readonly suggestContinueAsNewAfter: number;
  readonly pause: { readonly at: number; readonly forMs: number } | null;
}

const never: Crossing = { cancelAt: 0, suggestContinueAsNewAfter: 4096, pause: null };
/** Far longer than any scenario: a pause that a cancel does not end would show. */
const forever = 48 * 60 * minute;
const untilCancelMs = 60 * minute;

async function played(scenario: CrossedScenario, crossing: Crossing) {
  const faults = scenario.faults ?? [];
  let count = 0;
  let hasBegun = false;
  let isCancelled = false;
  const act = (run: WorkflowRun) => {
    if (count === crossing.cancelAt) {
      isCancelled = true;
      run.requestCancel('');
    }
    if (crossing.pause === null || count !== crossing.pause.at) return;
    const signal = (name: string) => testbed.temporal.signal(scenario.workflowId, name, command).catch(() => undefined);
    // A pause may leave nothing that activates the workflow, so that it never gets to its cancel.
    testbed.temporal.clock.schedule(testbed.temporal.now() + untilCancelMs, () => {
      if (!isCancelled && count < crossing.cancelAt)
        void testbed.temporal.cancel(scenario.workflowId).catch(() => undefined);
      isCancelled = true;
    });
    testbed.temporal.clock.schedule(testbed.temporal.now(), () => void signal('pause'));
    testbed.temporal.clock.schedule(testbed.temporal.now() + crossing.pause.forMs, () => void signal('resume'));
  };
  const testbed: Testbed = await startTestbed({
    suggestContinueAsNewAfter: crossing.suggestContinueAsNewAfter,
    simulator: simulatorOptions(
      scenario,
      faults.map((fault) => ({ ...fault, optional: true })),
    ),
    onActivation: (_activation, run) => {
      if (!hasBegun || run.workflowId !== scenario.workflowId) return 'reported';
      count += 1;
      // The request arrives while the worker is busy with the task: the server lets no run end without it.
      act(run);
      return 'reported';
    },
  });
  try {
    const { temporal, simulator } = testbed;
    await scenario.prepare?.(testbed);
    hasBegun = true;
    await scenario.play(testbed);
    const end = () => hasEnded(scenario, testbed);
    await temporal.run({ until: end, maxTime: forever - 60 * minute });
    const { pools, notebooks, currentNotebooks } = simulator.state();
    const { phase, why } = await testbed.progress(scenario.workflowId);
    const isClosed = end();
    const problems = [
      ...judgeCreates(temporal.namespace.runs),
      ...judgeSent(temporal.namespace.runs, simulator),
      ...(isClosed
        ? judgeStatus(temporal.namespace.get(scenario.workflowId), await testbed.progress(scenario.workflowId))
        : []),
      ...(isClosed ? [] : [`no end: ${phase} (${why})`]),
    ];
    const isOwned = temporal.openWorkflows().some((id) => id.startsWith('lease/'));
    if (pools.length + notebooks.length + currentNotebooks.length > 0 && !isOwned && scenario.mayLeave !== true)
      problems.push(`${phase}, and something is left`);
    if (crossing.cancelAt % 5 === 0) await temporal.verifyReplays();
    return { phase, problems, count };
  } finally {
    await testbed.dispose();
  }
}

/** A covering selection: thresholds from 40 up, without a pause, with one before the cancel and with one after it. */
function crossingOf(cancelAt: number, index: number, { refusesCancel = false }: CrossedScenario): Crossing {
  const forMs = refusesCancel ? 10 * minute : forever;
  const pauses = [null, { at: Math.max(1, cancelAt - 1 - (index % 4)), forMs }, null, null] as const;
  const after = { at: cancelAt + 1 + (index % 5), forMs: 10 * minute };
  return {
    cancelAt,
    suggestContinueAsNewAfter: [40, 60, 90, 130, 4096][index % 5] ?? 40,
    pause: index % 4 === 2 ? after : (pauses[index % 4] ?? null),
  };
}

/**
 * Plays each scenario once as it is, then once with a cancel at each of its activations, with thresholds and pauses
 * beside it.
 */
export function testCrossings(scenarios: readonly CrossedScenario[]): void {
  describe.each(scenarios)('$name', (scenario) => {
    let activations = 0;
    beforeAll(async () => {
      activations = (await played(scenario, never)).count;
    }, 180_000);

    test('ends as its phase promises and creates nothing after a cancel at any time', async () => {
      expect(activations).toBeGreaterThan(3);
      for (let cancelAt = 1; cancelAt <= activations; cancelAt += 1) {
        const crossing = crossingOf(cancelAt, cancelAt - 1, scenario);
        const { phase, problems } = await played(scenario, crossing);
        expect({ crossing, problems, isPossible: scenario.endings.includes(phase) ? true : phase }).toEqual({
          crossing,
          problems: [],
          isPossible: true,
        });
      }
    }, 900_000);
  });
}
