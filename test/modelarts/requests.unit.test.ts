import type { PoolCreate } from '../../src/modelarts/schemas/pool-request.js';
import { fixture, projectId } from './fake-service.js';
import { connectToAnything, problemsOf } from './invalid-requests.js';

const pool: PoolCreate = fixture('pool-create.request');

const sent = (text: string | null | undefined): unknown => JSON.parse(text ?? 'null');

describe('the documented requests are sent unchanged', () => {
  test.each(['pool-create', 'pool-create-physical'])('%s', async (name) => {
    const { modelarts, seen } = connectToAnything();
    const body = fixture(`${name}.request`);
    await modelarts.pools.create(body);
    expect(seen[0]).toMatchObject({ method: 'POST', url: { pathname: `/v2/${projectId}/pools` } });
    expect(seen[0]?.headers['content-type']).toBe('application/json');
    expect(sent(seen[0]?.text)).toEqual(body);
  });

  test('a logical pool, with its billing mode as text (docs/api/pools-and-flavors.md "2.8 Contradictions, and what to do")', async () => {
    const { modelarts, seen } = connectToAnything();
    const body = fixture('pool-create-logical.request');
    await modelarts.pools.create(body);
    const annotations = { ...body.metadata.annotations, 'os.modelarts/billing.mode': '0' };
    expect(sent(seen[0]?.text)).toEqual({ ...body, metadata: { ...body.metadata, annotations } });
  });

  test('a pool patch, as a merge patch', async () => {
    const { modelarts, seen } = connectToAnything();
    const body = fixture('pool-patch.request');
    await modelarts.pools.patch('pool-1', body);
    expect(seen[0]).toMatchObject({ method: 'PATCH', url: { pathname: `/v2/${projectId}/pools/pool-1` } });
    expect(seen[0]?.headers['content-type']).toBe('application/merge-patch+json');
    expect(sent(seen[0]?.text)).toEqual(body);
  });

  test.each(['notebook-create-evs', 'notebook-create-obs'])('%s', async (name) => {
    const { modelarts, seen } = connectToAnything();
    const body = fixture(`${name}.request`);
    await modelarts.notebooks.create(body);
    expect(seen[0]).toMatchObject({ method: 'POST', url: { pathname: `/v1/${projectId}/demanager/instances` } });
    expect(sent(seen[0]?.text)).toEqual(body);
  });

  test('notebook list, update and actions', async () => {
    const { modelarts, seen } = connectToAnything();
    await modelarts.notebooks.list({
      status: 'RUNNING',
      sortby: 'creation_timestamp',
      order: 'desc',
      offset: 0,
      limit: 10,
      workspace_id: '0',
      show_self: false,
      pool_id: 'p1',
    });
    await modelarts.notebooks.update('DE-1', {
      description: 'new',
      spec: { auto_stop: { enable: true, duration: 7200 } },
    });
    for (const verb of ['start', 'stop', 'restart', 'queue', 'dequeue'] as const)
      await modelarts.notebooks.action('DE-1', verb);
    expect(seen[0]?.url.search).toBe(
      '?de_type=Notebook&status=RUNNING&sortby=creation_timestamp&order=desc&offset=0&limit=10&workspace_id=0&show_self=false&pool_id=p1',
    );
    expect(seen[1]).toMatchObject({
      method: 'PUT',
      text: '{"description":"new","spec":{"auto_stop":{"enable":true,"duration":7200}}}',
    });
    expect(seen.slice(2).map(({ text }) => text)).toEqual(
      ['start', 'stop', 'restart', 'queue', 'dequeue'].map((action) => JSON.stringify({ action })),
    );
  });

  test('user id and request type are sent only when given', async () => {
    const { modelarts, seen } = connectToAnything();
    await modelarts.pools.create(pool, { userId: 'u1', requestType: 'console' });
    await modelarts.pools.delete('p');
    expect(seen[0]?.headers).toMatchObject({ 'x-modelarts-user-id': 'u1', 'request-type': 'console' });
    expect(seen[1]?.headers).not.toHaveProperty('request-type');
    expect(seen[1]?.headers).not.toHaveProperty('x-modelarts-user-id');
    expect(seen[1]?.text).toBeNull();
  });
});

describe('paths', () => {
  test.each(['', '.', '..'])('the segment %j is rejected', async (id) => {
    const problems = await problemsOf((modelarts) => modelarts.pools.delete(id));
    expect(problems[0]?.path).toBe('pool_name');
  });

  test('a segment is encoded and stays one segment', async () => {
    const { modelarts, seen } = connectToAnything();
    await modelarts.pools.show('a/../b c?d#e%');
    expect(seen[0]?.url.pathname).toBe(`/v2/${projectId}/pools/a%2F..%2Fb%20c%3Fd%23e%25`);
  });
});
