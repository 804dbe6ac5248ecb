import { describe, expect, test } from '@jest/globals';
import { readFailedOrder } from '../../src/inventory/failed-orders.js';
import { connect, projectId, type Respond } from '../modelarts/fake-service.js';

const pool = { id: `team-a-${projectId}`, name: 'team-a', createdAt: '2026-11-30T08:00:00Z' };
const order = {
  orderName: 'order.team-a-w4l2n',
  resourceName: pool.id,
  resourceDisplayName: 'team-a',
  operation: 'apply',
  phase: 'failed',
  failReason: 'no capacity',
  creationTimestamp: 1796025600000,
};
const node = (status: string, message?: string) => ({ resourceName: 'n', action: 'createNode', status, message });

async function read(respond: Respond) {
  const { modelarts, seen } = connect(respond);
  const found = await readFailedOrder(modelarts, pool, { signal: new AbortController().signal });
  return { found, paths: seen.map(({ url }) => `${url.pathname}?${url.searchParams.get('involvedName') ?? ''}`), seen };
}

const ordersOf = (items: readonly object[], details: readonly object[] = []): Respond => {
  return ({ url }) => ({ body: { count: items.length, items: url.pathname.endsWith('/orders') ? items : details } });
};

describe('the order of a failed creation', () => {
  test('is found by the id of the pool, with the messages of its failed nodes', async () => {
    const details = [
      node('failed', 'quota'),
      node('succeed'),
      node('failed'),
      { action: 'createPool', status: 'failed' },
    ];
    const { found, paths, seen } = await read(ordersOf([order], details));
    expect(found).toEqual({ failReason: 'no capacity', nodeMessages: ['quota'] });
    expect(paths).toEqual([`/v1/${projectId}/orders?${pool.id}`, `/v1/${projectId}/orders/order.team-a-w4l2n?`]);
    expect(seen[0]?.url.searchParams.get('since')).toBe(String(Date.parse(pool.createdAt) - 60_000));
  });

  test('has its result in `result` or in `phase`, and is the newest failed creation of this pool', async () => {
    const others = [
      { ...order, result: 'successed', phase: 'completed', failReason: 'succeeded' },
      { ...order, operation: 'modify', failReason: 'scaling' },
      { ...order, resourceName: 'other', resourceDisplayName: 'other', failReason: 'foreign' },
      { ...order, creationTimestamp: order.creationTimestamp - 1000, failReason: 'older' },
    ];
    const newest = { ...order, result: 'failed', phase: 'completed', failReason: 'newest' };
    const { found } = await read(ordersOf([...others, newest]));
    expect(found?.failReason).toBe('newest');
  });

  test('is looked up by the display name when the id finds none', async () => {
    const { found, paths } = await read(({ url }) => {
      if (url.searchParams.get('involvedName') === pool.id)
        return { status: 404, body: { error_code: 'ModelArts.50015001' } };
      return { body: { items: url.pathname.endsWith('/orders') ? [order] : [] } };
    });
    expect(found?.failReason).toBe('no capacity');
    expect(paths[1]).toBe(`/v1/${projectId}/orders?team-a`);
  });

  test.each<[string, Respond, object | null]>([
    ['orders may not be read', () => ({ status: 403, body: {} }), null],
    ['there is none', ordersOf([]), null],
    ['the response is not readable', () => ({ body: 'text' }), null],
    [
      'only its details fail',
      ({ url }) => (url.pathname.endsWith('/orders') ? { body: { items: [order] } } : { status: 500, body: {} }),
      { failReason: 'no capacity', nodeMessages: [] },
    ],
  ])('is best effort when %s', async (_, respond, expected) => {
    expect((await read(respond)).found).toEqual(expected);
  });
});
