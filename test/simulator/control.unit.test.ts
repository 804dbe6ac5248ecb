import { createManualClock, createScaledClock } from '../../src/simulator/clock.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { createCaller, MINUTE, notebookBody, poolBody } from './caller.js';

describe('the control plane', () => {
  it('plans, counts and removes faults, and rejects an invalid one', async () => {
    const { call, pools } = createCaller();
    const planned = await call('POST', '/_sim/faults', [{ operation: 'pools.list', kind: 'status', status: 500 }]);
    expect(planned.body.ids).toHaveLength(1);
    expect((await call('GET', pools)).status).toBe(500);
    expect((await call('GET', '/_sim/faults')).body).toMatchObject([{ planned: 1, hit: 1, fault: { kind: 'status' } }]);
    await call('DELETE', '/_sim/faults');
    expect((await call('GET', '/_sim/faults')).body).toEqual([]);
    for (const wrong of [
      { operation: 'pools.steal', kind: 'hang' },
      { operation: 'pools.list', kind: 'explode' },
      { operation: 'pools.list', kind: 'status' },
      { operation: 'pools.list', kind: 'lost', at: 'never' },
      { operation: 'pools.list', kind: 'delay', ms: 1, milliseconds: 1 },
      { operation: 'pools.list', kind: 'status', status: 500, body: { error_code: 'ModelArts.1' } },
      { operation: 'pools.list', kind: 'status', status: 500, body: { html: 5 } },
      { operation: 'pools.list', kind: 'status', status: 500, body: { json: {}, text: '' } },
    ]) {
      expect((await call('POST', '/_sim/faults', wrong)).status).toBe(400);
    }
  });

  it('formats times as requested per operation, and rejects an unknown format', async () => {
    const { call, pools, simulator } = createCaller();
    const id = (await call('POST', pools, poolBody())).body.metadata.name;
    const list = async () => (await call('GET', pools)).body.items[0].metadata.creationTimestamp;
    const show = async () => (await call('GET', `${pools}/${id}`)).body.metadata.creationTimestamp;
    const documented = await show();
    expect(documented).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/);
    await call('POST', '/_sim/times', { 'pools.*': '+08:00', 'pools.list': 'milliseconds' });
    expect((await call('GET', '/_sim/times')).body).toEqual({ 'pools.*': '+08:00', 'pools.list': 'milliseconds' });
    const [listed, shown] = [await list(), await show()];
    expect([listed, shown.slice(-6)]).toEqual([
      new Date(simulator.state().pools[0]?.createdAt ?? 0).toISOString(),
      '+08:00',
    ]);
    expect(Date.parse(shown)).toBe(Date.parse(documented));
    await call('POST', '/_sim/times', { 'pools.show': 'none' });
    expect(await show()).toBe(documented.slice(0, -1));
    await call('DELETE', '/_sim/times');
    expect([await list(), await show()]).toEqual([documented, documented]);
    for (const wrong of [{ 'pools.list': 'roman' }, { 'pools.steal': 'none' }, { 'pools.list': '+8' }, []]) {
      expect((await call('POST', '/_sim/times', wrong)).status).toBe(400);
    }
  });

  it('logs and counts each API call with its effect, but no control calls', async () => {
    const { call, pools, notebooks } = createCaller();
    await call('POST', pools, poolBody());
    await call('GET', `${notebooks}?de_type=Notebook`);
    const log = (await call('GET', '/_sim/requests?operation=pools.create')).body;
    expect(log).toMatchObject([{ seq: 1, method: 'POST', operation: 'pools.create', status: 200, by: 'ops' }]);
    expect(log[0].effect).toMatch(/^created pool/);
    expect((await call('GET', '/_sim/requests/summary')).body).toEqual({ 'notebooks.list': 1, 'pools.create': 1 });
  });

  it('advances the clock, and resets everything else', async () => {
    const { call, clock, pools } = createCaller();
    await call('POST', pools, poolBody());
    const before = clock.now();
    const moved = await call('POST', '/_sim/clock', { advance: 10 * MINUTE });
    expect([moved.body.ms - before, moved.body.speed]).toEqual([10 * MINUTE, 0]);
    expect((await call('GET', '/_sim/state')).body.pools).toMatchObject([{ phase: 'Running' }]);
    expect((await call('POST', '/_sim/clock', { speed: 2 })).status).toBe(400);
    await call('POST', '/_sim/reset');
    expect((await call('GET', '/_sim/state')).body).toMatchObject({ pools: [], networks: [{}, {}] });
    expect((await call('GET', '/_sim/healthz')).body).toEqual({ status: 'ok' });
    expect((await call('GET', '/_sim/nothing')).status).toBe(404);
  });

  it('adds pools and notebooks in any state for any user', async () => {
    const { call, notebooks } = createCaller();
    await call('POST', '/_sim/pools', {
      name: 'ill-one',
      phase: 'Abnormal',
      message: 'ill',
      count: 3,
      createdAt: '2025-01-01T00:00:00Z',
    });
    await call('POST', '/_sim/notebooks', { name: 'stopped', status: 'STOPPED', user: 'ops' });
    const { pools } = (await call('GET', '/_sim/state')).body;
    expect(pools).toMatchObject([{ name: 'ill-one', phase: 'Abnormal', createdAt: Date.UTC(2025, 0, 1) }]);
    const list = await call('GET', `${notebooks}?de_type=Notebook`);
    expect(list.body.instances).toMatchObject([{ name: 'stopped', status: 'STOPPED', user: { name: 'ops' } }]);
    expect((await call('POST', '/_sim/pools', { name: 'x' })).status).toBe(400);
    await call('POST', '/_sim/notebooks/stopped', { status: 'UNAVAILABLE' });
    expect((await call('GET', `${notebooks}?de_type=Notebook`)).body.instances[0].status).toBe('UNAVAILABLE');
  });
});

describe('a snapshot', () => {
  it('is plain JSON from which another simulator continues, including scheduled transitions', async () => {
    const first = createCaller();
    await first.call('POST', first.pools, poolBody());
    await first.call('POST', first.notebooks, notebookBody('nb', {}, { auto_stop: { enable: true, duration: 3600 } }));
    first.clock.advance(2 * MINUTE);
    const snapshot = JSON.parse(JSON.stringify(first.simulator.snapshot()));
    const clock = createManualClock();
    const second = createSimulator({ clock });
    second.restore(snapshot);
    expect(clock.now()).toBe(first.clock.now());
    for (const each of [clock, first.clock]) each.advance(90 * MINUTE);
    expect(second.state()).toEqual(first.simulator.state());
    expect(second.state()).toMatchObject({ pools: [{ phase: 'Running' }], notebooks: [{ status: 'STOPPED' }] });
  });

  it('does not change with the simulator', async () => {
    const { simulator, call, pools } = createCaller();
    const snapshot = simulator.snapshot();
    await call('POST', pools, poolBody());
    expect(snapshot.state.pools).toEqual([]);
  });
});

describe('a scaled clock', () => {
  it('runs faster than the clients’ clock from the time the speed is set', () => {
    let wall = 1_000_000;
    const clock = createScaledClock({ wall: () => wall, speed: 10 });
    wall += 1000;
    expect([clock.now(), clock.wall()]).toEqual([1_010_000, 1_001_000]);
    clock.setSpeed(100);
    wall += 1000;
    expect(clock.now()).toBe(1_110_000);
    clock.advance(5000);
    expect(clock.now()).toBe(1_115_000);
    expect(() => clock.setSpeed(0)).toThrow(RangeError);
    expect(() => clock.advance(-1)).toThrow(RangeError);
  });
});
