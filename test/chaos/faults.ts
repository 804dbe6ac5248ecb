import type { Fault } from '../../src/simulator/faults/fault.js';
import type { Random } from './random.js';

const second = 1000;
const minute = 60 * second;

const operations = [
  'pools.create',
  'pools.show',
  'pools.list',
  'pools.delete',
  'notebooks.create',
  'notebooks.list',
  'notebooks.show',
  'notebooks.delete',
  'notebooks.action',
  'flavors.list',
  'networks.show',
] as const;

/** The fields of a pool and of a notebook that an answer may lack, the ones that hold the marker too. */
const poolFields = [
  'metadata.annotations',
  ['metadata', 'annotations', 'os.modelarts/description'],
  'status.phase',
  'status.resources',
  'status.scope',
  'metadata.creationTimestamp',
  'spec.resources',
];
const notebookFields = ['description', 'status', 'creation_timestamp', 'pool', 'spec.annotations', 'profile', 'flavor'];

type Draw = (random: Random) => Fault;

/** A response that does not show what was done. */
const badAnswer: Draw = (random) => {
  const operation = random.pick(['*', ...operations] as const);
  const status = random.pick([500, 502, 503, 504]);
  return random.pick<Fault>([
    { operation, kind: 'status', status },
    { operation, kind: 'status', status, body: { html: '<h1>busy</h1>' } },
    { operation, kind: 'status', status, body: { empty: true } },
    { operation, kind: 'status', status: 500, commit: true },
    { operation, kind: 'status', status: 504, commit: true, body: { half: { error_code: 'ModelArts.0001' } } },
    { operation, kind: 'lost', at: 'before' },
    { operation, kind: 'lost', at: 'after' },
    { operation, kind: 'halfBody' },
    { operation, kind: 'hang' },
    { operation, kind: 'hang', commit: true },
    { operation, kind: 'throttle' },
    { operation, kind: 'throttle', retryAfter: random.between(1, 90) },
    { operation, kind: 'throttle', code: 'ModelArts.6101' },
    { operation, kind: 'throttle', code: 'APIG.0308', retryAfter: random.between(1, 20) },
    { operation, kind: 'delay', ms: random.between(1, 25) * second, at: random.pick(['before', 'after'] as const) },
  ]);
};

/** What an answer of this kind means is a refusal; each comes once, because some of them end a run. */
const refusal: Draw = (random) => {
  const operation = random.pick(operations);
  return random.pick<Fault>([
    { operation, kind: 'unauthorized' },
    { operation, kind: 'unauthorized', reason: 'mustUpdate' },
    { operation, kind: 'forbidden' },
    { operation, kind: 'forbidden', code: 'APIGW.0302' },
    { operation, kind: 'status', status: 400, body: { json: { error_code: 'ModelArts.0104', error_msg: 'no' } } },
    { operation, kind: 'status', status: 404 },
    { operation, kind: 'status', status: 409 },
    {
      operation: 'pools.create',
      kind: 'status',
      status: 409,
      body: { json: { error_code: 'ModelArts.50015000', error_msg: 'exists' } },
    },
  ]);
};

