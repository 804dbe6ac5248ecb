import { expectedSignature } from '../../src/simulator/auth/signature.js';
import { createManualClock } from '../../src/simulator/clock.js';
import { createSimulator } from '../../src/simulator/simulator.js';
import { createCaller, MINUTE } from './caller.js';

const KEY = { ak: 'SIMULATORONLYKEY0001', sk: 'simulator-only-secret-key-0000000000001' };
const TEMPORARY = { ak: 'SIMULATORONLYKEY0002', sk: 'simulator-only-secret-key-0000000000002' };

function signedCaller() {
  const clock = createManualClock();
  const simulator = createSimulator({ clock });
  return {
    clock,
    list: async (
      key = KEY,
      change: { shift?: number; headers?: Record<string, string>; body?: string; security?: string } = {},
    ) => {
      const date = new Date(clock.wall() + (change.shift ?? 0));
      const path = `/v2/${simulator.projectId}/pools`;
      const signed: Record<string, string> = {
        host: 'simulator.test',
        'content-type': 'application/json',
        'x-sdk-date': `${date.toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`,
        ...(change.security === undefined ? {} : { 'x-security-token': change.security }),
      };
      const names = Object.keys(signed).sort();
      const request = { method: 'GET', path, query: 'workspaceId=0', headers: signed, body: new Uint8Array() };
      const signature = expectedSignature(request, names, key.sk);
      const authorization = `SDK-HMAC-SHA256 Access=${key.ak}, SignedHeaders=${names.join(';')}, Signature=${signature}`;
      const reply = await simulator.handle({
        method: 'GET',
        path: `${path}?workspaceId=0`,
        headers: { ...signed, ...change.headers, authorization },
        ...(change.body === undefined ? {} : { body: change.body }),
      });
      if ('lost' in reply) throw new Error('lost');
      const { error_code = '', error_msg = '' } = JSON.parse(reply.body);
      return { status: reply.status, error: `${error_code} ${error_msg}` };
    },
  };
}

describe('signed requests', () => {
  it('are accepted with a permanent key, and with a temporary key and its security token', async () => {
    const { list } = signedCaller();
    expect((await list()).status).toBe(200);
    expect((await list(TEMPORARY, { security: 'simulator-only-security-token' })).status).toBe(200);
    expect((await list(TEMPORARY)).status).toBe(401);
  });

  it('are rejected when a signed part was changed, the secret is wrong or the key is unknown', async () => {
    const { list } = signedCaller();
    expect((await list(KEY, { body: '{}' })).error).toMatch(/^APIGW\.0301 .*verify aksk signature fail/);
    expect((await list(KEY, { headers: { 'content-type': 'text/plain' } })).error).toMatch(/verify aksk/);
    expect((await list({ ...KEY, sk: 'wrong' })).error).toMatch(/verify aksk/);
    expect((await list({ ...KEY, ak: 'NOBODY' })).error).toMatch(/ak not exist/);
  });

  it('are accepted with a clock skew of 14 minutes and rejected with 16 minutes', async () => {
    const { list } = signedCaller();
    expect((await list(KEY, { shift: 14 * MINUTE })).status).toBe(200);
    for (const shift of [16 * MINUTE, -16 * MINUTE]) {
      expect((await list(KEY, { shift })).error).toMatch(/signature expired/);
    }
  });

  it('lock the key for five minutes after more than five failures in a row', async () => {
    const { list, clock } = signedCaller();
    for (let n = 0; n < 6; n += 1) expect((await list({ ...KEY, sk: 'wrong' })).error).toMatch(/verify aksk/);
    expect((await list()).error).toMatch(/AK access failed to reach the limit,forbidden\./);
    clock.advance(5 * MINUTE + 1);
    expect((await list()).status).toBe(200);
  });

  it('reset the failure count after a success', async () => {
    const { list } = signedCaller();
    for (let n = 0; n < 10; n += 1) {
      await list({ ...KEY, sk: 'wrong' });
      if (n % 4 === 3) expect((await list()).status).toBe(200);
    }
  });
});

