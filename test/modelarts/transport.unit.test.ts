import type { CallRecord } from '../../src/modelarts/call.js';
import { FakeClock, flushPromises } from './fake-clock.js';
import { Broken, connect, failureOf } from './fake-service.js';

const never = new Promise<never>(() => undefined);
const notebook = { name: 'n', profile_id: 'p', flavor: 'f', spec: { storage: { type: 'evs' as const } } };

describe('time-outs', () => {
  test('a call without a response ends at the time-out, and the outcome of a change is unknown', async () => {
    const clock = new FakeClock();
    const { modelarts } = connect(() => never, { now: clock.now, sleep: clock.sleep });
    const list = failureOf(modelarts.pools.list());
    const create = failureOf(modelarts.notebooks.create(notebook));
    const patient = failureOf(modelarts.pools.list({}, { timeoutMs: 60_000 }));
    await clock.advance(15_000);
    expect(await list).toMatchObject({
      kind: 'transport',
      outcomeUnknown: false,
      message: expect.stringContaining('15000 ms'),
    });
    expect(await create).toMatchObject({ kind: 'transport', outcomeUnknown: true, notSent: false });
    await clock.advance(45_000);
    expect(await patient).toMatchObject({ kind: 'transport', message: expect.stringContaining('60000 ms') });
  });

  test('no timer is left after a response', async () => {
    const clock = new FakeClock();
    const { modelarts } = connect(() => ({ body: { items: [] } }), { now: clock.now, sleep: clock.sleep });
    await modelarts.pools.list();
    expect(clock.sleeping).toBe(0);
  });
});

describe('an aborted signal', () => {
  test('ends the call with its own reason', async () => {
    const { modelarts } = connect(() => never);
    const giving = new AbortController();
    const reason = Object.assign(new Error('activity cancelled'), { name: 'CancelledFailure' });
    const call = failureOf(modelarts.pools.list({}, { signal: giving.signal }));
    await flushPromises();
    giving.abort(reason);
    expect(await call).toBe(reason);
  });

  test('sends nothing when it was aborted before', async () => {
    const { modelarts, seen } = connect(() => ({ body: {} }));
    const error = await failureOf(modelarts.pools.list({}, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ name: 'AbortError' });
    expect(seen).toHaveLength(0);
  });

  test('does not end a create with awaitResponse once it was sent', async () => {
    const clock = new FakeClock();
    const { modelarts } = connect(() => never, { now: clock.now, sleep: clock.sleep });
    const giving = new AbortController();
    const options = { signal: giving.signal, awaitResponse: true };
    const create = failureOf(modelarts.notebooks.create(notebook, options));
    await flushPromises();
    giving.abort(new Error('paused'));
    await clock.advance(15_000);
    expect(await create).toMatchObject({ kind: 'transport', outcomeUnknown: true });
    await expect(modelarts.notebooks.create(notebook, options)).rejects.toThrow('paused');
  });

  test('rejects with an Error although the abort reason is none', async () => {
    const { modelarts } = connect(() => never);
    expect(await failureOf(modelarts.pools.list({}, { signal: AbortSignal.abort('enough') }))).toMatchObject({
      message: 'enough',
    });
  });
});

test('a call after its sendBefore is not sent', async () => {
  const clock = new FakeClock();
  const { modelarts, seen } = connect(() => ({ body: {} }), { now: clock.now, sleep: clock.sleep });
  const sendBefore = clock.now() + 1_000;
  await clock.advance(1_001);
  const error = await failureOf(modelarts.notebooks.create(notebook, { sendBefore }));
  expect(error).toMatchObject({ kind: 'transport', notSent: true, outcomeUnknown: false });
  expect(seen).toHaveLength(0);
});

test('every call that was sent is recorded, including one without a response', async () => {
  const clock = new FakeClock();
  const records: CallRecord[] = [];
  const replies = [
    { headers: { 'x-request-id': 'r1' }, body: { items: [] } },
    { status: 404, headers: { 'x-request-id': 'r2' }, body: { error_code: 'ModelArts.50015001' } },
    new Broken('ECONNRESET'),
  ];
  const { modelarts } = connect((_, index) => replies[index] ?? {}, {
    now: clock.now,
    sleep: clock.sleep,
    onCall: (record) => records.push(record),
  });
  await modelarts.pools.list();
  await failureOf(modelarts.pools.show('p'));
  await failureOf(modelarts.pools.delete('p'));
  await failureOf(modelarts.pools.delete(''));
  const common = { durationMs: 0, startedAt: clock.now() };
  const single = '/v2/{project_id}/pools/{pool_name}';
  expect(records).toEqual([
    {
      operation: 'pools.list',
      method: 'GET',
      template: '/v2/{project_id}/pools',
      status: 200,
      errorCode: null,
      requestId: 'r1',
      ...common,
    },
    {
      operation: 'pools.show',
      method: 'GET',
      template: single,
      status: 404,
      errorCode: 'ModelArts.50015001',
      requestId: 'r2',
      ...common,
    },
    {
      operation: 'pools.delete',
      method: 'DELETE',
      template: single,
      status: null,
      errorCode: null,
      requestId: null,
      ...common,
    },
  ]);
});

test('a hook that throws does not fail the call', async () => {
  const { modelarts } = connect(() => ({ body: { items: [] } }), {
    onCall: () => {
      throw new Error('broken metric');
    },
  });
  await expect(modelarts.pools.list()).resolves.toMatchObject({ items: [] });
});

test('no call is sent twice, whatever the response', async () => {
  for (const reply of [
    { status: 500 },
    { status: 503 },
    { status: 429 },
    { status: 408 },
    new Broken('ECONNRESET'),
    { body: '{' },
  ]) {
    const { modelarts, seen } = connect(() => reply);
    await failureOf(modelarts.notebooks.create(notebook));
    expect(seen).toHaveLength(1);
  }
});

test('a redirect is an error and is not followed', async () => {
  const { modelarts, seen } = connect(() => ({ status: 302, headers: { location: 'https://elsewhere.example.com' } }));
  await expect(modelarts.pools.list()).rejects.toMatchObject({ kind: 'rejected', status: 302 });
  expect(seen).toHaveLength(1);
});
