import { describe, expect, test } from '@jest/globals';
import type { Fault, FaultEffect } from '../../src/simulator/faults/fault.js';
import type { RequestRecord } from '../../src/simulator/request-log.js';
import { oursIn } from '../chaos/judge.js';
import type { Testbed } from '../support/testbed.js';
import { testbedsForFile } from '../support/testbeds-for-file.js';
import { documents, type Kind, kinds, types, usable } from './launch-alone.js';
import { control } from './outside-changes.js';
import { name } from './steps.js';

const seconds = 1000;
const minute = 60 * seconds;
const deadlineMs = { pool: 90 * minute, notebook: 20 * minute };
const timeOf = ({ at }: RequestRecord) => Date.parse(at);

const newStack = testbedsForFile();

const json = (status: number, body: Record<string, string>): FaultEffect => ({
  kind: 'status',
  status,
  body: { json: body },
});

/** Responses to a read without any information about the resource. */
const badAnswers: readonly { readonly answer: string; readonly effect: FaultEffect | ((kind: Kind) => FaultEffect) }[] =
  [
    { answer: '500', effect: { kind: 'status', status: 500 } },
    { answer: '502 of a proxy', effect: { kind: 'status', status: 502 } },
    { answer: '503 without a body', effect: { kind: 'status', status: 503, body: { empty: true } } },
    { answer: '503 with Retry-After', effect: { kind: 'status', status: 503, headers: { 'retry-after': '40' } } },
    {
      answer: '504 cut in half',
      effect: { kind: 'status', status: 504, body: { half: { error_code: 'ModelArts.0001' } } },
    },
    { answer: '408', effect: { kind: 'status', status: 408 } },
    { answer: '301', effect: { kind: 'status', status: 301, headers: { location: 'https://example.com/' } } },
    { answer: 'a 400 that no page names', effect: json(400, { error_code: 'ModelArts.9999', error_msg: 'no' }) },
    { answer: '403 of the service', effect: { kind: 'forbidden' } },
    { answer: '403 of the gateway', effect: { kind: 'forbidden', code: 'APIGW.0302' } },
    {
      answer: '404 of the gateway',
      effect: json(404, { error_code: 'APIGW.0101', error_msg: 'The API does not exist.' }),
    },
    { answer: '401 for an expired token', effect: { kind: 'unauthorized', revoke: false } },
    { answer: '401 of the service', effect: { kind: 'unauthorized', reason: 'service', revoke: false } },
    { answer: '429 with Retry-After', effect: { kind: 'throttle', code: 'ModelArts.6101', retryAfter: 30 } },
    { answer: '429 without Retry-After', effect: json(429, { error_code: 'ModelArts.6101', error_msg: 'busy' }) },
    { answer: '429 of the gateway', effect: { kind: 'throttle', retryAfter: 20 } },
    { answer: 'a lost connection', effect: { kind: 'lost', at: 'before' } },
    { answer: 'half a body', effect: { kind: 'halfBody' } },
    { answer: 'nothing until the time-out', effect: { kind: 'hang' } },
    { answer: 'a page with 200', effect: { kind: 'status', status: 200, body: { html: '<h1>Welcome</h1>' } } },
    { answer: 'nothing with 200', effect: { kind: 'status', status: 200, body: { empty: true } } },
    { answer: 'an empty object with 200', effect: { kind: 'status', status: 200, body: { json: {} } } },
    { answer: 'an unknown word', effect: { kind: 'unknownStatus', word: 'Pondering' } },
    {
      answer: 'no status',
      effect: (kind) => ({ kind: 'missingFields', paths: [kind === 'pool' ? 'status.phase' : 'status'] }),
    },
    {
      answer: 'null for a status',
      effect: (kind) => ({ kind: 'nullFields', paths: [kind === 'pool' ? 'status.phase' : 'status'] }),
    },
  ];

const looksAt = (kind: Kind, effect: FaultEffect): Fault[] =>
  ['list', 'show'].map((look) => ({ operation: `${kind}s.${look}` as Fault['operation'], times: 'always', ...effect }));

