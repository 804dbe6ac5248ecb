import { afterEach, describe, expect, test } from '@jest/globals';
import { type Health, serveHealth, type WorkerState } from '../../src/worker/health.js';

let health: Health | null = null;
afterEach(() => health?.close());

describe('the health of a worker', () => {
  test.each<[WorkerState, number, number]>([
    ['connecting', 200, 503],
    ['running', 200, 200],
    ['stopping', 200, 503],
    ['failed', 503, 503],
  ])('while %s is %i for the restarter and %i for the scheduler of work', async (state, alive, ready) => {
    health = await serveHealth({ host: '127.0.0.1', port: 0 }, () => state);
    expect((await fetch(`${health.url}/healthz`)).status).toBe(alive);
    const answer = await fetch(`${health.url}/readyz`);
    expect(answer.status).toBe(ready);
    expect(await answer.json()).toEqual({ state });
  });
});
