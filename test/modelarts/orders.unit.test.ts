import { InvalidRequestError } from '../../src/modelarts/errors.js';
import { connect, projectId } from './fake-service.js';

describe('orders and events', () => {
  test('are asked for with the documented queries', async () => {
    const { modelarts, seen } = connect(() => ({ body: { items: [] } }));
    await modelarts.orders.list({ involvedName: 'pool-a', since: 5, limit: 500, offset: 0 });
    await modelarts.orders.show('order.pool-a-w4l2n');
    await modelarts.events.list('pool-a', { since: 5, type: 'Warning' });
    expect(seen.map(({ url }) => `${url.pathname}${url.search}`)).toEqual([
      `/v1/${projectId}/orders?limit=500&since=5&involvedName=pool-a&offset=0`,
      `/v1/${projectId}/orders/order.pool-a-w4l2n`,
      `/v1/${projectId}/events?since=5&type=Warning&resource=pools&name=pool-a`,
    ]);
  });

  test('keep unknown words, read times of both forms, and need no list', async () => {
    const items = [{ orderName: 'o', phase: 'dreaming', creationTimestamp: 1682043883000, extra: 1 }, null, 'text'];
    const { modelarts } = connect(({ url }) => ({
      body: url.pathname.endsWith('/events')
        ? { items: [{ reason: 'PoolStatusChange', lastTimestamp: '2022-12-30T02:16:19Z', count: '2' }] }
        : url.pathname.endsWith('/orders')
          ? { count: '1', items }
          : {},
    }));
    expect(await modelarts.orders.list()).toMatchObject({
      count: 1,
      items: [{ orderName: 'o', phase: 'dreaming', creationTimestamp: 1682043883000 }],
    });
    expect((await modelarts.orders.show('o')).items).toEqual([]);
    expect((await modelarts.events.list('p')).items).toMatchObject([
      { reason: 'PoolStatusChange', lastTimestamp: Date.UTC(2022, 11, 30, 2, 16, 19), count: 2 },
    ]);
  });

  test('are refused before they are sent when the query is not valid', async () => {
    const { modelarts, seen } = connect(() => ({ body: {} }));
    await expect(modelarts.orders.list({ limit: 501 })).rejects.toBeInstanceOf(InvalidRequestError);
    expect(seen).toEqual([]);
  });
});
