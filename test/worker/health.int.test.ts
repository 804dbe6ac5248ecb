import { afterEach, describe, expect, test } from '@jest/globals';
import { type Health, serveHealth, type WorkerState } from '../../src/worker/health.js';
import { Readiness } from '../../src/worker/readiness.js';

let health: Health | null = null;
afterEach(() => health?.close());

const fine = { ok: true, state: 'accepted', reason: null } as const;

function known(): Readiness {
  const readiness = new Readiness(() => 0);
  readiness.saw('temporal', fine);
  readiness.saw('modelarts', fine);
  return readiness;
}

async function ready(state: WorkerState, readiness: Readiness) {
  health = await serveHealth({ host: '127.0.0.1', port: 0 }, () => ({ state, ...readiness.services }));
  const alive = (await fetch(`${health.url}/healthz`)).status;
  const answer = await fetch(`${health.url}/readyz`);
  return { alive, status: answer.status, body: await answer.json() };
}

describe('the health of a worker', () => {
  test.each<[WorkerState, number, number]>([
    ['connecting', 200, 503],
    ['running', 200, 200],
    ['stopping', 200, 503],
    ['failed', 503, 503],
  ])('while %s is %i for liveness and %i for readiness', async (state, alive, status) => {
    const isReady = status === 200;
    expect(await ready(state, known())).toMatchObject({ alive, status, body: { state, ready: isReady } });
  });

  test.each(['temporal', 'modelarts'] as const)(
    'is alive and not ready while %s is unusable, with the reason',
    async (service) => {
      const readiness = known();
      readiness.saw(service, { ok: false, state: 'refused', reason: 'HTTP 401' });
      expect(await ready('running', readiness)).toMatchObject({
        alive: 200,
        status: 503,
        body: { ready: false, [service]: { ok: false, reason: 'HTTP 401', since: '1970-01-01T00:00:00.000Z' } },
      });
    },
  );

  test('is not ready before the credentials are checked', async () => {
    const readiness = new Readiness(() => 0);
    readiness.saw('temporal', fine);
    expect((await ready('running', readiness)).status).toBe(503);
  });

  test('remembers when a service entered its state', () => {
    let now = 0;
    const readiness = new Readiness(() => now);
    const refused = { ok: false, state: 'refused', reason: 'HTTP 401' } as const;
    expect(readiness.saw('modelarts', refused)).toBe(true);
    now = 5_000;
    expect(readiness.saw('modelarts', { ...refused, reason: 'left alone' })).toBe(false);
    expect(readiness.services.modelarts).toMatchObject({ reason: 'left alone', since: '1970-01-01T00:00:00.000Z' });
    expect(readiness.saw('modelarts', fine)).toBe(true);
    expect(readiness.services.modelarts.since).toBe('1970-01-01T00:00:05.000Z');
  });
});