describe('tokens', () => {
  const login = (password: string, project = 'cn-north-4') => ({
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { name: 'ops', password, domain: { name: 'example_domain' } } },
      },
      scope: { project: { name: project } },
    },
  });

  it('are issued in a header and accepted for one day', async () => {
    const { call, clock, pools, projectId } = createCaller();
    const issued = await call('POST', '/v3/auth/tokens', login('simulator-only-password'));
    expect(issued.status).toBe(201);
    expect(issued.body.token.project).toMatchObject({ id: projectId, name: 'cn-north-4' });
    expect(issued.body.token.expires_at).toMatch(/T\d\d:\d\d:\d\d\.\d{6}Z$/);
    const token = issued.headers['x-subject-token'] ?? '';
    const use = () => call('GET', pools, undefined, { 'X-Auth-Token': token });
    expect((await use()).status).toBe(200);
    clock.advance(24 * 60 * MINUTE);
    expect((await use()).body.error_msg).toMatch(/token expires, expires_at/);
  });

  it('are revoked by a planned 401, until a new one is issued', async () => {
    const { call, pools, simulator } = createCaller();
    const token =
      (await call('POST', '/v3/auth/tokens', login('simulator-only-password'))).headers['x-subject-token'] ?? '';
    simulator.faults.plan({ operation: 'pools.list', kind: 'unauthorized' });
    const use = (value: string) => call('GET', pools, undefined, { 'X-Auth-Token': value });
    expect((await use(token)).status).toBe(401);
    expect((await use(token)).status).toBe(401);
    const renewed =
      (await call('POST', '/v3/auth/tokens', login('simulator-only-password'))).headers['x-subject-token'] ?? '';
    expect((await use(renewed)).status).toBe(200);
  });

  it('are rejected in the Keystone format for a wrong password or another region', async () => {
    const { call } = createCaller();
    for (const body of [login('wrong'), login('simulator-only-password', 'eu-de')]) {
      const { status, body: error } = await call('POST', '/v3/auth/tokens', body);
      expect([status, error]).toEqual([401, { error: { message: 'Unauthorized.', code: 401, title: 'Unauthorized' } }]);
    }
  });

  it('are not logged, and passwords are neither logged nor stored', async () => {
    const { call, pools, simulator } = createCaller();
    const issued = await call('POST', '/v3/auth/tokens', login('simulator-only-password'));
    const token = issued.headers['x-subject-token'] ?? '';
    await call('GET', pools, undefined, { 'X-Auth-Token': token });
    expect(simulator.requests().map(({ operation, status }) => [operation, status])).toEqual([
      ['iam.token', 201],
      ['pools.list', 200],
    ]);
    const log = JSON.stringify(simulator.requests());
    for (const hidden of [token, 'simulator-only-password']) expect(log).not.toContain(hidden);
    expect(JSON.stringify(simulator.state())).not.toContain('simulator-only-password');
  });

  it('list the project of a region by its name', async () => {
    const { call, projectId } = createCaller();
    expect((await call('GET', '/v3/projects?name=cn-north-4')).body.projects).toMatchObject([{ id: projectId }]);
    expect((await call('GET', '/v3/projects?name=eu-de')).body.projects).toEqual([]);
  });

  it('are rejected when missing, malformed or for another project', async () => {
    const { call, pools } = createCaller();
    const without = await call('GET', pools, undefined, { 'X-Auth-Token': '' });
    expect(without.body.error_msg).toMatch(/x-auth-token not found/);
    expect(without.body.request_id).toBe(without.headers['x-request-id']);
    const garbage = await call('GET', pools, undefined, { 'X-Auth-Token': 'x' });
    expect(garbage.body.error_msg).toMatch(/decrypt token fail/);
    const elsewhere = await call('GET', '/v2/ffffffffffffffffffffffffffffffff/pools');
    expect([elsewhere.status, elsewhere.body.error_code]).toEqual([403, 'ModelArts.0210']);
    const nowhere = await call('GET', '/v1/x/clusters');
    expect([nowhere.status, nowhere.body.error_code]).toEqual([404, 'APIGW.0101']);
  });
});