/** Starts one resource and runs until it is being waited for. */
async function untilAwaited(testbed: Testbed, kind: Kind): Promise<{ readonly began: number }> {
  const { temporal } = testbed;
  const phase = kind === 'pool' ? 'AwaitingPool' : 'AwaitingNotebook';
  const began = temporal.now();
  await temporal.start(types[kind], `${kind}/${name}`, [documents[kind]]);
  await temporal.run({ until: () => temporal.searchAttributes(`${kind}/${name}`).MaopsPhase === phase });
  return { began };
}

/** Ends the faults, of which a test that shows something has met some. */
function heal({ simulator }: Testbed): void {
  expect(simulator.faults.report().some(({ hit }) => hit > 0)).toBe(true);
  simulator.faults.clear();
}

describe.each(kinds)('the wait for a %s', (kind) => {
  const workflowId = `${kind}/${name}`;

  test.each(badAnswers)('continues through $answer until shortly before the deadline', async ({ answer, effect }) => {
    const testbed = await newStack();
    const { temporal, simulator, progress } = testbed;
    const { began } = await untilAwaited(testbed, kind);
    simulator.faults.plan(...looksAt(kind, typeof effect === 'function' ? effect(kind) : effect));
    // A token that was refused three times is left alone for five minutes, so that it is not locked.
    const lockedMs = answer.startsWith('401') ? 5 * minute : 0;
    await temporal.run({ maxTime: began + deadlineMs[kind] - 3 * minute - lockedMs - temporal.now() });
    expect(await progress(workflowId)).toMatchObject({ failure: null, endedAt: null });
    heal(testbed);
    const healed = temporal.now();
    expect(await temporal.result(workflowId)).toMatchObject({ phase: 'Ready' });
    expect(temporal.now() - healed).toBeLessThan(lockedMs + 100 * seconds);
    expect(simulator.requests(`${kind}s.create`)).toHaveLength(1);
  });

  test.each(badAnswers)(
    'continues through $answer to the read by id, while the list is stale',
    async ({ answer, effect }) => {
      const lag = {
        operation: `${kind}s.create` as const,
        kind: 'listLag' as const,
        ms: deadlineMs[kind],
        in: ['list' as const],
      };
      const testbed = await newStack({ simulator: { faults: [lag] } });
      const { temporal, simulator } = testbed;
      await untilAwaited(testbed, kind);
      const [, show] = looksAt(kind, typeof effect === 'function' ? effect(kind) : effect);
      if (show !== undefined) simulator.faults.plan(show);
      await temporal.run({ maxTime: 10 * minute });
      heal(testbed);
      const healed = temporal.now();
      expect(await temporal.result(workflowId)).toMatchObject({ phase: 'Ready' });
      expect(temporal.now() - healed).toBeLessThan((answer.startsWith('401') ? 6 : 2) * minute);
      expect(simulator.requests(`${kind}s.create`)).toHaveLength(1);
    },
  );

  test.each(badAnswers)('ends only at the deadline: $answer', async ({ effect }) => {
    const testbed = await newStack();
    const { temporal, simulator, progress } = testbed;
    const { began } = await untilAwaited(testbed, kind);
    simulator.faults.plan(...looksAt(kind, typeof effect === 'function' ? effect(kind) : effect));
    await temporal.run({ until: () => temporal.searchAttributes(workflowId).MaopsPhase === 'RollingBack' });
    expect(temporal.now() - began).toBeGreaterThanOrEqual(deadlineMs[kind]);
    expect(temporal.now() - began).toBeLessThan(deadlineMs[kind] + 10 * seconds);
    heal(testbed);
    await temporal.run({ until: () => temporal.status(workflowId) !== 'RUNNING' });
    expect(await progress(workflowId)).toMatchObject({ phase: 'RolledBack', failure: { type: 'DeadlineExceeded' } });
    const { pools, notebooks } = oursIn(simulator.state());
    expect([...pools, ...notebooks]).toEqual([]);
  });

  test('continues through expired tokens', async () => {
    const testbed = await newStack({ credentials: 'password' });
    const { temporal, simulator } = testbed;
    await untilAwaited(testbed, kind);
    simulator.faults.plan({ operation: `${kind}s.list`, kind: 'unauthorized', nth: 2 });
    simulator.faults.plan({ operation: `${kind}s.list`, kind: 'unauthorized', nth: 4, reason: 'mustUpdate' });
    expect(await temporal.result(workflowId)).toMatchObject({ phase: 'Ready' });
    expect(simulator.requests('iam.token')).toHaveLength(3);
  });

  test('continues through a deploy or a crash every forty seconds', async () => {
    const testbed = await newStack();
    const { temporal, simulator } = testbed;
    await untilAwaited(testbed, kind);
    let stops = 0;
    const stop = () => {
      stops += 1;
      if (stops % 2 === 0) temporal.killWorker();
      else temporal.stopWorker();
      if (temporal.status(workflowId) === 'RUNNING') temporal.clock.schedule(temporal.now() + 40 * seconds, stop);
    };
    stop();
    expect(await temporal.result(workflowId)).toMatchObject({ phase: 'Ready' });
    expect(stops).toBeGreaterThan(1);
    expect(simulator.requests(`${kind}s.create`)).toHaveLength(1);
  });

  test('ends when it was observed usable twice in a row, and not when it flickers', async () => {
    const testbed = await newStack();
    const { temporal, simulator } = testbed;
    await untilAwaited(testbed, kind);
    // Every second observation after the first usable one differs.
    await temporal.run({
      until: () => {
        const { pools, notebooks } = simulator.state();
        return kind === 'pool'
          ? pools[0]?.phase === usable.pool && pools[0].scopes.every(({ state }) => state === 'Enabled')
          : notebooks[0]?.status === usable.notebook;
      },
    });
    for (let nth = 2; nth < 100; nth += 2) {
      simulator.faults.plan({ operation: `${kind}s.list`, kind: 'unknownStatus', word: 'Pondering', nth });
    }
    const flickers = temporal.now();
    await temporal.run({ maxTime: 5 * minute });
    expect(temporal.status(workflowId)).toBe('RUNNING');
    heal(testbed);
    expect(await temporal.result(workflowId)).toMatchObject({ phase: 'Ready' });
    expect(temporal.now() - flickers).toBeGreaterThan(5 * minute);
  });
});

