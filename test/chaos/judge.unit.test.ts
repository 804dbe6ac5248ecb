import { describe, expect, test } from '@jest/globals';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { sent } from '../../src/domain/resource/command-outcome.js';
import type { Observation, Watch } from '../../src/domain/resource/observation.js';
import { judgePool, type PoolFacts, type PoolGoal } from '../../src/domain/resource/pool.js';
import type { PoolRecord } from '../../src/simulator/records.js';
import { makeProgress } from '../client/fake-runs.js';
import { currentNotebookPart, poolPart } from '../workflows/documents.js';
import { type ChaosSeed, noJobs } from './chaos-seed.js';
import type { ChaosOptions } from './chaos-testbed.js';
import { playScenario } from './environment-run.js';
import { judgeClosing } from './judge.js';
import { quietSeed } from './quiet-seed.js';
import { chaosName } from './seed.js';

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

/** A pool that would be usable if only `Running` counted. */
function asIfComplete(observation: Observation<PoolFacts>, goal: { nodes: Record<string, number>; scopes: string[] }) {
  const { facts } = observation;
  if (facts?.phase !== 'Running') return observation;
  const scopes = Object.fromEntries(goal.scopes.map((scope) => [scope, 'Enabled']));
  return { ...observation, facts: { ...facts, available: { ...goal.nodes }, scopes, driver: 'Running' } };
}

/** The first usable observation of a pool, shown for ever. */
function firstUsable(): ChaosOptions {
  let usable: unknown = null;
  return replacing('observePool', async (go, [question]) => {
    const { goal, watch } = question as { goal: PoolGoal; watch: Watch<PoolFacts> };
    const observation = (await go()) as Observation<PoolFacts>;
    if (goal.gone !== true && judgePool('', observation.facts, goal).condition === 'usable') usable = observation.facts;
    return usable === null || goal.gone === true
      ? observation
      : { at: Math.max(observation.at, watch.last?.at ?? 0), facts: usable };
  });
}

/** A create that leaves for the service only after its pool was looked for in vain for more than a minute. */
function lateCreate(): ChaosOptions {
  let send: (() => Promise<unknown>) | null = null;
  let since: number | null = null;
  const create = replacing('createPool', async (go) => {
    send ??= go;
    return { outcome: 'unknown', why: 'planted' };
  });
  const look = replacing('observePool', async (go) => {
    const observation = (await go()) as Observation<PoolFacts>;
    since ??= observation.at;
    const late = send;
    if (late === null || observation.at - since <= 70_000) return observation;
    send = null;
    await late();
    return observation;
  });
  return { interceptors: [...(create.interceptors ?? []), ...(look.interceptors ?? [])] };
}

const lostAnswer = (
  operation: 'pools.create' | 'notebooks.create' | 'currentNotebooks.create',
): Partial<ChaosSeed> => ({
  faults: [{ operation, kind: 'lost', at: 'after' }],
});
/** Times in a quiet scenario: the notebook is being created, and everything has been ready for long. */
const inNotebook = 372_000;
const inCurrentNotebook = 320_000;
const longReady = 900_000;

/** A cancel while a pool without capacity is being cleaned up, which takes more than one run. */
const cancelledCleanUp: Partial<ChaosSeed> = {
  faults: [
    { operation: 'pools.create', kind: 'soldOut', when: 'midway', forMs: 30 * 60_000 },
    { operation: 'pools.create', kind: 'slowDelete', ms: 60 * 60_000 },
  ],
  actions: [{ at: 30 * 60_000, what: 'cancel' }],
  suggestContinueAsNewAfter: 60,
};

/** The same main job with a notebook of the current API. */
const current: Partial<ChaosSeed> = {
  notebookApi: 'current',
  document: { ...quietSeed.document, notebook: currentNotebookPart() },
};

/** A job that keeps the pool of a main job, from before its notebook runs. */
const jobAt = (status: string): ChaosSeed['actions'][number] => ({
  at: inNotebook - 10_000,
  what: 'job',
  job: { type: 'train', status },
});

