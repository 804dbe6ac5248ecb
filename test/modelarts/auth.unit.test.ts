import { inspect } from 'node:util';
import { sign } from '../../src/modelarts/auth/signature.js';
import type { ModelArtsOptions } from '../../src/modelarts/client.js';
import type { Credentials } from '../../src/modelarts/credentials.js';
import { Secret } from '../../src/modelarts/secret.js';
import { FakeClock, flushPromises } from './fake-clock.js';
import { connect, failureOf, projectId, type Reply, type Respond, type Seen } from './fake-service.js';

const iamEndpoint = 'https://iam.test-1.example.com';
const password: Credentials = {
  kind: 'password',
  iamEndpoint,
  username: 'operator',
  password: new Secret('the-password'),
  userDomain: 'account',
  project: { name: 'test-1' },
};
const keys: Credentials = { kind: 'aksk', accessKey: 'ACCESSKEY1', secretKey: new Secret('the-secret-key') };
const pools = { body: { items: [] } };
const expired = { status: 401, body: { error_code: 'ModelArts.0202', error_msg: 'expired' } };

const isIam = ({ url }: Seen) => url.href.startsWith(iamEndpoint);

/** A service with IAM: tokens are numbered, and only those in `good` are accepted. */
function withIam(
  options: { good?: (token: string) => boolean; life?: number; iam?: () => Reply | undefined; service?: Respond } = {},
) {
  const clock = new FakeClock();
  const { good = () => true, life = 24 * 3600_000, iam = () => undefined, service = () => pools } = options;
  let issued = 0;
  const respond: Respond = (seen, index) => {
    if (isIam(seen)) {
      const other = iam();
      if (other !== undefined) return other;
      issued += 1;
      const expires_at = new Date(clock.now() + life).toISOString().replace('Z', '000Z');
      return { status: 201, headers: { 'X-Subject-Token': `token-${issued}` }, body: { token: { expires_at } } };
    }
    return good(seen.headers['x-auth-token'] ?? '') ? service(seen, index) : expired;
  };
  const { modelarts, seen } = connect(respond, { credentials: password, now: clock.now, sleep: clock.sleep });
  return { clock, modelarts, seen, tokenCalls: () => seen.filter(isIam) };
}

