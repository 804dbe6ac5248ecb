import { describe, expect, test } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { ActivityDeps } from '../../../src/activities/deps.js';
import { poolActivities } from '../../../src/activities/resource/pools.js';
import { formatMarker } from '../../../src/domain/resource/marker.js';
import { FakeClock } from '../../modelarts/fake-clock.js';
import { connect, type Respond } from '../../modelarts/fake-service.js';

const createdAt = '2026-01-01T00:00:00Z';
const description = formatMarker({ installation: 'abc123', owner: 'aaaaaaaa', spec: '00000000' });
const pool = {
  metadata: { name: 'p', creationTimestamp: createdAt, annotations: { 'os.modelarts/description': description } },
  status: { phase: 'Running' },
};
const answers: Respond = ({ url, method }) => {
  if (method === 'DELETE') return { body: pool };
  if (url.pathname.endsWith('/workloads')) return { body: { kind: 'WorkloadList', items: [] } };
  if (url.pathname.includes('/pools/')) return { body: pool };
  return { body: { instances: [], items: [], total: 0 } };
};

/**
 * Deletes a pool with one call per `pauseMs`, and returns the calls and their times. Slow responses to the reads of
 * jobs take 5 s.
 */
async function deletePool(
  pauseMs: number,
  slow = 0,
  delay: (seen: Parameters<Respond>[0], clock: FakeClock) => Promise<void> = async () => undefined,
) {
  const clock = new FakeClock();
  const sent: { readonly call: string; readonly at: number }[] = [];
  const respond: Respond = async (seen, index) => {
    sent.push({ call: `${seen.method} ${seen.url.pathname.split('/').at(-1)}`, at: clock.now() });
    await delay(seen, clock);
    const reads = sent.filter(({ call }) => call === 'GET workloads').length;
    if (!seen.url.pathname.endsWith('/workloads') || reads > slow) return answers(seen, index);
    await clock.sleep(5_000);
    return answers(seen, index);
  };
  const { now, sleep } = clock;
  const { modelarts } = connect(respond, { maxRps: 1_000 / pauseMs, now, sleep });
  const deps = { modelarts, now, installation: 'abc123', settings: { httpTimeoutMs: 60_000 } };
  const activities = poolActivities(deps as unknown as ActivityDeps);
  const order = { id: 'p', createdAt, name: 'team-a', owners: ['aaaaaaaa'] };
  const outcome = new MockActivityEnvironment().run(async () => await activities.deletePool(order));
  await clock.advance(119_000);
  return { outcome: await outcome, sent };
}

test('a DELETE follows its reading within two seconds', async () => {
  const { outcome, sent } = await deletePool(1_000);
  expect(outcome).toEqual({ outcome: 'sent' });
  expect(sent.map(({ call }) => call)).toEqual([
    'GET p',
    'GET instances',
    'POST training-job-searches',
    'GET all',
    'GET services',
    'GET workloads',
    'DELETE p',
  ]);
});

test('a reading that is older than two seconds when the DELETE could be sent is repeated', async () => {
  const { outcome, sent } = await deletePool(3_000);
  expect(outcome).toEqual({ outcome: 'sent' });
  expect(sent.filter(({ call }) => call === 'GET workloads')).toHaveLength(3);
  expect(sent.at(-1)?.call).toBe('DELETE p');
});

test.each([1, 2, 3])('%i slow responses count from their requests', async (slow) => {
  const { outcome, sent } = await deletePool(100, slow);
  expect(outcome).toEqual({ outcome: 'sent' });
  const readings = sent.filter(({ call }) => call === 'GET workloads');
  expect(readings).toHaveLength(Math.min(slow + 1, 3));
  expect(sent.at(-1)?.call).toBe('DELETE p');
});

test('the notebooks of all users are listed again when another read took longer than ten seconds', async () => {
  let isSlow = true;
  const { outcome, sent } = await deletePool(100, 0, async ({ url }, clock) => {
    if (!isSlow || !url.pathname.endsWith('/services')) return;
    isSlow = false;
    await clock.sleep(12_000);
  });
  expect(outcome).toEqual({ outcome: 'sent' });
  const calls = sent.map(({ call }) => call);
  expect(calls.filter((call) => call === 'GET instances')).toHaveLength(2);
  expect(calls.filter((call) => call === 'GET all')).toHaveLength(2);
  expect(calls.at(-1)).toBe('DELETE p');
});

describe('a pool that changed after it was observed', () => {
  const changed = (change: object): Respond => {
    const metadata = { ...pool.metadata, ...change };
    return (seen, index) => {
      const isShow = seen.method === 'GET' && seen.url.pathname.endsWith('/pools/p');
      return isShow ? { body: { ...pool, metadata } } : answers(seen, index);
    };
  };

  async function commandOn(respond: Respond) {
    const { modelarts, seen } = connect(respond);
    const deps = { modelarts, now: Date.now, installation: 'abc123', settings: { httpTimeoutMs: 60_000 } };
    const activities = poolActivities(deps as unknown as ActivityDeps);
    const order = { id: 'p', createdAt, name: 'team-a', owners: ['aaaaaaaa'], respectProtection: true };
    const environment = new MockActivityEnvironment(undefined, { logger: new DefaultLogger('ERROR') });
    const outcome = await environment
      .run(async () => await activities.deletePool(order))
      .catch((error: unknown) => error);
    return { outcome, methods: seen.map(({ method }) => method) };
  }

  test('is not deleted when it is protected by now', async () => {
    const annotations = { 'os.modelarts/description': `${description} maops:keep` };
    const { outcome, methods } = await commandOn(changed({ annotations }));
    expect(outcome).toMatchObject({ type: 'Protected' });
    expect(methods).toEqual(['GET']);
  });

  test.each([
    [400, '1', /prepaid.*Unsubscribe/],
    [403, '1', /prepaid.*Unsubscribe/],
    [409, '1', /prepaid.*Unsubscribe/],
    [500, '1', /^((?!prepaid).)*$/],
    [400, '0', /^((?!prepaid).)*$/],
  ])(
    'a refused DELETE (HTTP %i, billing mode %s) is retried, and names the way out of a prepaid pool',
    async (...row) => {
      const [status, mode, message] = row;
      const annotations = { 'os.modelarts/description': description, 'os.modelarts/billing.mode': mode };
      const shown = changed({ annotations });
      const body = { error_code: 'ModelArts.50004000', error_msg: 'refused' };
      const { outcome } = await commandOn((seen, index) =>
        seen.method === 'DELETE' ? { status, body } : shown(seen, index),
      );
      expect(outcome).toMatchObject({ nonRetryable: false, message: expect.stringMatching(message) });
    },
  );

  test('is not deleted when another pool has its id', async () => {
    const foreign = { creationTimestamp: '2026-01-01T00:01:00Z', annotations: {} };
    const { outcome, methods } = await commandOn(changed(foreign));
    expect(outcome).toMatchObject({ outcome: 'notSent', reason: 'replaced' });
    expect(methods).toEqual(['GET']);
  });
});