test('a stopped notebook is started despite bad responses to the start', async () => {
  const testbed = await newStack();
  const { temporal, simulator } = testbed;
  await untilAwaited(testbed, 'notebook');
  await temporal.result(`notebook/${name}`);
  const id = simulator.state().notebooks[0]?.id ?? '';
  await control(testbed, `notebooks/${id}`, { status: 'STOPPED' });
  simulator.faults.plan({ operation: 'notebooks.action', kind: 'status', status: 503, times: 'always' });
  await temporal.start(types.notebook, `notebook/${name}`, [documents.notebook]);
  await temporal.run({ maxTime: 10 * minute });
  expect(temporal.status(`notebook/${name}`)).toBe('RUNNING');
  heal(testbed);
  expect(await temporal.result(`notebook/${name}`)).toMatchObject({ phase: 'Ready', notebook: { status: 'RUNNING' } });
});

describe('observing while it is unknown whether a resource was created', () => {
  test.each(kinds)('no refused read ends it: %s', async (kind) => {
    for (const refusal of ['forbidden', 'unauthorized'] as const) {
      const testbed = await newStack({
        simulator: { faults: [{ operation: `${kind}s.create`, kind: 'lost', at: 'after' }] },
      });
      const { temporal, simulator } = testbed;
      await temporal.start(types[kind], `${kind}/${name}`, [documents[kind]]);
      await temporal.run({ until: () => simulator.requests(`${kind}s.create`).length === 1 });
      const look = kind === 'pool' ? 'pools.show' : 'notebooks.list';
      simulator.faults.plan({ operation: look, kind: refusal, times: 2 });
      expect(await temporal.result(`${kind}/${name}`)).toMatchObject({ phase: 'Ready' });
      expect(simulator.requests(`${kind}s.create`)).toHaveLength(1);
    }
  });
});

/**
 * Calls of an operation that came before the service allowed them again, and how late the first one after each block
 * was.
 */