describe('a token by password', () => {
  test('is requested as documented and used in every call', async () => {
    const { modelarts, seen } = withIam();
    await modelarts.pools.list();
    expect(seen[0]).toMatchObject({ method: 'POST', url: { pathname: '/v3/auth/tokens' } });
    expect(JSON.parse(seen[0]?.text ?? '')).toEqual({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'operator', password: 'the-password', domain: { name: 'account' } } },
        },
        scope: { project: { name: 'test-1' } },
      },
    });
    expect(seen[0]?.headers).not.toHaveProperty('x-auth-token');
    expect(seen[1]?.headers['x-auth-token']).toBe('token-1');
  });

  test('is requested once for concurrent calls and then kept', async () => {
    const { modelarts, tokenCalls } = withIam();
    await Promise.all(Array.from({ length: 20 }, async () => modelarts.pools.list()));
    await modelarts.pools.list();
    expect(tokenCalls()).toHaveLength(1);
  });

  test('is renewed ten minutes before it expires', async () => {
    const { clock, modelarts, seen, tokenCalls } = withIam();
    await modelarts.pools.list();
    await clock.advance(24 * 3600_000 - 11 * 60_000);
    await modelarts.pools.list();
    expect(tokenCalls()).toHaveLength(1);
    await clock.advance(2 * 60_000);
    await modelarts.pools.list();
    expect(tokenCalls()).toHaveLength(2);
    expect(seen.at(-1)?.headers['x-auth-token']).toBe('token-2');
  });

  test('is used until it expires when an early renewal fails', async () => {
    let broken = false;
    const { clock, modelarts, seen } = withIam({ iam: () => (broken ? { status: 503 } : undefined) });
    await modelarts.pools.list();
    broken = true;
    await clock.advance(24 * 3600_000 - 5 * 60_000);
    await modelarts.pools.list();
    expect(seen.at(-1)?.headers['x-auth-token']).toBe('token-1');
    await clock.advance(6 * 60_000);
    await expect(modelarts.pools.list()).rejects.toMatchObject({ operation: 'iam.token', kind: 'unavailable' });
  });

  test('is renewed once after concurrent rejections, and each call is sent once more', async () => {
    const { modelarts, seen, tokenCalls } = withIam({ good: (token) => token === 'token-2' });
    const lists = await Promise.all(Array.from({ length: 10 }, async () => modelarts.pools.list()));
    expect(lists).toHaveLength(10);
    expect(tokenCalls()).toHaveLength(2);
    expect(seen.length).toBeLessThanOrEqual(2 + 20);
  });

  test('a call is not sent a third time when the new token is rejected too', async () => {
    const { modelarts, seen, tokenCalls } = withIam({ good: () => false });
    await expect(modelarts.pools.list()).rejects.toMatchObject({ kind: 'auth', status: 401 });
    expect(tokenCalls()).toHaveLength(2);
    expect(seen).toHaveLength(4);
  });

  test('a wrong password is sent three times, then not for five minutes', async () => {
    let wrong = true;
    const refused = { status: 401, body: { error: { message: 'Unauthorized.', code: 401, title: 'Unauthorized' } } };
    const { clock, modelarts, tokenCalls } = withIam({ iam: () => (wrong ? refused : undefined) });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(modelarts.pools.list()).rejects.toMatchObject({ kind: 'auth', notSent: false, errorCode: '401' });
    }
    const until = clock.now() + 5 * 60_000;
    const latched = await failureOf(modelarts.pools.list());
    expect(latched).toMatchObject({ kind: 'auth', notSent: true, isOwnPause: true, retryAfterMs: 5 * 60_000 });
    // The message is stored in histories, where only an absolute time is of use.
    expect(String(latched)).toContain(`${new Date(until).toISOString().slice(0, 19)}Z`);
    expect(tokenCalls()).toHaveLength(3);
    wrong = false;
    await clock.advance(5 * 60_000);
    await modelarts.pools.list();
  });

  test('an aborted call does not abort the token request of the others', async () => {
    let release: (reply: Reply) => void = () => undefined;
    const held = new Promise<Reply>((resolve) => {
      release = resolve;
    });
    const clock = new FakeClock();
    const { modelarts } = connect((seen) => (isIam(seen) ? held : pools), {
      credentials: password,
      now: clock.now,
      sleep: clock.sleep,
    });
    const impatient = new AbortController();
    const first = failureOf(modelarts.pools.list({}, { signal: impatient.signal }));
    const second = modelarts.pools.list();
    await flushPromises();
    const reason = new Error('worker shutdown');
    impatient.abort(reason);
    expect(await first).toBe(reason);
    release({ status: 201, headers: { 'X-Subject-Token': 't' }, body: {} });
    await expect(second).resolves.toMatchObject({ items: [] });
  });
});

