import { createFollowingClock } from '../../src/simulator/clock.js';
import type { Fault } from '../../src/simulator/faults/fault.js';
import { createCaller, MINUTE, notebookBody, poolBody, SECOND } from './caller.js';

const caller = (...faults: Fault[]) => createCaller({ faults });

describe('response faults', () => {
  it('returns any status with any body, and with commit the call takes effect', async () => {
    const { call, pools, simulator } = caller(
      { operation: 'pools.create', kind: 'status', status: 502, commit: true },
      { operation: 'pools.list', kind: 'status', status: 500, body: { json: { error_code: 'X.1', error_msg: 'x' } } },
      { operation: 'pools.list', kind: 'status', status: 503, body: { empty: true }, headers: { 'retry-after': '7' } },
      { operation: 'pools.list', kind: 'status', status: 200, body: { half: { items: [1, 2, 3] } } },
    );
    const created = await call('POST', pools, poolBody());
    expect([created.status, created.headers['content-type']]).toEqual([502, 'text/html']);
    expect(simulator.state().pools).toHaveLength(1);
    expect((await call('GET', pools)).body.error_code).toBe('X.1');
    const empty = await call('GET', pools);
    expect([empty.status, empty.body, empty.headers['retry-after']]).toEqual([503, '', '7']);
    const half = await call('GET', pools);
    expect(Number(half.headers['content-length'])).toBeGreaterThan(half.body.length);
    simulator.faults.expectAllHit();
  });

  it('loses the connection before or after the call takes effect', async () => {
    const { call, notebooks, pools, simulator } = caller(
      { operation: 'pools.create', kind: 'lost', at: 'before' },
      { operation: 'pools.create', kind: 'lost', at: 'after' },
      { operation: 'notebooks.create', kind: 'halfBody' },
    );
    expect((await call('POST', pools, poolBody())).lost).toBe('before');
    expect(simulator.state().pools).toHaveLength(0);
    expect((await call('POST', pools, poolBody())).lost).toBe('after');
    expect(simulator.state().pools).toHaveLength(1);
    expect(simulator.requests('pools.create').map(({ status, effect }) => [status, effect])).toEqual([
      [null, null],
      [null, 'created pool team-a-0123456789abcdef0123456789abcdef'],
    ]);
    const half = await call('POST', notebooks, notebookBody());
    expect(() => JSON.parse(half.body)).toThrow(SyntaxError);
    expect(simulator.state().notebooks).toHaveLength(1);
  });

  it('throttles with and without Retry-After, as the gateway or as the service', async () => {
    const { call, pools } = caller(
      { operation: 'pools.*', kind: 'throttle', retryAfter: 3 },
      { operation: 'pools.*', kind: 'throttle', code: 'ModelArts.6101' },
    );
    const gateway = await call('GET', pools);
    expect([gateway.status, gateway.headers['retry-after'], gateway.body.error_code]).toEqual([429, '3', 'APIGW.0308']);
    const service = await call('GET', pools);
    expect([service.status, service.headers['retry-after'], service.body.error_code]).toEqual([
      429,
      undefined,
      'ModelArts.6101',
    ]);
  });

  it('returns 401 for four reasons, 403 for two, and rejects a DELETE n times', async () => {
    const { call, pools, projectId } = createCaller({
      placed: { pools: [{ name: 'team-a' }] },
      faults: [
        { operation: 'pools.list', kind: 'unauthorized' },
        { operation: 'pools.list', kind: 'unauthorized', reason: 'garbage' },
        { operation: 'pools.list', kind: 'unauthorized', reason: 'mustUpdate' },
        { operation: 'pools.list', kind: 'unauthorized', reason: 'service' },
        { operation: 'pools.list', kind: 'forbidden' },
        { operation: 'pools.list', kind: 'forbidden', code: 'APIGW.0302' },
        { operation: 'pools.delete', kind: 'deleteFails', times: 2 },
      ],
    });
    const codes: string[] = [];
    for (let n = 0; n < 6; n += 1) {
      const { status, body } = await call('GET', pools);
      codes.push(`${status} ${body.error_code}`);
    }
    expect(codes).toEqual([
      '401 APIGW.0301',
      '401 APIGW.0301',
      '401 APIGW.0307',
      '401 ModelArts.50001000',
      '403 ModelArts.0108',
      '403 APIGW.0302',
    ]);
    const statuses: number[] = [];
    for (let n = 0; n < 3; n += 1) statuses.push((await call('DELETE', `${pools}/team-a-${projectId}`)).status);
    expect(statuses).toEqual([500, 500, 200]);
  });

  it('hangs until the caller aborts, and with commit the call takes effect', async () => {
    const { simulator, pools } = caller({ operation: 'pools.create', kind: 'hang', commit: true });
    const giveUp = new AbortController();
    const headers = { 'x-auth-token': 'simulator-only-token' };
    const body = JSON.stringify(poolBody());
    const pending = simulator.handle({ method: 'POST', path: pools, headers, body }, { signal: giveUp.signal });
    giveUp.abort();
    expect(await pending).toEqual({ lost: 'after' });
    expect(simulator.state().pools).toHaveLength(1);
  });

  it('delays before or after the call takes effect, in the time of the manual clock', async () => {
    const { call, clock, pools, simulator } = caller({ operation: 'pools.create', kind: 'delay', ms: 5000 });
    const pending = call('POST', pools, poolBody());
    expect(simulator.state().pools).toHaveLength(0);
    clock.advance(5000);
    expect((await pending).status).toBe(200);
  });

  it('applies from the nth matching call, a number of times, for one name and state', async () => {
    const { call, pools, projectId, simulator } = createCaller({
      placed: { pools: [{ name: 'team-a' }, { name: 'team-b' }] },
    });
    const [id] = simulator.faults.plan({
      operation: 'pools.show',
      kind: 'status',
      status: 500,
      nth: 2,
      times: 2,
      match: { name: 'team-a', state: 'Running' },
    });
    const statuses: number[] = [];
    for (const name of ['team-b', 'team-a', 'team-b', 'team-a', 'team-a', 'team-a']) {
      statuses.push((await call('GET', `${pools}/${name}-${projectId}`)).status);
    }
    expect(statuses).toEqual([200, 200, 200, 500, 500, 200]);
    expect(simulator.faults.report()).toMatchObject([{ id, planned: 2, seen: 4, hit: 2 }]);
    simulator.faults.expectAllHit();
  });

  it('derives probabilities from the seed, so that a run can be repeated', async () => {
    const run = async (seed: number) => {
      const { call, pools } = createCaller({
        seed,
        scenario: 'flaky-network',
        clock: createFollowingClock(
          () => 0,
          async () => {},
        ),
      });
      const seen: (number | string)[] = [];
      for (let n = 0; n < 60; n += 1) {
        const { status, lost } = await call('GET', pools);
        seen.push(lost ?? status);
      }
      return seen;
    };
    expect(await run(1)).toEqual(await run(1));
    expect(await run(1)).not.toEqual(await run(2));
    expect(await run(1)).toContain(502);
  });

  it('names planned faults that were never applied', () => {
    const { simulator } = caller({ operation: 'pools.show', kind: 'lost', at: 'before' });
    expect(() => simulator.faults.expectAllHit()).toThrow('lost on pools.show');
  });

  it('keeps the outcome of a resource when the call is rejected', async () => {
    const { call, pools, simulator } = caller({ operation: 'pools.create', kind: 'partialNodes', missing: 1 });
    expect((await call('POST', pools, poolBody('no'))).status).toBe(400);
    expect(simulator.faults.report()).toMatchObject([{ hit: 0 }]);
  });
});

