import type { TimeForm, TimeForms } from '../../src/simulator/time-forms.js';
import type { Slots } from '../temporal-sim/virtual-worker.js';
import { environmentDocument, poolPart, publicNotebookPart } from '../workflows/documents.js';
import { type Action, type After, type ChaosSeed, type Crossing, noJobs } from './chaos-seed.js';
import { drawFaults } from './faults.js';
import { withJobs } from './jobs-seed.js';
import { withNotebookApi } from './notebook-api.js';
import { Random } from './random.js';

/** The environment of every scenario, and the one that may be beside it. */
export const chaosName = 'team-a';
export const neighbourName = 'team-b';
const minute = 60_000;
const types = {
  env: 'provisionPoolThenLaunchNotebook',
  pool: 'provisionPool',
  notebook: 'launchNotebook',
} as const;

/** Draws the scenario of a seed. */
export function scenarioOf(seed: number): ChaosSeed {
  const scenario = withNotebookApi(historicalScenarioOf(seed), Random.forAxis(seed, 'notebook API'));
  return withJobs(scenario, Random.forAxis(seed, 'jobs'));
}

function historicalScenarioOf(seed: number): ChaosSeed {
  const random = new Random(seed);
  const kind = random.pick(['env', 'env', 'env', 'env', 'env', 'env', 'pool', 'notebook'] as const);
  const onFailure = random.pick(['rollback', 'rollback', 'keep', 'ask']);
  const onCancel = random.pick(['rollback', 'rollback', 'keep']);
  const approval = random.some(0.1, () => ({ required: true, timeout: '30m' }));
  const document = {
    ...documentOf(kind, random),
    onFailure,
    onCancel,
    ...(approval[0] === undefined || kind === 'notebook' ? {} : { approval: approval[0] }),
  };
  const isDeadly = random.chance(0.5);
  return {
    seed,
    workflowType: types[kind],
    workflowId: `${kind}/${chaosName}`,
    notebookApi: 'historical',
    deletesRunning: true,
    document,
    keepsFailed: onFailure === 'keep',
    keepsCancelled: onCancel === 'keep',
    faults: drawFaults(random),
    placed: drawPlaced(random),
    timeForms: drawTimeForms(Random.forAxis(seed, 'time form')),
    actions: [...drawActions(random), ...drawSteering(seed)].sort((one, other) => one.at - other.at),
    crossings: drawCrossings(seed),
    retriedNow: Random.forAxis(seed, 'tryNow in a pause').pick([0, 0, 0.2, 0.6]),
    afters: drawAfters(random),
    jobs: noJobs,
    deaths: isDeadly
      ? { activation: 0.04, call: 0.015, most: random.between(1, 6) }
      : { activation: 0, call: 0, most: 0 },
    lostReports: random.chance(0.2) ? random.between(1, 10) / 100 : 0,
    restartMs: random.between(0, 20_000),
    latencyMs: random.chance(0.5) ? 0 : random.between(1, 400),
    suggestContinueAsNewAfter: drawThreshold(Random.forAxis(seed, 'threshold')),
    slots: drawSlots(Random.forAxis(seed, 'slots')),
    operator: random.pick(['retry', 'retry', 'rollback', 'abandon', 'skip', 'silent']),
    approver: random.pick(['approve', 'approve', 'reject', 'silent']),
  };
}

/** Few slots: calls and waits queue, and what is queued can be withdrawn. */
function drawSlots(random: Random): Slots | null {
  return random.chance(0.2) ? { calls: random.between(1, 3), waits: random.between(1, 4) } : null;
}

function documentOf(kind: keyof typeof types, random: Random): Record<string, unknown> {
  const isShort = random.chance(0.15);
  const deadlines = {
    pool: isShort ? `${random.between(2, 8)}m` : '90m',
    notebook: isShort ? `${random.between(1, 3)}m` : '20m',
    capacity: random.pick(['10m', '2h']),
    ask: random.pick(['5m', '1h']),
    undo: random.pick(['5m', '30m']),
  };
  const driver = random.some(0.15, () => ({ driver: { gpuVersion: '440.33' } }));
  const flavors = random.chance(0.3) ? ['modelarts.vm.gpu.t4u8', 'modelarts.vm.gpu.tnt004'] : ['modelarts.vm.gpu.t4u8'];
  const pool = poolPart({ flavors, count: random.between(1, 4), ...driver[0] });
  switch (kind) {
    case 'env':
      return environmentDocument(chaosName, { pool, deadlines });
    case 'pool':
      return { name: chaosName, pool, deadlines };
    case 'notebook':
      return { name: chaosName, notebook: publicNotebookPart(), deadlines };
  }
}