describe('an access key', () => {
  const clock = new FakeClock();
  const create = {
    name: 'nb',
    profile_id: 'p',
    flavor: 'f',
    spec: { storage: { type: 'evs' as const } },
  };

  test('signs exactly the bytes that are sent, with project and security token', async () => {
    const credentials = { ...keys, securityToken: new Secret('temporary') } as Credentials;
    const { modelarts, seen } = connect(() => ({ body: { id: 'i', status: 's' } }), { credentials, now: clock.now });
    await modelarts.notebooks.create({ ...create, description: 'é 😀' });
    const [request] = seen;
    if (request === undefined) throw new Error('nothing was sent');
    expect(request.headers).toMatchObject({
      'x-project-id': projectId,
      'x-security-token': 'temporary',
      host: request.url.host,
    });
    const names = /SignedHeaders=([^,]*)/.exec(request.headers.authorization ?? '')?.[1]?.split(';') ?? [];
    expect(names).toEqual(['content-type', 'host', 'x-project-id', 'x-sdk-date', 'x-security-token']);
    const headers = Object.fromEntries(names.map((name) => [name, request.headers[name] ?? '']));
    const again = sign(
      { method: 'POST', url: request.url, headers, body: request.text },
      { accessKey: 'ACCESSKEY1', secretKey: 'the-secret-key' },
      clock.now(),
    );
    expect(request.headers.authorization).toBe(again.Authorization);
  });

  const refusals: [string, Reply][] = [
    ['APIGW.0301', { status: 401, body: { error_code: 'APIGW.0301', error_msg: 'verify aksk signature fail' } }],
    ['ModelArts.0206', { status: 403, body: { error_code: 'ModelArts.0206', error_msg: 'Invalid AK/SK.' } }],
  ];
  test.each(refusals)('stops using a credential after three rejections with %s', async (errorCode, refused) => {
    const { modelarts, seen } = connect(() => refused, { credentials: keys, now: clock.now, sleep: clock.sleep });
    await expect(modelarts.pools.list()).rejects.toMatchObject({ kind: 'auth', notSent: false });
    expect(seen).toHaveLength(1);
    const errors = await Promise.all(Array.from({ length: 30 }, async () => failureOf(modelarts.pools.list())));
    expect(seen).toHaveLength(3);
    expect(errors.at(-1)).toMatchObject({ kind: 'auth', notSent: true, outcomeUnknown: false, errorCode });
    await clock.advance(5 * 60_000);
    await failureOf(modelarts.pools.list());
    expect(seen).toHaveLength(4);
    await failureOf(modelarts.pools.list());
    expect(seen).toHaveLength(4);
  });

  test('that is wrong is sent at most three times by concurrent calls', async () => {
    const { modelarts, seen } = connect(() => refusals[0]?.[1] ?? {}, {
      credentials: keys,
      now: clock.now,
      sleep: clock.sleep,
    });
    await Promise.all(Array.from({ length: 50 }, async () => failureOf(modelarts.pools.list())));
    expect(seen).toHaveLength(3);
  });

  test('is still used after missing permissions and server errors', async () => {
    const replies: Reply[] = [
      { status: 403, body: { error_code: 'ModelArts.0108' } },
      { status: 502 },
      { status: 400 },
    ];
    const { modelarts, seen } = connect((_, index) => replies[index % 3] ?? {}, {
      credentials: keys,
      now: clock.now,
      sleep: clock.sleep,
    });
    for (let call = 0; call < 9; call += 1) await failureOf(modelarts.pools.list());
    expect(seen).toHaveLength(9);
  });
});

test('a ready-made token is sent unchanged, and not after three rejections', async () => {
  const { modelarts, seen } = connect(() => expired);
  for (let call = 0; call < 5; call += 1) await failureOf(modelarts.pools.list());
  expect(seen).toHaveLength(3);
  expect(seen[0]?.headers['x-auth-token']).toBe('token-that-must-not-be-seen');
});

test('every call has a language and a user agent', async () => {
  const { modelarts, seen } = connect(() => pools);
  await modelarts.pools.list();
  expect(seen[0]?.headers).toMatchObject({
    'x-language': 'en-us',
    'user-agent': expect.stringMatching(/^modelarts-ops\/\d+\.\d+\.\d+/),
  });
});

test('no object that holds a secret shows it when printed', async () => {
  const secret = 'hush-hush-hush';
  const all: ModelArtsOptions['credentials'][] = [
    { kind: 'token', token: new Secret(secret) },
    { kind: 'aksk', accessKey: 'AK', secretKey: new Secret(secret), securityToken: new Secret(secret) },
    { ...password, password: new Secret(secret) },
  ];
  const options = { depth: 12, showHidden: true, getters: true };
  for (const credentials of all) {
    const records: unknown[] = [];
    const reply: Respond = (seen) =>
      isIam(seen)
        ? { status: 401, body: { error: { message: `wrong: ${secret}`, code: 401 } } }
        : { status: 401, body: { error_msg: `bad ${secret}` } };
    const { modelarts } = connect(reply, { credentials, onCall: (record) => records.push(record) });
    const error = await failureOf(modelarts.pools.list());
    for (const holder of [credentials, modelarts, error, records]) {
      expect(inspect(holder, options)).not.toContain(secret);
      expect(JSON.stringify(holder)).not.toContain(secret);
      expect(String(holder)).not.toContain(secret);
    }
  }
  expect(String(new Secret(secret))).toBe('[secret]');
  expect(JSON.stringify({ a: new Secret(secret) })).toBe('{"a":"[secret]"}');
});
