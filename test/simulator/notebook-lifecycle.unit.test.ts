import { type Caller, createCaller, MINUTE, notebookBody, poolBody, SECOND } from './caller.js';

async function running(caller: Caller, spec: object = {}): Promise<string> {
  const created = await caller.call('POST', caller.notebooks, notebookBody('nb', {}, spec));
  caller.clock.advance(MINUTE);
  return `${caller.notebooks}/${created.body.id}`;
}

const act = (caller: Caller, path: string, action: string) => caller.call('POST', `${path}/action`, { action });

describe('the lifecycle of a notebook', () => {
  it('is RUNNING after a minute, and only then has a URL and a token', async () => {
    const caller = createCaller();
    const created = await caller.call('POST', caller.notebooks, notebookBody());
    expect(created.body).toMatchObject({
      status: 'CREATING',
      spec: { annotations: { url: '' }, failed_reasons: null },
    });
    expect(typeof created.body.creation_timestamp).toBe('string');
    const path = `${caller.notebooks}/${created.body.id}`;
    expect((await caller.call('GET', `${path}/token`)).body.error_code).toBe('ModelArts.6327');
    caller.clock.advance(MINUTE);
    const shown = await caller.call('GET', path);
    expect(shown.body.status).toBe('RUNNING');
    expect(shown.body.spec.annotations.url).toMatch(/^https:.*\/notebook\/user\/DE-/);
    expect((await caller.call('GET', `${path}/token`)).body.token).toMatch(/^[0-9a-f]{32}$/);
  });

  it('schedules auto-stop when RUNNING, counts down, stops, and schedules it again at the next start', async () => {
    const caller = createCaller();
    const path = await running(caller, { auto_stop: { enable: true, duration: 3600 } });
    const { auto_stop: armed } = (await caller.call('GET', path)).body.spec;
    expect(Number.isInteger(armed.stop_timestamp)).toBe(true);
    expect(armed.remain_time).toBeGreaterThan(3580);
    caller.clock.advance(60 * MINUTE);
    expect((await caller.call('GET', path)).body).toMatchObject({
      status: 'STOPPING',
      spec: { auto_stop: { duration: 3600 } },
    });
    caller.clock.advance(MINUTE);
    const stopped = await caller.call('GET', path);
    expect(stopped.body.status).toBe('STOPPED');
    expect(stopped.body.spec.auto_stop).not.toHaveProperty('stop_timestamp');
    expect((await act(caller, path, 'start')).body).toEqual({ current_status: 'STARTING', previous_state: 'STOPPED' });
    caller.clock.advance(MINUTE);
    const again = await caller.call('GET', path);
    expect(again.body.spec.auto_stop.stop_timestamp).toBeGreaterThan(armed.stop_timestamp);
  });

  it('ignores the stop time of an earlier run', async () => {
    const caller = createCaller();
    const path = await running(caller, { auto_stop: { enable: true, duration: 3600 } });
    await act(caller, path, 'stop');
    caller.clock.advance(30 * MINUTE);
    await act(caller, path, 'start');
    caller.clock.advance(45 * MINUTE);
    expect((await caller.call('GET', path)).body.status).toBe('RUNNING');
  });

  it('rejects actions that its status does not allow with the documented codes, all HTTP 400 with error_message', async () => {
    const caller = createCaller();
    const path = await running(caller);
    const codes: string[] = [];
    const note = async (response: ReturnType<Caller['call']>) => {
      const { status, body } = await response;
      expect([status, typeof body.error_message]).toEqual([400, 'string']);
      codes.push(body.error_code);
    };
    await note(caller.call('DELETE', path));
    await note(act(caller, path, 'start'));
    await act(caller, path, 'stop');
    await note(act(caller, path, 'stop'));
    await note(caller.call('DELETE', path));
    caller.clock.advance(MINUTE);
    await note(act(caller, path, 'stop'));
    await note(act(caller, path, 'restart'));
    await act(caller, path, 'start');
    await note(act(caller, path, 'start'));
    caller.clock.advance(MINUTE);
    await act(caller, path, 'stop');
    caller.clock.advance(MINUTE);
    expect((await caller.call('DELETE', path)).body).toHaveProperty('instance_id');
    await note(caller.call('GET', path));
    expect(codes.map((code) => code.replace('ModelArts.', ''))).toEqual([
      '6304',
      '6305',
      '6308',
      '6357',
      '6307',
      '6327',
      '6306',
      '6309',
    ]);
  });

  it('queues for a sold-out free flavor, with a falling rank', async () => {
    const caller = createCaller();
    await caller.call('POST', '/_sim/flavors/modelarts.vm.gpu.free/sale', { status: 'soldOut' });
    const created = await caller.call(
      'POST',
      caller.notebooks,
      notebookBody('free1', { flavor: 'modelarts.vm.gpu.free' }),
    );
    expect(created.body).toMatchObject({
      status: 'CREATE_QUEUING',
      queuing_info: { status: 'CREATE_QUEUING', rank: 3 },
      flavor_details: { status: 'soldOut', promo_type: 'Free', queuing_num: 3 },
    });
    const path = `${caller.notebooks}/${created.body.id}`;
    caller.clock.advance(150 * SECOND);
    expect((await caller.call('GET', path)).body.queuing_info.rank).toBe(1);
    caller.clock.advance(60 * SECOND);
    expect((await caller.call('GET', path)).body).toMatchObject({ status: 'CREATING' });
  });

  it('lists only the notebooks of the caller, sorted and paged, unless show_self is false', async () => {
    const caller = createCaller({ placed: { notebooks: [{ name: 'theirs' }] } });
    for (const name of ['b', 'a', 'c']) await caller.call('POST', caller.notebooks, notebookBody(name));
    const list = async (query: string) =>
      (await caller.call('GET', `${caller.notebooks}?de_type=Notebook${query}`)).body;
    const names = (body: { instances: { name: string }[] }) => body.instances.map(({ name }) => name);
    expect(names(await list(''))).toEqual(['a', 'b', 'c']);
    expect(names(await list('&show_self=false'))).toEqual(['a', 'b', 'c', 'theirs']);
    const page = await list('&sortby=creation_timestamp&order=asc&offset=1&limit=1');
    expect([names(page), page.total_count]).toEqual([['a'], 3]);
    expect((await list('&sortby=flavor')).error_code).toBe('ModelArts.6303');
    expect((await caller.call('GET', caller.notebooks)).body.error_code).toBe('ModelArts.0107');
  });

  it('lists one workspace, by default 0', async () => {
    const caller = createCaller();
    const id = '7c2f41b5a0d94c6f8e13b5d2a9c07e64';
    await caller.call('POST', caller.notebooks, notebookBody('here'));
    await caller.call('POST', caller.notebooks, notebookBody('there', { workspace: { id } }));
    const list = async (query: string) =>
      (await caller.call('GET', `${caller.notebooks}?de_type=Notebook${query}`)).body;
    const names = async (query: string) => (await list(query)).instances.map(({ name }: { name: string }) => name);
    expect([await names(''), await names('&workspace_id='), await names('&workspace_id=0')]).toEqual([
      ['here'],
      ['here'],
      ['here'],
    ]);
    expect(await names(`&workspace_id=${id}`)).toEqual(['there']);
    expect((await list('&workspace_id=9')).error_code).toBe('ModelArts.0102');
  });

  it('needs a ready pool and its Notebook scope (6355), and is UNAVAILABLE after the pool is deleted', async () => {
    const caller = createCaller();
    const pool = { id: `team-a-${caller.projectId}`, type: 'USER_DEFINED' };
    await caller.call('POST', caller.pools, poolBody());
    caller.clock.advance(MINUTE);
    const early = await caller.call('POST', caller.notebooks, notebookBody('nb', { pool }));
    expect(early.body.error_code).toBe('ModelArts.6355');
    caller.clock.advance(6 * MINUTE);
    const created = await caller.call('POST', caller.notebooks, notebookBody('nb', { pool }));
    expect(created.body.status).toBe('CREATING');
    caller.clock.advance(MINUTE);
    await caller.call('DELETE', `${caller.pools}/${pool.id}`);
    caller.clock.advance(3 * MINUTE);
    expect((await caller.call('GET', `${caller.notebooks}/${created.body.id}`)).body.status).toBe('UNAVAILABLE');
  });
});