const mistakes: readonly {
  readonly mistake: string;
  readonly caught: RegExp;
  readonly scenario: Partial<ChaosSeed>;
  readonly options: ChaosOptions;
}[] = [
  {
    mistake: 'a pool is created without a check',
    caught: /a create was sent although/,
    scenario: lostAnswer('pools.create'),
    options: replacing('findExistingPool', async () => []),
  },
  {
    mistake: 'a notebook is created without a check',
    caught: /a create was sent although/,
    scenario: lostAnswer('notebooks.create'),
    options: replacing('findExistingNotebook', async () => []),
  },
  {
    mistake: 'a notebook of the current API is created without a check',
    caught: /a create was sent although/,
    scenario: { ...lostAnswer('currentNotebooks.create'), ...current },
    options: replacing('findExistingCurrentNotebook', async () => []),
  },
  {
    mistake: 'a rollback overlooks the notebooks of the current API',
    caught: /something is left/,
    scenario: { actions: [{ at: inCurrentNotebook, what: 'cancel' }], ...current },
    options: replacing('findOwnedCurrentNotebooks', async () => []),
  },
  {
    mistake: 'a delete of a notebook of the current API says done and does nothing',
    caught: /no end: /,
    scenario: { actions: [{ at: inCurrentNotebook, what: 'cancel' }], ...current },
    options: replacing('deleteCurrentNotebook', async () => sent),
  },
  {
    mistake: 'a pool is ready as soon as it is Running',
    caught: /ended Ready .*(nodes|scopes)/,
    scenario: {
      workflowType: 'provisionPool',
      workflowId: `pool/${chaosName}`,
      document: { name: chaosName, pool: poolPart() },
    },
    options: replacing('observePool', async (go, [question]) =>
      asIfComplete((await go()) as Observation<PoolFacts>, (question as { goal: never }).goal),
    ),
  },
  {
    mistake: 'a pool is not checked again once the notebook exists',
    caught: /ended Ready .*(Abnormal|nodes)/,
    scenario: { faults: [{ operation: 'pools.create', kind: 'abnormal', afterMs: 60_000 }] },
    options: firstUsable(),
  },
  {
    mistake: 'a pool that was not deleted counts as gone',
    caught: /something is left/,
    scenario: { actions: [{ at: inNotebook, what: 'cancel' }] },
    options: replacing('observePool', async (go, [question]) => {
      const observation = (await go()) as Observation<PoolFacts>;
      return (question as { goal: PoolGoal }).goal.gone === true ? { ...observation, facts: null } : observation;
    }),
  },
  {
    mistake: 'deletePool reports success but deletes nothing',
    caught: /no end: /,
    scenario: { actions: [{ at: inNotebook, what: 'cancel' }] },
    options: replacing('deletePool', async () => sent),
  },
  {
    mistake: 'a notebook delete says done and does nothing',
    caught: /no end: /,
    scenario: { actions: [{ at: inNotebook, what: 'cancel' }] },
    options: replacing('deleteNotebook', async () => sent),
  },
  {
    mistake: 'a rollback overlooks the notebooks',
    caught: /something is left/,
    scenario: { actions: [{ at: inNotebook, what: 'cancel' }] },
    options: replacing('findOwnedNotebooks', async () => []),
  },
  {
    mistake: 'an unanswered create is sent again at once',
    caught: /a create was sent although/,
    scenario: lostAnswer('pools.create'),
    options: replacing('createPool', async (go) => {
      const outcome = (await go()) as { outcome: string };
      return outcome.outcome === 'unknown' ? await go() : outcome;
    }),
  },
  {
    mistake: 'an unanswered create is not checked again',
    caught: /a create was sent although|something is left|has no owner/,
    scenario: {
      faults: [
        { operation: 'pools.create', kind: 'lost', at: 'after' },
        { operation: 'pools.create', kind: 'listLag', ms: 60_000 },
      ],
    },
    options: { settings: { consistencyWindowMs: 0 } },
  },
  {
    mistake: 'what stays alive is not handed to a lease',
    caught: /has no owner/,
    scenario: {},
    options: replacing('transferToLease', async () => ({ endsAt: null, maxEndsAt: null, extensions: 0 })),
  },
  {
    mistake: 'a foreign notebook on the pool is overlooked',
    caught: /the pool under a foreign notebook/,
    scenario: { actions: [{ at: longReady, what: 'guest' }], afters: ['teardown'] },
    options: { rewrite: (path) => path.replace('show_self=false', 'show_self=true') },
  },
  {
    mistake: 'a pool is deleted without a look at its jobs',
    caught: /deleted pool .* under job .* without a reading/,
    scenario: { actions: [jobAt('Running'), { at: inNotebook, what: 'cancel' }] },
    options: replacing('deletePool', async (go, args) => {
      args[0] = { ...(args[0] as object), jobs: 'ignore' };
      return await go();
    }),
  },
  {
    mistake: 'only Running jobs count',
    caught: /deleted pool .* under job .*\(Abnormal\)/,
    scenario: { actions: [jobAt('Abnormal'), { at: inNotebook, what: 'cancel' }] },
    options: { rewrite: (path) => path.replace(/(\/workloads\?)/, '$1status=Running&') },
  },
  {
    mistake: 'a lease forgets since when its jobs were seen',
    caught: /deleted a pool at .* whatever runs on it/,
    scenario: { actions: [jobAt('Running')], afters: ['release', 'wait'], jobs: { ...noJobs, waitMs: 1_200_000 } },
    options: {
      carryOver: ([argument, state]) => {
        const { draining = null, refused = null, ...others } = state as { draining?: object; refused?: object };
        const forgotten = { draining: { ...draining, seenAt: 0 }, refused: { ...refused, until: 0 } };
        return [argument, draining === null ? state : { ...others, ...forgotten }];
      },
    },
  },
  {
    mistake: 'a cancel is lost when the run continues as new',
    caught: /was cancelled and sent createPool after that/,
    scenario: cancelledCleanUp,
    options: {
      carryOver: ([argument, state]) => [argument, { ...(state as object), cancelRequest: null }],
    },
  },
  {
    mistake: 'a create leaves long after its run was cancelled',
    caught: /was cancelled, and pools.create left at/,
    scenario: { actions: [{ at: 2_000, what: 'cancel' }] },
    options: lateCreate(),
  },
  {
    mistake: 'a run that continues a cancelled one is not cancelled itself',
    caught: /no end: /,
    scenario: cancelledCleanUp,
    options: replacing('cancelRun', async () => undefined),
  },
];

describe('a planted mistake is caught', () => {
  test.each(mistakes)(
    '$mistake',
    async ({ caught, scenario, options }) => {
      expect((await playScenario({ ...quietSeed, ...scenario })).problems).toEqual([]);
      const { problems } = await playScenario({ ...quietSeed, ...scenario }, options);
      expect(problems.filter((problem) => caught.test(problem))).not.toEqual([]);
    },
    180_000,
  );
});

test.each([
  ['by onFailure: keep', [], 0],
  ['although an operator asked for a rollback', ['rollback'], 1],
])('what a failed run leaves behind is judged: kept %s', (_title, verbs, problems) => {
  const progress = makeProgress({
    phase: 'Failed',
    audit: verbs.map((verb) => ({ at: '2026-01-01T00:00:00Z', by: 'op', verb, reason: 'not ours' })),
  });
  const ours = { pools: [{ phase: 'Running' } as PoolRecord], notebooks: [] };
  const looks = { pool: null, notebook: null, now: 0, isCalm: false };
  const keeps = { failed: true, cancelled: false };
  const found = judgeClosing({ progress, ours, isOwned: true, wasLeased: false, keeps, mayBeBusy: false, looks });
  expect(found).toHaveLength(problems);
});
