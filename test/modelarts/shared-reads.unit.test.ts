import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RequestOptions } from '../../src/modelarts/request-options.js';
import { FakeClock, flushPromises } from './fake-clock.js';
import { Broken, connect, failureOf, type Respond } from './fake-service.js';

const second = 1_000;
const change = { metadata: { annotations: { 'os.modelarts/description': 'changed' } } };
const noPools: Respond = () => ({ body: { items: [], instances: [] } });

/** A client that sends one request per second and has no turn left. */
async function busyClient(respond: Respond = noPools) {
  const clock = new FakeClock();
  const { modelarts, seen } = connect(
    (request, index) =>
      request.url.pathname.endsWith('/networks') ? noPools(request, index) : respond(request, index),
    { maxRps: 1, now: clock.now, sleep: clock.sleep },
  );
  await modelarts.networks.list();
  seen.splice(0);
  const list = (options: RequestOptions = {}) => modelarts.pools.list({}, { maxWaitMs: 600 * second, ...options });
  return {
    clock,
    modelarts,
    seen,
    list,
    paths: () => seen.map(({ method, url }) => `${method} ${url.pathname.split('/').at(-1)}`),
  };
}

describe('identical reads that wait for their turn', () => {
  test('share one request and its response', async () => {
    const { clock, seen, list } = await busyClient();
    const lists = Promise.all(Array.from({ length: 50 }, () => list()));
    await clock.advance(second);
    expect((await lists).map(({ items }) => items.length)).toEqual(Array.from({ length: 50 }, () => 0));
    expect(seen).toHaveLength(1);
  });

  test('a read that is asked after the request began has a request of its own', async () => {
    let answer = (): void => undefined;
    const { clock, seen, list } = await busyClient(async (_, index) => {
      if (index === 0) await new Promise<void>((resolve) => (answer = resolve));
      return { body: { items: index < 1 ? [] : [{ metadata: { name: 'made-meanwhile' } }] } };
    });
    const first = list();
    await clock.advance(second);
    expect(seen).toHaveLength(1);
    const later = list();
    await clock.advance(second);
    expect(seen).toHaveLength(2);
    answer();
    expect((await first).items).toHaveLength(0);
    expect((await later).items).toHaveLength(1);
  });

  test('another filter, another call and another limit are another question', async () => {
    const { clock, modelarts, list, paths } = await busyClient();
    const wait = { maxWaitMs: 600 * second };
    const calls = [
      list(),
      modelarts.pools.list({ workspaceId: 'w' }, wait),
      modelarts.pools.list({ status: 'failed' }, wait),
      list({ timeoutMs: 2_000 }),
      modelarts.notebooks.list({}, wait),
    ];
    await clock.advance(10 * second);
    await Promise.all(calls);
    expect(paths()).toHaveLength(calls.length);
  });

  test('one that is aborted leaves, and the others get the response', async () => {
    const aborted = new AbortController();
    let answer = (): void => undefined;
    const { clock, list } = await busyClient(async (_, index) => {
      if (index === 0) await new Promise<void>((resolve) => (answer = resolve));
      return { body: { items: [] } };
    });
    const leaving = failureOf(list({ signal: aborted.signal }));
    const staying = list();
    await clock.advance(second);
    aborted.abort(new Error('not needed'));
    expect(await leaving).toMatchObject({ message: 'not needed' });
    answer();
    expect((await staying).items).toEqual([]);
  });

  test('the request is aborted when nobody waits for it', async () => {
    const aborted = new AbortController();
    const { clock, list } = await busyClient((_, index) =>
      index === 0 ? new Promise(() => undefined) : { body: { items: [] } },
    );
    const both = Promise.all([1, 2].map(() => failureOf(list({ signal: aborted.signal }))));
    await clock.advance(second);
    const timers = clock.sleeping;
    aborted.abort(new Error('not needed'));
    await both;
    await flushPromises();
    // The limit of the response.
    expect(clock.sleeping).toBe(timers - 1);
  });

  test('a failure is that of every call, and the next read is sent again', async () => {
    const { clock, seen, list } = await busyClient((_, index) =>
      index === 0 ? new Broken('ECONNRESET') : { body: { items: [] } },
    );
    const failures = Promise.all([failureOf(list()), failureOf(list())]);
    await clock.advance(second);
    expect(await failures).toEqual([
      expect.objectContaining({ kind: 'transport' }),
      expect.objectContaining({ kind: 'transport' }),
    ]);
    const next = list();
    await clock.advance(second);
    expect((await next).items).toEqual([]);
    expect(seen).toHaveLength(2);
  });

  test('every response is of a request that began after its question, whatever the times', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3_000 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 0, max: 2_500 }),
        async (pauses, latencyMs) => {
          const clock = new FakeClock();
          const respond: Respond = async () => {
            const began = clock.now();
            await clock.sleep(latencyMs);
            return { body: { kind: String(began), items: [] } };
          };
          const { modelarts, seen } = connect(respond, { maxRps: 1, now: clock.now, sleep: clock.sleep });
          const asked: Promise<{ at: number; began: number }>[] = [];
          for (const pause of pauses) {
            const at = clock.now();
            const options = { maxWaitMs: 600 * second, timeoutMs: 60 * second };
            asked.push(modelarts.pools.list({}, options).then(({ kind }) => ({ at, began: Number(kind) })));
            await clock.advance(pause);
          }
          await clock.advance(600 * second);
          for (const { at, began } of await Promise.all(asked)) expect(began).toBeGreaterThanOrEqual(at);
          expect(seen.length).toBeLessThanOrEqual(pauses.length);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('the reads of a delete', () => {
  test('are sent before creates and other reads, and after deletes', async () => {
    const { clock, modelarts, paths } = await busyClient(() => ({ body: { metadata: { name: 'a' } } }));
    const wait = { maxWaitMs: 600 * second };
    const calls = [
      modelarts.pools.show('read', wait),
      modelarts.pools.patch('create', change, wait),
      modelarts.pools.show('guard', { ...wait, priority: 'guard' }),
      modelarts.pools.delete('delete', { ...wait, priority: 'guard' }),
    ];
    await clock.advance(10 * second);
    await Promise.all(calls);
    expect(paths()).toEqual(['DELETE delete', 'GET guard', 'PATCH create', 'GET read']);
  });

  test('take the same question of a read with them', async () => {
    const { clock, modelarts, list, paths } = await busyClient(() => ({
      body: { metadata: { name: 'a' }, items: [] },
    }));
    const calls = [
      list(),
      modelarts.pools.patch('create', change, { maxWaitMs: 600 * second }),
      list({ priority: 'guard' }),
    ];
    await clock.advance(10 * second);
    await Promise.all(calls);
    expect(paths()).toEqual(['GET pools', 'PATCH create']);
  });
});