/** Half of all scenarios have times as documented. */
function drawTimeForms(random: Random): TimeForms {
  if (random.chance(0.5)) return {};
  const calls = ['list', 'show', 'create', 'delete'] as const;
  const form = () => random.pick<TimeForm>(['seconds', 'milliseconds', 'offset', 'none', '-05:30', '+14:00']);
  const drawn = (['pools', 'notebooks'] as const).flatMap((resource) =>
    calls.flatMap((call) => random.some(0.6, () => [`${resource}.${call}`, form()] as const)),
  );
  return Object.fromEntries(drawn);
}

function drawPlaced(random: Random): ChaosSeed['placed'] {
  return {
    pools: [
      ...random.some(0.3, () => ({ name: 'foreign-pool', description: 'of someone else' })),
      ...random.some(0.1, () => ({ name: `${chaosName}-2`, description: 'maops:ffffff-12345678-12345678' })),
      ...random.some(0.02, () => ({ name: chaosName, description: 'of someone else' })),
    ],
    notebooks: [
      ...random.some(0.3, () => ({ name: 'foreign-notebook', user: random.pick(['ops', 'neighbour']) })),
      ...random.some(0.02, () => ({ name: chaosName, user: 'ops' })),
    ],
  };
}

/** From 40 events on: a run that is asked to continue as new at once does nothing else. */
function drawThreshold(random: Random): number {
  return random.pick([4096, 4096, random.between(40, 70), random.between(40, 160), random.between(60, 400)]);
}

/** Early moments are where most happens. */
function momentOf(random: Random): number {
  return Math.round((random.between(0, 1000) / 1000) ** 2 * 15 * minute);
}

/** A cancel, a pause and a few `tryNow` at any time, each from a stream of its own. */
function drawSteering(seed: number): Action[] {
  const [cancel, pause] = [Random.forAxis(seed, 'cancel'), Random.forAxis(seed, 'pause')];
  const tryNow = Random.forAxis(seed, 'tryNow at any time');
  const tries = tryNow.chance(0.4) ? tryNow.between(1, 3) : 0;
  return [
    ...cancel.some(0.15, () => ({ at: momentOf(cancel), what: 'cancel' as const })),
    ...pause.some(0.15, () => ({ at: momentOf(pause), what: 'pause' as const, forMs: pause.between(1, 1800) * 1000 })),
    ...Array.from({ length: tries }, () => ({ at: momentOf(tryNow), what: 'tryNow' as const })),
  ];
}

/** Cancels, pauses and `tryNow` at any activation, each from a stream of its own. */
function drawCrossings(seed: number): Crossing[] {
  const cancel = Random.forAxis(seed, 'cancel at an activation');
  const pause = Random.forAxis(seed, 'pause at an activation');
  const tryNow = Random.forAxis(seed, 'tryNow at an activation');
  const of = (random: Random) => random.pick(['operation', 'operation', 'operation', 'lease', 'teardown'] as const);
  return [
    ...cancel.some(0.25, () => ({ what: 'cancel' as const, of: of(cancel), atActivation: cancel.between(1, 60) })),
    ...pause.some(0.25, () => ({
      what: 'pause' as const,
      of: of(pause),
      atActivation: pause.between(1, 60),
      forMs: pause.pick([pause.between(1, 1800) * 1000, 6 * 60 * minute]),
    })),
    ...tryNow.some(0.3, () => ({ what: 'tryNow' as const, of: of(tryNow), atActivation: tryNow.between(1, 60) })),
  ];
}

function drawActions(random: Random): Action[] {
  const moment = () => momentOf(random);
  const action = (what: Action['what']) => () => ({ at: moment(), what });
  return [
    ...random.some(0.15, action('teardown')),
    ...random.some(0.15, action('startAgain')),
    ...random.some(0.04, action('startOther')),
    ...random.some(0.15, action('killWorker')),
    ...random.some(0.1, action('drainWorker')),
    ...random.some(0.15, action('addWorker')),
    ...random.some(0.04, () => ({ at: random.between(0, 4000), what: 'squatPool' as const })),
    ...random.some(0.04, action('squatNotebook')),
    ...random.some(0.1, action('guest')),
    ...random.some(0.1, action('foreign')),
    ...random.some(0.06, action('startPool')),
    ...random.some(0.06, action('startNotebook')),
    ...random.some(0.12, action('neighbour')),
    ...random.some(0.12, () => ({ at: moment(), what: 'outage' as const, forMs: random.between(1, 600) * 1000 })),
    ...random.some(0.1, () => ({ at: moment(), what: 'cutWorker' as const, forMs: random.between(1, 300) * 1000 })),
    ...random.some(0.1, () => ({ at: moment(), what: 'freezeWorker' as const, forMs: random.between(1, 400) * 1000 })),
  ];
}

function drawAfters(random: Random): After[] {
  const one = (): After =>
    random.pick(['teardown', 'teardown', 'release', 'cancelLease', 'startAgain', 'stopNotebook', 'startNotebook']);
  return [...random.some(0.5, one), ...random.some(0.3, one)];
}
