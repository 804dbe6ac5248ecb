import { MockActivityEnvironment } from '@temporalio/testing';
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

/** Deletes a pool with one call per `pauseMs`, and returns the calls and their times. */
async function deletePool(pauseMs: number) {
  const clock = new FakeClock();
  const sent: { readonly call: string; readonly at: number }[] = [];
  const respond: Respond = (seen, index) => {
    sent.push({ call: `${seen.method} ${seen.url.pathname.split('/').at(-1)}`, at: clock.now() });
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
    'GET all',
    'POST training-job-searches',
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
