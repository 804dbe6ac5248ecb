import type { Behavior } from '../../src/simulator/behavior.js';
import type { Action, After, ChaosSeed, DrawnJob, JobBeforeCall, JobsSeed } from './chaos-seed.js';
import type { Random } from './random.js';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** Draws the jobs of a scenario: a third of all scenarios have some. */
export function withJobs(scenario: ChaosSeed, random: Random): ChaosSeed {
  if (!random.chance(0.34)) return scenario;
  const refuses = random.chance(0.25);
  const unavailable = drawUnavailable(random);
  const { document, actions, afters } = scenario;
  const ends = refuses;
  const job = () => drawJob(random, ends);
  const timed = Array.from({ length: random.between(0, 3) }, (): Action => {
    return { at: random.between(3 * minute, 25 * minute), what: 'job', job: job() };
  });
  const beforeCalls = Array.from({ length: random.between(0, 2) }, (): JobBeforeCall => {
    const before = random.pick(['any', 'workloads', 'removal', 'poolDelete'] as const);
    return { before, nth: before === 'any' ? random.between(20, 120) : random.between(1, 5), job: job() };
  });
  const readable = random.some(0.5, (): Action => ({ at: random.between(0, 60 * minute), what: 'readable' }));
  const isReadable = Object.keys(unavailable).length === 0;
  return {
    ...scenario,
    document: { ...document, ...drawLease(document, random) },
    actions: [...actions, ...timed, ...(isReadable ? [] : readable)].sort((one, other) => one.at - other.at),
    afters: drawAfters(afters, random),
    jobs: {
      beforeCalls,
      behavior: {
        deletePoolInUse: refuses ? 'refuse' : 'kill',
        workloadsLagMs: random.chance(0.25) ? random.between(1, 60) * second : 0,
        workloadsListNotebooks: random.chance(0.2),
        workloadsTotal: random.chance(0.7),
        trainingSearchOwnOnly: random.chance(0.5),
        unavailable,
      },
      teardown: drawTeardown(random),
      waitMs: random.chance(0.1) ? 26 * hour : random.between(30, 180) * minute,
    },
  };
}

/** What the account may not read, or the region does not have. */
function drawUnavailable(random: Random): Behavior['unavailable'] {
  const how = () => random.pick(['forbidden', 'missing'] as const);
  const workloads = random.some(0.2, () => ({ 'workloads.list': how() }));
  const others = random.some(0.2, () => ({ [random.pick(['trainingJobs.search', 'services.list'] as const)]: how() }));
  return { ...workloads[0], ...others[0] };
}

/** With `ends`, the job ends by itself: otherwise a service that refuses the DELETE would do so for ever. */
function drawJob(random: Random, ends: boolean): DrawnJob {
  const statuses = ['Running', 'Running', 'Running', 'Queue', 'Pending', 'Creating', 'Terminating'];
  const runs = random.some(ends ? 1 : 0.6, () => ({ runsForMs: random.between(1, 180) * minute }));
  const late = random.some(0.25, () => ({ visibleAfterMs: random.between(1, 120) * second }));
  return {
    type: random.pick(['train', 'train', 'infer', 'x-infer']),
    status: random.pick(ends ? statuses : [...statuses, 'Abnormal']),
    ...runs[0],
    ...late[0],
  };
}

function drawLease(document: Readonly<Record<string, unknown>>, random: Random): Record<string, unknown> {
  const { notebook } = document;
  const stopsNever = typeof notebook === 'object' && notebook !== null && 'autoStop' in notebook;
  const ttl = random.pick(['20m', '1h', '8h']);
  const drain = random.pick([{}, { drain: '0s' }, { drain: '10m' }, { drain: '2h' }, { drain: 'forever' }]);
  return random.chance(0.8) && !stopsNever ? { lease: { ttl, warnings: [], ...drain } } : {};
}

function drawTeardown(random: Random): JobsSeed['teardown'] {
  const signature = { by: 'chaos', reason: 'chaos' };
  const drain = random.pick(['1m', '20m', '2h']);
  return random.pick([
    {},
    {},
    { drain, ...signature },
    { withJobs: true, ...signature },
    { drain, withJobs: true, ...signature },
  ]);
}

function drawAfters(afters: readonly After[], random: Random): After[] {
  return random.pick<After[]>([
    [...afters],
    [...afters, 'wait'],
    ['wait', ...afters],
    ['release', 'wait'],
    ['wait', 'teardown', 'wait'],
    ['release', 'teardown', 'wait'],
  ]);
}