describe('outcome faults', () => {
  const later = async (faults: Fault[], wait: number, spec: object = {}) => {
    const made = createCaller({ faults });
    const created = await made.call('POST', made.pools, poolBody('team-a', spec));
    made.clock.advance(wait);
    const shown = await made.call('GET', `${made.pools}/team-a-${made.projectId}`);
    return { ...made, created, shown, status: shown.body.status, path: `${made.pools}/team-a-${made.projectId}` };
  };
  const on = { operation: 'pools.create' } as const;

  it('listLag: the resource is missing from lists and by id for a time', async () => {
    const { call, clock, pools, path } = await later([{ ...on, kind: 'listLag', ms: 20 * SECOND }], 10 * SECOND);
    expect([(await call('GET', path)).status, (await call('GET', pools)).body.items]).toEqual([404, []]);
    clock.advance(10 * SECOND);
    expect([(await call('GET', path)).status, (await call('GET', pools)).body.items.length]).toEqual([200, 1]);
  });

  it('partialNodes: the pool is Running with nodes that never become available', async () => {
    const { status } = await later([{ ...on, kind: 'partialNodes', missing: 1 }], 60 * MINUTE);
    expect(status.phase).toBe('Running');
    expect([status.resources.available[0].count, status.resources.creating[0].count]).toEqual([3, 1]);
  });

  it('half-pool: half of the nodes never become available', async () => {
    const { call, clock, pools, projectId } = createCaller({ scenario: 'half-pool' });
    await call('POST', pools, poolBody());
    clock.advance(60 * MINUTE);
    const { body } = await call('GET', `${pools}/team-a-${projectId}`);
    expect(body.status.resources.available[0].count).toBe(2);
  });

  it('stuck: never leaves a phase', async () => {
    const { status } = await later([{ ...on, kind: 'stuck', phase: 'Creating' }], 600 * MINUTE);
    expect(status.phase).toBe('Creating');
  });

  it('abnormal: the pool becomes Abnormal, with and without recovery', async () => {
    const ill = await later([{ ...on, kind: 'abnormal', phase: 'Error' }], 60 * MINUTE);
    expect(ill.status).toMatchObject({ phase: 'Error', resources: { abnormal: [{ count: 1 }] } });
    const fault: Fault = { ...on, kind: 'abnormal', afterMs: MINUTE, recoverAfterMs: MINUTE };
    const phases = new Set<string>();
    const healing = await later([fault], 4 * MINUTE);
    for (let n = 0; n < 300; n += 1) {
      healing.clock.advance(SECOND);
      phases.add((await healing.call('GET', healing.path)).body.status.phase);
    }
    expect([...phases]).toEqual(['Creating', 'Running', 'Abnormal']);
    expect((await healing.call('GET', healing.path)).body.status.phase).toBe('Running');
  });

  it('scopeFailed: a scope fails, and can be enabled again', async () => {
    const { status, call, clock, path } = await later([{ ...on, kind: 'scopeFailed', scope: 'Notebook' }], 10 * MINUTE);
    expect(status.scope).toMatchObject([{ state: 'Enabled' }, { state: 'EnableFailed' }]);
    expect((await call('POST', `${path}/retry-scope`, { scope: 'Train' })).status).toBe(400);
    expect((await call('POST', `${path}/retry-scope`, { scope: 'Notebook' })).body).toEqual({});
    clock.advance(MINUTE);
    expect((await call('GET', path)).body.status.scope[1]).toEqual({ scopeType: 'Notebook', state: 'Enabled' });
  });

  it('driverFlap: the driver is Running, then not, then again', async () => {
    const faults: Fault[] = [{ ...on, kind: 'driverFlap', rounds: 1, everyMs: 10 * SECOND }];
    const { call, clock, path } = await later(faults, 4 * MINUTE, { driver: { gpuVersion: '440.33' } });
    const states: string[] = [];
    for (let n = 0; n < 300; n += 1) {
      clock.advance(SECOND);
      const { state } = (await call('GET', path)).body.status.driver.gpu;
      if (states.at(-1) !== state) states.push(state);
    }
    expect(states).toEqual(['Creating', 'Running', 'Upgrading', 'Running']);
  });

  it('slowDelete and deleteFails: a slow deletion, and a failed one', async () => {
    const { call, clock, pools, projectId } = createCaller({
      placed: { pools: [{ name: 'slow' }, { name: 'tough' }] },
      faults: [
        { operation: 'pools.delete', kind: 'slowDelete', ms: 30 * MINUTE, match: { name: 'slow' } },
        { operation: 'pools.delete', kind: 'deleteFails', how: 'reverts', match: { name: 'tough' } },
      ],
    });
    for (const name of ['slow', 'tough']) await call('DELETE', `${pools}/${name}-${projectId}`);
    clock.advance(10 * MINUTE);
    const tough = (await call('GET', `${pools}/tough-${projectId}`)).body;
    expect([tough.status.phase, tough.metadata.deletionTimestamp]).toEqual(['Running', undefined]);
    expect((await call('GET', `${pools}/slow-${projectId}`)).body.status.phase).toBe('Deleting');
    clock.advance(30 * MINUTE);
    expect((await call('GET', `${pools}/slow-${projectId}`)).status).toBe(404);
  });

  it('soldOut: rejected, failed later, or sold out during the creation', async () => {
    const refused = await later([{ ...on, kind: 'soldOut', answer: 'refuse' }], 0);
    expect([refused.created.status, refused.created.body.error_code]).toEqual([400, 'ModelArts.3952']);
    expect((await later([{ ...on, kind: 'soldOut' }], 10 * MINUTE)).status.phase).toBe('CreationFailed');
    const midway = await later([{ ...on, kind: 'soldOut', when: 'midway', forMs: 20 * MINUTE }], 10 * MINUTE);
    expect(midway.status.phase).toBe('CreationFailed');
    const sale = () => midway.simulator.state().sale['modelarts.vm.gpu.t4u8']?.['cn-north-4a'];
    expect(sale()).toBe('soldout');
    midway.clock.advance(15 * MINUTE);
    expect(sale()).toBe('normal');
  });

  it('scalingFailed: the old nodes are kept', async () => {
    const { call, clock, pools, projectId } = createCaller({
      placed: { pools: [{ name: 'team-a', count: 2 }] },
      faults: [{ operation: 'pools.patch', kind: 'scalingFailed' }],
    });
    const path = `${pools}/team-a-${projectId}`;
    await call('PATCH', path, { spec: { resources: [{ flavor: 'modelarts.vm.cpu.8ud', count: 5 }] } });
    clock.advance(10 * MINUTE);
    const { status } = (await call('GET', path)).body;
    expect([status.phase, status.resources.available[0].count, status.resources.creating]).toEqual([
      'ScalingFailed',
      2,
      undefined,
    ]);
  });

  it('notebookFailed and notebookUnavailable', async () => {
    const { call, clock, notebooks } = caller(
      { operation: 'notebooks.create', kind: 'notebookFailed', match: { name: 'bad' } },
      { operation: 'notebooks.create', kind: 'notebookUnavailable', recoverAfterMs: MINUTE, match: { name: 'ill' } },
    );
    const [bad, ill] = [
      await call('POST', notebooks, notebookBody('bad')),
      await call('POST', notebooks, notebookBody('ill')),
    ];
    clock.advance(70 * SECOND);
    expect((await call('GET', `${notebooks}/${bad.body.id}`)).body).toMatchObject({
      status: 'CREATE_FAILED',
      spec: { failed_reasons: { code: 'ModelArts.6360', detail: {} } },
    });
    expect((await call('GET', `${notebooks}/${ill.body.id}`)).body.status).toBe('UNAVAILABLE');
    expect((await call('GET', `${notebooks}/${ill.body.id}/token`)).body.error_code).toBe('ModelArts.6333');
    clock.advance(MINUTE);
    expect((await call('GET', `${notebooks}/${ill.body.id}`)).body.status).toBe('RUNNING');
  });

  it('unknownStatus, missingFields, nullFields: undocumented responses', async () => {
    const { call, pools, projectId } = createCaller({
      placed: { pools: [{ name: 'team-a' }, { name: 'team-b' }] },
      faults: [
        { operation: 'pools.list', kind: 'unknownStatus', word: 'Reconciling', match: { name: 'team-b' } },
        {
          operation: 'pools.show',
          kind: 'missingFields',
          paths: ['status.phase', ['metadata', 'labels', 'os.modelarts/name']],
        },
        { operation: 'pools.show', kind: 'nullFields', paths: ['spec.resources'] },
      ],
    });
    const list = (await call('GET', pools)).body.items;
    expect(list.map((pool: { status: { phase: string } }) => pool.status.phase)).toEqual(['Running', 'Reconciling']);
    const { body } = await call('GET', `${pools}/team-a-${projectId}`);
    expect([body.status.phase, body.metadata.labels['os.modelarts/name'], body.spec.resources]).toEqual([
      undefined,
      undefined,
      null,
    ]);
  });
});
