import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Fault } from '../../src/simulator/faults/fault.js';
import type { SimulatorOptions } from '../../src/simulator/options.js';
import { startVirtualStack, type VirtualStack } from './environment.js';
import type { HttpCall } from './http.js';
import type { Fate } from './kernel.js';

/** What is left when a story is over: it must be the same whenever a worker dies in it. */
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

/** A run of the product whose every moment is a moment to die in. */
export interface Story {
  readonly name: string;
  /** Whose end is the story's end. */
  readonly workflowId: string;
  readonly faults?: readonly Fault[];
  readonly placed?: SimulatorOptions['placed'];
  /** What comes before the story: nobody dies in it. */
  readonly prepare?: (stack: VirtualStack) => Promise<unknown>;
  readonly play: (stack: VirtualStack) => Promise<unknown>;
  readonly outcome: Outcome;
}

interface Played extends Outcome {
  /** The planned faults that were never met. */
  readonly unmet: readonly string[];
  readonly activations: number;
  readonly calls: number;
  readonly deaths: number;
}

/** The moment of a story in which the worker dies, counted from the story's begin. */
interface Death {
  readonly at: Exclude<Fate, 'lives'> | 'beforeSend' | 'afterCommit';
  readonly number: number;
}

async function played(story: Story, death: Death | null): Promise<Played> {
  const { faults = [], placed } = story;
  const begun = { activations: Number.NaN, calls: Number.NaN };
  const dies = (at: Death['at'], count: number) => death !== null && death.at === at && death.number === count;
  const breakIn = (at: Death['at']) => (call: HttpCall) => (dies(at, call.number - begun.calls) ? 'dies' : 'goes on');
  const stack = await startVirtualStack({
    simulator: { faults, ...(placed === undefined ? {} : { placed }) },
    http: { beforeSend: breakIn('beforeSend'), afterCommit: breakIn('afterCommit') },
    fate: (activation) => {
      const number = activation - begun.activations;
      return dies('diesBeforeReport', number)
        ? 'diesBeforeReport'
        : dies('diesAfterReport', number)
          ? 'diesAfterReport'
          : 'lives';
    },
  });
  try {
    const { world } = stack;
    await story.prepare?.(stack);
    begun.activations = world.activations;
    begun.calls = stack.calls();
    await story.play(stack);
    await world.run({ until: () => world.status(story.workflowId) !== 'RUNNING' });
    // Every death replays the runs that were cached, at its own moment; all of them again for some will do.
    if (death === null || death.number % 4 === 0) await world.verifyReplays();
    const { phase } = await stack.progress(story.workflowId);
    const { pools, notebooks } = stack.simulator.state();
    const made = ['pools.create', 'notebooks.create'].flatMap((operation) =>
      stack.simulator.requests(operation).filter(({ effect }) => effect !== null),
    );
    return {
      status: world.status(story.workflowId),
      phase,
      pools: pools.map((pool) => `${pool.name} ${pool.phase}`),
      notebooks: notebooks.map((notebook) => `${notebook.name} ${notebook.status}`),
      made: made.map(({ operation }) => operation),
      open: world.openWorkflows(),
      unmet: stack.simulator.faults
        .report()
        .flatMap(({ hit, fault }) => (hit === 0 ? `${fault.kind} on ${fault.operation}` : [])),
      activations: world.activations - begun.activations,
      calls: stack.calls() - begun.calls,
      deaths: world.workers.filter(({ alive }) => !alive).length,
    };
  } finally {
    await stack.dispose();
  }
}

/**
 * Plays each story once without a crash, then once for every activation, with the worker dying before and after it has
 * reported, and once for every API call, with the worker dying before it is sent and after it took effect.
 */
export function testCrashes(stories: readonly Story[]): void {
  describe.each(stories)('$name', (story) => {
    let golden: Played;
    beforeAll(async () => {
      golden = await played(story, null);
      // For docs/guarantees.md, which says how many runs there are.
      if (process.env.MAOPS_COUNT_RUNS !== undefined) {
        process.stderr.write(`${1 + 2 * (golden.activations + golden.calls)} runs: ${story.name}\n`);
      }
    }, 180_000);

    test('ends as it should without a crash', () => {
      expect(golden).toMatchObject({ ...story.outcome, deaths: 0, unmet: [] });
    });

    test.each([
      ['activations', 'diesBeforeReport'],
      ['activations', 'diesAfterReport'],
      ['calls', 'beforeSend'],
      ['calls', 'afterCommit'],
    ] as const)(
      'ends the same whichever of its %s the worker dies in: %s',
      async (kind, at) => {
        for (let number = 1; number <= golden[kind]; number += 1) {
          const result = await played(story, { at, number });
          expect({ number, ...result }).toMatchObject({ number, deaths: 1, ...story.outcome });
        }
      },
      900_000,
    );
  });
}
