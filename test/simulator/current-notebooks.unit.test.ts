import { type Caller, createCaller, currentNotebookBody, MINUTE, SECOND } from './caller.js';

const HOUR = 60 * MINUTE;

async function running(caller: Caller, more: object = {}) {
  const created = await caller.call('POST', caller.currentNotebooks, currentNotebookBody('nb', more));
  expect(created.status).toBe(200);
  caller.clock.advance(MINUTE);
  return { id: created.body.id, path: `${caller.currentNotebooks}/${created.body.id}`, created: created.body };
}

const codeOf = async (response: ReturnType<Caller['call']>) => {
  const { status, body } = await response;
  return [status, body.error_code];
};

describe('the lifecycle of a current notebook', () => {
  it('is CREATING without a URL, goes through its four steps, and is RUNNING after half a minute', async () => {
    const caller = createCaller();
    const created = await caller.call('POST', caller.currentNotebooks, currentNotebookBody());
    expect(created.body).toMatchObject({ status: 'CREATING', endpoints: [], billing_items: [], tags: [] });
    expect(created.body).not.toHaveProperty('url');
    expect(created.body.id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const steps = (body: { action_progress: { step: number; status: string }[] }) =>
      body.action_progress.map(({ step, status }) => `${step} ${status}`);
    expect(steps(created.body)).toEqual(['4 WAITING', '3 WAITING', '2 WAITING', '1 PROCESSING']);
    const path = `${caller.currentNotebooks}/${created.body.id}`;
    caller.clock.advance(16 * SECOND);
    expect(steps((await caller.call('GET', path)).body)).toEqual([
      '4 WAITING',
      '3 PROCESSING',
      '2 COMPLETED',
      '1 COMPLETED',
    ]);
    caller.clock.advance(14 * SECOND);
    const shown = (await caller.call('GET', path)).body;
    expect(shown).toMatchObject({ status: 'RUNNING', billing_items: ['STORAGE', 'COMPUTE'] });
    expect(shown.url).toMatch(/\/lab$/);
    expect(shown.endpoints).toEqual([{ service: 'NOTEBOOK', dev_service: 'NOTEBOOK', uri: shown.url }]);
    expect(typeof shown.create_at).toBe('number');
  });

  it('has a token in every answer, which a start changes, and which no log and no dump contains', async () => {
    const caller = createCaller();
    const { path, created } = await running(caller);
    const first = created.token;
    expect(first).toMatch(/^[0-9a-f-]{36}$/);
    const rows = (await caller.call('GET', caller.currentNotebooks)).body.data;
    expect([rows[0].token, (await caller.call('GET', path)).body.token]).toEqual([first, first]);
    expect((await caller.call('POST', `${path}/stop`)).body).toMatchObject({ status: 'STOPPING', token: first });
    caller.clock.advance(MINUTE);
    const second = (await caller.call('POST', `${path}/start`)).body.token;
    expect(second).toMatch(/^[0-9a-f-]{36}$/);
    expect(second).not.toBe(first);
    expect((await caller.call('DELETE', path)).body).toMatchObject({ status: 'DELETING', token: second });
    const dumps = [await caller.call('GET', '/_sim/state'), await caller.call('GET', '/_sim/requests')];
    for (const token of [first, second]) expect(JSON.stringify(dumps)).not.toContain(token);
  });

  it('answers 400 ModelArts.6404 for what does not exist, and 6357 for what is busy or done', async () => {
    const caller = createCaller();
    const { path } = await running(caller);
    expect(await codeOf(caller.call('POST', `${path}/start`))).toEqual([400, 'ModelArts.6357']);
    await caller.call('POST', `${path}/stop`);
    expect(await codeOf(caller.call('DELETE', path))).toEqual([400, 'ModelArts.6357']);
    caller.clock.advance(MINUTE);
    expect(await codeOf(caller.call('POST', `${path}/stop`))).toEqual([400, 'ModelArts.6357']);
    expect((await caller.call('DELETE', path)).body.status).toBe('DELETING');
    expect(await codeOf(caller.call('DELETE', path))).toEqual([400, 'ModelArts.6357']);
    caller.clock.advance(MINUTE);
    expect(await codeOf(caller.call('GET', path))).toEqual([400, 'ModelArts.6404']);
    expect(await codeOf(caller.call('DELETE', path))).toEqual([400, 'ModelArts.6404']);
    expect((await caller.call('GET', path)).body).toHaveProperty('error_msg');
  });

  it('is deleted while RUNNING, unless the knob refuses it', async () => {
    const caller = createCaller();
    expect((await caller.call('DELETE', (await running(caller)).path)).body.status).toBe('DELETING');
    const strict = createCaller({ behavior: { deleteRunningNotebook: 'refuse' } });
    expect(await codeOf(strict.call('DELETE', (await running(strict)).path))).toEqual([400, 'ModelArts.6304']);
  });

  it('changes name, description and storage while RUNNING, and everything else while STOPPED', async () => {
    const caller = createCaller();
    const { path } = await running(caller);
    expect((await caller.call('PUT', path, { description: 'maops:keep', storage_new_size: 20 })).body).toMatchObject({
      description: 'maops:keep',
      volume: { capacity: 5, status: 'RESIZING' },
    });
    expect(await codeOf(caller.call('PUT', path, { flavor: 'modelarts.vm.cpu.8u' }))).toEqual([400, 'ModelArts.6347']);
    caller.clock.advance(MINUTE);
    const grown = (await caller.call('GET', path)).body.volume;
    expect([grown.capacity, grown.status]).toEqual([20, undefined]);
    expect(await codeOf(caller.call('PUT', path, { storage_new_size: 19 }))).toEqual([400, 'ModelArts.6331']);
    expect((await caller.call('PUT', path, { storage_new_size: 20 })).body.volume).not.toHaveProperty('status');
    await caller.call('POST', `${path}/stop`);
    caller.clock.advance(MINUTE);
    expect((await caller.call('PUT', path, { flavor: 'modelarts.vm.cpu.8u' })).body.flavor).toBe('modelarts.vm.cpu.8u');
  });

  it('outlives its pool with its storage, and cannot start again', async () => {
    const caller = createCaller({ placed: { pools: [{ name: 'team-a' }] } });
    const pool = `team-a-${caller.projectId}`;
    const up = await running(caller, { pool_id: pool });
    const stopped = await running(caller, { pool_id: pool });
    const deleted = await running(caller, { pool_id: pool });
    await caller.call('POST', `/_sim/currentNotebooks/${deleted.id}`, { status: 'DELETED' });
    await caller.call('POST', `${stopped.path}/stop`);
    await caller.call('DELETE', `${caller.pools}/${pool}`);
    caller.clock.advance(5 * MINUTE);
    const shown = (await caller.call('GET', up.path)).body;
    expect(shown).toMatchObject({ status: 'ERROR', pool: { id: pool, name: 'team-a' }, billing_items: ['STORAGE'] });
    expect(typeof shown.fail_reason).toBe('string');
    expect(caller.simulator.state().currentNotebooks.map(({ status }) => status)).toEqual([
      'ERROR',
      'STOPPED',
      'DELETED',
    ]);
    expect(await codeOf(caller.call('POST', `${stopped.path}/start`))).toEqual([400, 'ModelArts.6360']);
    expect((await caller.call('DELETE', up.path)).status).toBe(200);
  });

  it('fails and freezes by faults and by the control plane', async () => {
    const caller = createCaller();
    caller.simulator.faults.plan(
      { operation: 'currentNotebooks.create', kind: 'notebookFailed' },
      { operation: 'currentNotebooks.create', kind: 'stuck', phase: 'CREATING', nth: 2 },
      { operation: 'currentNotebooks.delete', kind: 'deleteFails', how: 'reverts' },
      { operation: 'currentNotebooks.*', kind: 'status', status: 500, match: { state: 'FROZEN' } },
    );
    const failed = await running(caller);
    const shown = (await caller.call('GET', failed.path)).body;
    expect(shown).toMatchObject({ status: 'CREATE_FAILED', action_progress: [{}, {}, { status: 'FAILED' }, {}] });
    expect(shown.fail_reason).toContain('insufficient');
    const stuck = await running(caller);
    expect((await caller.call('GET', stuck.path)).body.status).toBe('CREATING');
    await caller.call('POST', `/_sim/currentNotebooks/${stuck.id}`, { status: 'RUNNING' });
    expect((await caller.call('GET', stuck.path)).body.status).toBe('RUNNING');
    await caller.call('DELETE', stuck.path);
    caller.clock.advance(MINUTE);
    expect((await caller.call('GET', stuck.path)).body.status).toBe('DELETE_FAILED');
    const frozen = await running(caller);
    await caller.call('POST', `/_sim/currentNotebooks/${frozen.id}`, { status: 'FROZEN' });
    expect(await codeOf(caller.call('GET', frozen.path))).toEqual([500, 'ModelArts.0010']);
    expect(await codeOf(caller.call('POST', `${frozen.path}/start`))).toEqual([400, 'ModelArts.6326']);
    caller.simulator.faults.expectAllHit();
  });

  it('is invisible during a list lag, and keeps its state in a snapshot', async () => {
    const caller = createCaller();
    caller.simulator.faults.plan({ operation: 'currentNotebooks.create', kind: 'listLag', ms: 2 * MINUTE });
    const { path } = await running(caller);
    expect(await codeOf(caller.call('GET', path))).toEqual([400, 'ModelArts.6404']);
    expect((await caller.call('GET', caller.currentNotebooks)).body.total).toBe(0);
    caller.clock.advance(MINUTE);
    caller.simulator.restore(caller.simulator.snapshot());
    expect((await caller.call('GET', caller.currentNotebooks)).body.total).toBe(1);
  });

  it('does not exist in a region without the API, and the historical one may be absent instead', async () => {
    const old = createCaller({ behavior: { currentNotebookApi: false } });
    expect(await codeOf(old.call('GET', old.currentNotebooks))).toEqual([404, 'APIGW.0101']);
    expect((await old.call('GET', `${old.notebooks}?de_type=Notebook`)).status).toBe(200);
    const today = createCaller({ behavior: { historicalNotebookApi: false } });
    expect((await today.call('GET', today.currentNotebooks)).status).toBe(200);
    expect(await codeOf(today.call('GET', `${today.notebooks}?de_type=Notebook`))).toEqual([404, 'APIGW.0101']);
  });
});

describe('the lease of a current notebook', () => {
  const lease = async (caller: Caller, path: string) => (await caller.call('GET', `${path}/lease`)).body;
  const statusOf = async (caller: Caller, path: string) => (await caller.call('GET', path)).body.status;

  it('is one hour from the create by default, and again at every start', async () => {
    const caller = createCaller();
    const { path, created } = await running(caller);
    expect(created.lease).toEqual({
      create_at: created.create_at,
      duration: HOUR,
      enable: true,
      type: 'TIMING',
      update_at: created.create_at,
    });
    caller.clock.advance(58 * MINUTE);
    expect(await statusOf(caller, path)).toBe('RUNNING');
    caller.clock.advance(MINUTE);
    expect(await statusOf(caller, path)).toBe('STOPPING');
    caller.clock.advance(MINUTE);
    const started = (await caller.call('POST', `${path}/start`)).body.lease;
    expect(started).toMatchObject({ create_at: created.create_at, duration: HOUR + 61 * MINUTE });
    caller.clock.advance(59 * MINUTE);
    expect(await statusOf(caller, path)).toBe('RUNNING');
    caller.clock.advance(MINUTE);
    expect(await statusOf(caller, path)).toBe('STOPPING');
    expect(await codeOf(caller.call('GET', `${path}/lease`))).toEqual([400, 'ModelArts.6347']);
  });

  it('counts a renewal from now, keeps create_at, and ignores the earlier stop time', async () => {
    const caller = createCaller();
    const { path, created } = await running(caller);
    caller.clock.advance(29 * MINUTE);
    const renewed = (await caller.call('PATCH', `${path}/lease`, { duration: 2 * HOUR, type: 'timing' })).body;
    expect(renewed).toEqual({
      create_at: created.create_at,
      duration: 2 * HOUR + 30 * MINUTE,
      enable: true,
      type: 'TIMING',
      update_at: created.create_at + 30 * MINUTE,
    });
    expect(await lease(caller, path)).toEqual(renewed);
    caller.clock.advance(119 * MINUTE);
    expect(await statusOf(caller, path)).toBe('RUNNING');
    caller.clock.advance(MINUTE);
    expect(await statusOf(caller, path)).toBe('STOPPING');
    expect(await codeOf(caller.call('PATCH', `${path}/lease?duration=${HOUR}`))).toEqual([400, 'ModelArts.6347']);
  });

  it('takes the duration of the query or the body, prefers it to lease, and refuses others than 1 to 72 hours', async () => {
    const caller = createCaller();
    const both = await running(caller, { duration: 2 * HOUR, lease: { duration: 3 * HOUR, type: 'idle' } });
    expect(both.created.lease).toMatchObject({ duration: 2 * HOUR, type: 'TIMING' });
    const idle = await running(caller, { lease: { duration: 3 * HOUR, type: 'idle' } });
    expect(idle.created.lease).toMatchObject({ duration: 3 * HOUR, type: 'IDLE' });
    const query = await caller.call('PATCH', `${idle.path}/lease?duration=${HOUR}`, {
      duration: 2 * HOUR,
      type: 'IDLE',
    });
    expect(query.body).toMatchObject({ duration: HOUR + MINUTE, type: 'TIMING' });
    for (const duration of [HOUR - 1, 72 * HOUR + 1, 0, 'long']) {
      const refused = caller.call('POST', caller.currentNotebooks, currentNotebookBody('x', { duration }));
      expect(await codeOf(refused)).toEqual([400, 'ModelArts.6400']);
    }
  });

  it('has no automatic stop with -1, at the create and at a start', async () => {
    const caller = createCaller();
    const { path, created } = await running(caller, { duration: -1 });
    expect(created.lease.enable).toBe(false);
    caller.clock.advance(100 * HOUR);
    expect(await statusOf(caller, path)).toBe('RUNNING');
    await caller.call('POST', `${path}/stop`);
    caller.clock.advance(MINUTE);
    expect((await caller.call('POST', `${path}/start?duration=-1`)).body.lease.enable).toBe(false);
    caller.clock.advance(100 * HOUR);
    expect(await statusOf(caller, path)).toBe('RUNNING');
  });

  it('stops an idle notebook only after it was idle for that long', async () => {
    const caller = createCaller();
    const { id, path } = await running(caller, { lease: { duration: HOUR, type: 'IDLE' } });
    await caller.call('POST', `/_sim/currentNotebooks/${id}`, { busy: true });
    caller.clock.advance(5 * HOUR);
    expect(await statusOf(caller, path)).toBe('RUNNING');
    await caller.call('POST', `/_sim/currentNotebooks/${id}`, { busy: false });
    caller.clock.advance(59 * MINUTE);
    expect(await statusOf(caller, path)).toBe('RUNNING');
    caller.clock.advance(MINUTE);
    expect(await statusOf(caller, path)).toBe('STOPPING');
  });

  it('ends a creation that is slower than its lease', async () => {
    const caller = createCaller({ durations: { currentNotebookCreate: 2 * HOUR } });
    const { path } = await running(caller);
    caller.clock.advance(110 * MINUTE);
    expect(await statusOf(caller, path)).toBe('CREATING');
    caller.clock.advance(9 * MINUTE + 10 * SECOND);
    expect(['STOPPING', 'STOPPED']).toContain(await statusOf(caller, path));
  });
});