function blocksOf(requests: readonly RequestRecord[], retryAfterMs: number, binds: (one: RequestRecord) => boolean) {
  /** What was under way when the refusal was sent knew nothing of it. */
  const underWay = 100;
  const early: string[] = [];
  const delays: number[] = [];
  for (const refusal of requests.filter(({ status }) => status === 429)) {
    const from = timeOf(refusal);
    const later = requests.filter((one) => binds(one) && timeOf(one) > from + underWay);
    early.push(
      ...later.filter((one) => timeOf(one) < from + retryAfterMs).map(({ operation, at }) => `${operation} at ${at}`),
    );
    const [next] = later;
    if (next !== undefined) delays.push(timeOf(next) - from - retryAfterMs);
  }
  return { early, delays };
}

describe('a storm of 429', () => {
  const names = ['team-a', 'team-b', 'team-c'];
  const startAll = async ({ temporal }: Testbed) => {
    for (const one of names) await temporal.start('provisionPool', `pool/${one}`, [{ ...documents.pool, name: one }]);
  };
  const untilReady = async ({ temporal }: Testbed) => {
    for (const one of names) expect(await temporal.result(`pool/${one}`)).toMatchObject({ phase: 'Ready' });
  };

  test.each([
    ['pools.list', 7, 3 * minute],
    ['pools.list', 60, 0],
    ['pools.show', 25, 0],
    ['pools.create', 90, 0],
    ['flavors.list', 12, 0],
  ] as const)(
    'of %s is awaited to the second by all calls, and the rest continues',
    async (operation, retryAfter, after) => {
      const testbed = await newStack();
      const { simulator, temporal } = testbed;
      await startAll(testbed);
      // By then the polls are far apart.
      if (after > 0) await temporal.run({ maxTime: after });
      simulator.faults.plan({ operation, kind: 'throttle', code: 'ModelArts.6101', retryAfter, times: 6 });
      await untilReady(testbed);
      const requests = simulator.requests().filter((one) => one.operation === operation);
      expect(requests.filter(({ status }) => status === 429)).toHaveLength(6);
      const { early, delays } = blocksOf(requests, retryAfter * seconds, () => true);
      expect(early).toEqual([]);
      expect(Math.max(...delays)).toBeLessThanOrEqual(2 * seconds);
      expect(simulator.requests('pools.create').filter(({ effect }) => effect !== null)).toHaveLength(3);
    },
  );

  test.each(['APIGW.0308', 'APIG.0308'] as const)('with %s stops every call of the process', async (code) => {
    const testbed = await newStack();
    const { simulator, temporal } = testbed;
    await startAll(testbed);
    await temporal.run({ maxTime: 2 * minute });
    simulator.faults.plan({ operation: 'pools.list', kind: 'throttle', code, retryAfter: 45, times: 4 });
    await temporal.start('launchNotebook', 'notebook/team-n', [{ ...documents.notebook, name: 'team-n' }]);
    await untilReady(testbed);
    const { early, delays } = blocksOf(simulator.requests(), 45 * seconds, () => true);
    expect(early).toEqual([]);
    expect(delays.length).toBeGreaterThanOrEqual(4);
    expect(Math.max(...delays)).toBeLessThanOrEqual(2 * seconds);
  });

  test('of the deletes for an hour is awaited to the second too', async () => {
    const testbed = await newStack();
    const { simulator, temporal } = testbed;
    await untilAwaited(testbed, 'pool');
    await temporal.cancel(`pool/${name}`);
    simulator.faults.plan({
      operation: 'pools.delete',
      kind: 'throttle',
      code: 'ModelArts.6101',
      retryAfter: 60,
      times: 60,
    });
    await temporal.run({ until: () => temporal.status(`pool/${name}`) !== 'RUNNING' });
    expect(simulator.state().pools).toEqual([]);
    const deletes = simulator.requests('pools.delete');
    const { early, delays } = blocksOf(deletes, 60 * seconds, () => true);
    expect(early).toEqual([]);
    expect(delays).toHaveLength(60);
    expect(Math.max(...delays)).toBeLessThanOrEqual(2 * seconds);
  });

  test('never sends more than MAOPS_MAX_RPS, whoever waits', async () => {
    const testbed = await newStack({ maxRps: 2 });
    await startAll(testbed);
    await untilReady(testbed);
    const times = testbed.simulator.requests().map(timeOf);
    const busiest = Math.max(
      ...times.map((from) => times.filter((at) => at >= from && at < from + 10 * seconds).length),
    );
    expect(busiest).toBeLessThanOrEqual(2 * 10 + 2);
  });
});
