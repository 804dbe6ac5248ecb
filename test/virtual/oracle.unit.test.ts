import { describe, expect, test } from '@jest/globals';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { PoolFacts } from '../../src/domain/pool.js';
import type { Sighting } from '../../src/domain/watch.js';
import { type ChaosOptions, playChaos } from '../support/virtual/chaos.js';

/** Changes what one kind of activity does: `act` gets the true one and may leave it out. */
function replacing(type: string, act: (go: () => Promise<unknown>, args: unknown[]) => Promise<unknown>): ChaosOptions {
  const interceptors: ActivityInterceptorsFactory[] = [
    ({ info }) => ({
      inbound: {
        execute: async (input, next) =>
          info.activityType === type ? await act(() => next(input), input.args) : await next(input),
      },
    }),
  ];
  return { interceptors };
}

/** A pool as it would look if `Running` were all that counts. */
function asIfComplete(sighting: Sighting<PoolFacts>, goal: { nodes: Record<string, number>; scopes: string[] }) {
  const { facts } = sighting;
  if (facts?.phase !== 'Running') return sighting;
  const scopes = Object.fromEntries(goal.scopes.map((scope) => [scope, 'Enabled']));
  return { ...sighting, facts: { ...facts, available: { ...goal.nodes }, scopes, driver: 'Running' } };
}

const mistakes: readonly { readonly mistake: string; readonly caught: RegExp; readonly options: ChaosOptions }[] = [
  {
    mistake: 'a pool is created without a look',
    caught: /a create was sent although/,
    options: replacing('lookForPool', async () => []),
  },
  {
    mistake: 'a notebook is created without a look',
    caught: /a create was sent although/,
    options: replacing('lookForNotebook', async () => []),
  },
  {
    mistake: 'a pool is ready as soon as it is Running',
    caught: /ended Ready .*(nodes|scopes)/,
    options: replacing('awaitPool', async (go, [question]) =>
      asIfComplete((await go()) as Sighting<PoolFacts>, (question as { goal: never }).goal),
    ),
  },
  {
    mistake: 'a pool that was not deleted counts as gone',
    caught: /something is left/,
    options: replacing('awaitPool', async (go, [question]) => {
      const sighting = (await go()) as Sighting<PoolFacts>;
      return (question as { goal: { gone?: boolean } }).goal.gone === true ? { ...sighting, facts: null } : sighting;
    }),
  },
  {
    mistake: 'a pool delete says done and does nothing',
    caught: /no end: /,
    options: replacing('deletePool', async () => undefined),
  },
  {
    mistake: 'a notebook delete says done and does nothing',
    caught: /no end: /,
    options: replacing('deleteNotebook', async () => undefined),
  },
  {
    mistake: 'a rollback overlooks the notebooks',
    caught: /something is left/,
    options: replacing('findNotebooks', async () => []),
  },
  {
    mistake: 'an unanswered create is sent again at once',
    caught: /a create was sent although/,
    options: replacing('createPool', async (go) => {
      const outcome = (await go()) as { outcome: string };
      return outcome.outcome === 'unknown' ? await go() : outcome;
    }),
  },
  {
    mistake: 'an unanswered create is not settled',
    caught: /a create was sent although|something is left|nobody owns it/,
    options: { settings: { settleMs: 0 } },
  },
  {
    mistake: 'what stays alive is not handed to a lease',
    caught: /nobody owns it/,
    options: replacing('entrustToLease', async () => ({ endsAt: null, maxEndsAt: null, extensions: 0 })),
  },
  {
    mistake: 'a stranger on the pool is overlooked',
    caught: /the pool under a stranger's notebook/,
    options: replacing('notebooksOnPool', async () => []),
  },
];

const most = 200;

describe('a planted mistake is caught', () => {
  test.each(mistakes)(
    '$mistake',
    async ({ caught, options }) => {
      const problems: string[] = [];
      for (let seed = 0; seed < most && !problems.some((problem) => caught.test(problem)); seed += 1) {
        problems.push(...(await playChaos(seed, options)).problems);
      }
      expect(problems.filter((problem) => caught.test(problem))).not.toEqual([]);
    },
    120_000,
  );
});