const drawPoolFault: Draw = (random) => {
  const operation = 'pools.create';
  return random.pick<Fault>([
    { operation, kind: 'listLag', ms: random.between(5, 100) * second },
    { operation, kind: 'listLag', ms: random.between(5, 100) * second, in: ['list'] },
    { operation, kind: 'listLag', ms: random.between(5, 100) * second, in: ['show'] },
    { operation, kind: 'slowDelete', ms: random.between(1, 40) * minute },
    { operation, kind: 'slowDelete', ms: random.between(60, 480) * minute },
    { operation, kind: 'soldOut', when: 'before', forMs: random.between(5, 60) * minute },
    { operation, kind: 'soldOut', when: 'before', answer: 'refuse', forMs: random.between(5, 60) * minute },
    { operation, kind: 'soldOut', when: 'midway', forMs: random.between(5, 60) * minute },
    { operation, kind: 'partialNodes', missing: 1 },
    { operation, kind: 'partialNodes', missing: 'half' },
    { operation, kind: 'stuck', phase: 'Creating' },
    { operation, kind: 'creationFailed' },
    {
      operation,
      kind: 'abnormal',
      afterMs: random.between(1, 60) * second,
      recoverAfterMs: random.between(10, 600) * second,
    },
    {
      operation,
      kind: 'abnormal',
      phase: random.pick(['Abnormal', 'Error'] as const),
      afterMs: random.between(1, 60) * second,
    },
    { operation, kind: 'scopeFailed' },
    { operation, kind: 'scopeFailed', scope: 'Notebook' },
    { operation, kind: 'driverFlap', rounds: random.between(1, 3), everyMs: random.between(5, 60) * second },
    { operation: 'pools.delete', kind: 'deleteFails', times: random.between(1, 3) },
    { operation: 'pools.delete', kind: 'deleteFails', how: 'reverts', times: random.between(1, 2) },
  ]);
};

const drawNotebookFault: Draw = (random) => {
  const operation = 'notebooks.create';
  return random.pick<Fault>([
    { operation, kind: 'listLag', ms: random.between(5, 100) * second },
    { operation, kind: 'listLag', ms: random.between(5, 100) * second, in: ['list'] },
    { operation, kind: 'slowDelete', ms: random.between(1, 30) * minute },
    { operation, kind: 'soldOut', when: 'before', forMs: random.between(5, 40) * minute },
    { operation, kind: 'soldOut', when: 'midway', forMs: random.between(5, 40) * minute },
    { operation, kind: 'notebookFailed' },
    {
      operation,
      kind: 'notebookUnavailable',
      afterMs: random.between(1, 60) * second,
      recoverAfterMs: random.between(5, 400) * second,
    },
    { operation, kind: 'notebookUnavailable', afterMs: random.between(1, 60) * second },
    { operation: 'notebooks.delete', kind: 'deleteFails', times: random.between(1, 3) },
    { operation, kind: 'stuck', phase: 'CREATING', forMs: random.between(5, 120) * minute },
  ]);
};

/** A good answer in a strange shape. */
const shape: Draw = (random) => {
  const isPool = random.chance(0.5);
  const operation = isPool
    ? random.pick(['pools.list', 'pools.show', 'pools.create'] as const)
    : random.pick(['notebooks.list', 'notebooks.show'] as const);
  const paths = [random.pick(isPool ? poolFields : notebookFields)];
  return random.pick<Fault>([
    { operation, kind: 'unknownStatus', word: 'Pondering' },
    { operation, kind: 'missingFields', paths },
    { operation, kind: 'nullFields', paths },
  ]);
};

/** Draws the faults of a scenario. Every one of them ends by itself, so that what must end can end. */
export function drawFaults(random: Random): Fault[] {
  const faults: Fault[] = [];
  const plan = (fault: Fault) => faults.push({ ...fault, optional: true });
  for (let count = random.between(0, 4); count > 0; count -= 1) {
    plan({ ...badAnswer(random), nth: random.between(1, 6), times: random.between(1, 4) });
  }
  for (let count = random.between(0, 2); count > 0; count -= 1) {
    const share = random.between(2, 20) / 100;
    plan({ ...badAnswer(random), probability: share, times: random.between(1, 25) });
  }
  for (const fault of random.some(0.1, () => refusal(random))) plan({ ...fault, nth: random.between(1, 4) });
  for (const fault of random.some(0.45, () => drawPoolFault(random))) plan(fault);
  for (const fault of random.some(0.15, () => drawPoolFault(random))) plan({ ...fault, nth: random.between(1, 2) });
  for (const fault of random.some(0.35, () => drawNotebookFault(random))) plan(fault);
  for (const fault of random.some(0.25, () => shape(random)))
    plan({ ...fault, nth: random.between(1, 10), times: random.between(1, 4) });
  return faults;
}
