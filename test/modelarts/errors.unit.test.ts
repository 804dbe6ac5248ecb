import { inspect } from 'node:util';
import { classify } from '../../src/modelarts/classification.js';
import { ModelArtsError, type ModelArtsErrorKind } from '../../src/modelarts/errors.js';
import { parseRetryAfter, parseThrottleWindow } from '../../src/modelarts/retry-after.js';
import { sanitise } from '../../src/modelarts/sanitise.js';
import { Broken, connect, failureOf, fixture, type Reply, token } from './fake-service.js';

const create = {
  metadata: { labels: { 'os.modelarts/name': 'pool-1' } },
  spec: { type: 'Logical', scope: ['Train'], resources: [{ flavor: 'f', count: 1 }] },
} as const;

async function showing(reply: Reply | Broken): Promise<ModelArtsError> {
  return await failureOf<ModelArtsError>(connect(() => reply).modelarts.pools.show('p1'));
}

async function creating(reply: Reply | Broken): Promise<ModelArtsError> {
  return await failureOf<ModelArtsError>(connect(() => reply).modelarts.pools.create(create));
}

const errorExamples: { error_code: string; error_msg: string }[] = fixture('errors');

describe('classification by status and code', () => {
  test.each<[number, string, ModelArtsErrorKind]>([
    [400, 'ModelArts.6309 ModelArts.6404', 'notFound'],
    [404, 'ModelArts.50015001 ModelArts.50025001 ModelArts.50005101', 'notFound'],
    [400, 'ModelArts.6301', 'exists'],
    [409, 'ModelArts.50015000', 'exists'],
    [
      400,
      'ModelArts.6304 ModelArts.6305 ModelArts.6306 ModelArts.6307 ModelArts.6308 ModelArts.6327 ModelArts.6347 ModelArts.6357',
      'stateConflict',
    ],
    [409, 'ModelArts.50025002 ModelArts.9999', 'stateConflict'],
    [400, 'ModelArts.6302 ModelArts.0113 ModelArts.0118 ModelArts.0116', 'quota'],
    [400, 'ModelArts.6329 ModelArts.6716 ModelArts.6528 ModelArts.6360 ModelArts.3952 ModelArts.4992', 'soldOut'],
    [500, 'ModelArts.6200', 'soldOut'],
    [400, 'ModelArts.6326 ModelArts.1003', 'billing'],
    [401, 'ModelArts.6201 ModelArts.6203', 'billing'],
    [400, 'ModelArts.6319 ModelArts.6328 ModelArts.6350 ModelArts.6353 ModelArts.6376', 'permission'],
    [401, 'ModelArts.0428 ModelArts.0112', 'permission'],
    [403, 'ModelArts.0108 ModelArts.0112 ModelArts.2785 APIGW.0302 APIG.0302', 'permission'],
    [401, 'ModelArts.0201 ModelArts.0202 ModelArts.6608 ModelArts.50001000 APIGW.0301 APIG.0307', 'auth'],
    [403, 'ModelArts.0203 ModelArts.0206 ModelArts.0210', 'auth'],
    [400, 'ModelArts.0204', 'auth'],
    [400, 'ModelArts.6318 ModelArts.50004000 ModelArts.0210 ModelArts.0101 ModelArts.7005 APIGW.0201', 'rejected'],
    [404, 'APIGW.0101 APIG.0101', 'rejected'],
    [413, 'APIGW.0201', 'rejected'],
    [400, 'ModelArts.6333 ModelArts.6355', 'unavailable'],
    [408, 'ModelArts.6100', 'unavailable'],
    [500, 'ModelArts.0010 ModelArts.6102 ModelArts.50005000 APIGW.0601', 'unavailable'],
    [502, 'APIGW.0201 APIGW.0610', 'unavailable'],
    [503, 'ModelArts.4302 APIGW.0613', 'unavailable'],
    [504, 'APIG.0203', 'unavailable'],
    [429, 'ModelArts.6101 ModelArts.2799 APIGW.0308', 'throttled'],
    [200, 'ModelArts.6309', 'notFound'],
  ])('%i %s means %s', (status, codes, kind) => {
    for (const code of codes.split(' ')) expect([code, classify(status, code).kind]).toEqual([code, kind]);
  });

  test('one code has different meanings with different statuses', () => {
    expect(classify(400, 'ModelArts.0210').kind).toBe('rejected');
    expect(classify(403, 'ModelArts.0210').kind).toBe('auth');
    expect(classify(401, 'ModelArts.0112').kind).toBe('permission');
  });

  test('only codes that a new token can fix request one', () => {
    expect(classify(401, 'ModelArts.0202').renew).toBe(true);
    expect(classify(401, 'ModelArts.0208').renew).toBe(false);
    expect(classify(401, 'ModelArts.6201').renew).toBe(false);
    expect(classify(403, 'ModelArts.0206').renew).toBe(false);
  });
});

describe('error bodies', () => {
  test.each<[string, unknown, string | null, string]>([
    ['error_msg', { error_code: 'ModelArts.1', error_msg: 'why' }, 'ModelArts.1', 'why'],
    ['error_message', { error_message: 'why', error_code: 'ModelArts.1' }, 'ModelArts.1', 'why'],
    ['Keystone', { error: { message: 'why', code: 401, title: 'Unauthorized' } }, '401', 'why'],
    ['camel case', { errorCode: 'X.1', errorMsg: 'why' }, 'X.1', 'why'],
    ['code and message', { code: 'X.1', message: 'why' }, 'X.1', 'why'],
    ['one level down', { anything: { error_code: 'X.1', error_msg: 'why' } }, 'X.1', 'why'],
    ['a number as code', { error_code: 6309, error_msg: 'why' }, '6309', 'why'],
    [
      'a page',
      '<html><head><title>502 Bad Gateway</title></head><body><h1>why</h1></body></html>',
      null,
      '502 Bad Gateway',
    ],
    ['plain text', 'upstream is gone', null, 'upstream is gone'],
  ])('%s', async (_, body, code, message) => {
    const error = await showing({ status: 400, body });
    expect(error.errorCode).toBe(code);
    expect(error.message).toContain(message);
  });

  test.each(
    errorExamples.map((body, index) => ({
      body,
      status: [400, 409, 404, 401, 404, 404, 500][index] ?? 0,
    })),
  )('the example $body.error_code', async ({ body, status }) => {
    expect(await showing({ status, body })).toMatchObject({ status, errorCode: body.error_code });
  });

  test('an error code in a response with a success status is a failure', async () => {
    const { modelarts } = connect(() => ({
      body: { error_code: 'ModelArts.6309', error_message: 'The instance does not exist.' },
    }));
    await expect(modelarts.notebooks.show('x')).rejects.toMatchObject({ kind: 'notFound', status: 200 });
    await expect(modelarts.notebooks.list()).rejects.toMatchObject({ kind: 'notFound' });
  });

  test('the error code of an instance is not a failure', async () => {
    const { modelarts } = connect(() => ({
      body: { id: 'DE-1', status: 'CREATE_FAILED', error_code: 'ModelArts.6360' },
    }));
    await expect(modelarts.notebooks.show('DE-1')).resolves.toMatchObject({
      status: 'CREATE_FAILED',
      error_code: 'ModelArts.6360',
    });
  });

  test.each([null, ''])('an empty error code is not a failure: %j', async (error_code) => {
    const { modelarts } = connect(() => ({ body: { instance_id: 'DE-1', error_code } }));
    await expect(modelarts.notebooks.delete('DE-1')).resolves.toMatchObject({ instance_id: 'DE-1' });
  });
});

describe('messages', () => {
  test('state the operation, the resource, the reason and the request id', async () => {
    const error = await showing({
      status: 404,
      headers: { 'X-Request-Id': 'req-7' },
      body: { error_code: 'ModelArts.50015001', error_msg: 'pool not found' },
    });
    expect(error.message).toBe(
      'pools.show (pool p1) failed: HTTP 404 ModelArts.50015001: pool not found (request id req-7)',
    );
    expect(error).toMatchObject({
      kind: 'notFound',
      operation: 'pools.show',
      method: 'GET',
      template: '/v2/{project_id}/pools/{pool_name}',
      requestId: 'req-7',
    });
  });

  test('use the request id of the body when there is no header', async () => {
    expect(await showing({ status: 500, body: { error_code: 'x', request_id: 'abc' } })).toMatchObject({
      requestId: 'abc',
    });
  });

  test('are one short line without tokens', () => {
    const echo = `verify aksk signature fail, canonical: GET|/v1|host:h|x-security-token:gg${'A'.repeat(30)}|x-sdk-date:2020`;
    expect(sanitise(echo)).toContain('x-security-token:[secret]|x-sdk-date:2020');
    expect(sanitise(`token MII${'b'.repeat(200)} bad`)).toBe('token [secret] bad');
    expect(sanitise('a\u001b[31m\nb\u0000c')).toBe('a [31m b c');
    expect(sanitise('x y '.repeat(500))).toHaveLength(300);
    expect(sanitise('the password hunter2 is wrong', ['hunter2'])).toBe('the password [secret] is wrong');
  });
});

describe('outcomeUnknown', () => {
  const codes = { body: { error_code: 'x' } };
  test.each<[string, Reply | Broken, boolean]>([
    ['500', { status: 500, ...codes }, true],
    ['a 502 page', { status: 502, body: '<html>' }, true],
    ['408', { status: 408, ...codes }, true],
    ['504', { status: 504, ...codes }, true],
    ['missing capacity, reported as 500', { status: 500, body: { error_code: 'ModelArts.6200' } }, true],
    ['429', { status: 429, ...codes }, false],
    ['400', { status: 400, ...codes }, false],
    ['409', { status: 409, body: { error_code: 'ModelArts.50015000' } }, false],
    ['403', { status: 403, ...codes }, false],
    ['200 with a truncated body', { status: 200, body: '{"kind":"Pool","metad' }, true],
    ['200 without an id', { status: 200, body: { kind: 'Pool' } }, true],
    ['200 without a body', { status: 200, body: '' }, true],
    ['200 with a known error code', { status: 200, body: { error_code: 'ModelArts.0118' } }, false],
    ['200 with an unknown code', { status: 200, body: { error_code: 'ModelArts.9876' } }, true],
    ['a connection that was reset', new Broken('ECONNRESET'), true],
    ['a refused connection', new Broken('ECONNREFUSED'), false],
    ['an unknown host name', new Broken('ENOTFOUND'), false],
    ['an unreachable host while connecting', new Broken('EHOSTUNREACH', 'connect'), false],
    ['an unreachable host while reading', new Broken('EHOSTUNREACH', 'read'), true],
  ])('%s', async (_, reply, unknown) => {
    expect((await creating(reply)).outcomeUnknown).toBe(unknown);
    expect((await showing(reply)).outcomeUnknown).toBe(false);
  });

  test('a connection that was never established proves that nothing was sent', async () => {
    expect(await creating(new Broken('ECONNREFUSED'))).toMatchObject({ kind: 'transport', notSent: true });
    expect(await creating(new Broken('ECONNRESET'))).toMatchObject({ kind: 'transport', notSent: false });
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');

  test.each<[string | null, number | null]>([
    ['30', 30_000],
    ['0', 0],
    ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', 0],
    ['soon', null],
    ['', null],
    [null, null],
  ])('Retry-After: %s', (header, ms) => {
    expect(parseRetryAfter(header, now)).toBe(ms);
  });

  test.each<[string, number | null]>([
    ['policy user over ratelimit,limit:10,time:1 minute', 60_000],
    ['policy ip over ratelimit,limit:5,time:5 second', 5000],
    ['limit:2000,time:1 hour', 3_600_000],
    ['busy', null],
  ])('%s', (message, ms) => {
    expect(parseThrottleWindow(message)).toBe(ms);
  });

  test('the header takes precedence over the text', async () => {
    const body = { error_code: 'APIGW.0308', error_msg: 'limit:10,time:1 minute' };
    expect(await showing({ status: 429, body })).toMatchObject({ kind: 'throttled', retryAfterMs: 60_000 });
    expect(await showing({ status: 429, body, headers: { 'Retry-After': '7' } })).toMatchObject({ retryAfterMs: 7000 });
  });
});

test('a logged error contains no headers and no error of the HTTP library', async () => {
  for (const error of [
    await showing({ status: 401, body: { error_msg: `bad ${token}` } }),
    await creating(new Broken('ECONNRESET')),
  ]) {
    for (const text of [
      inspect(error, { depth: 9, showHidden: true }),
      JSON.stringify(error),
      String(error),
      error.stack ?? '',
    ]) {
      expect(text).not.toContain(token);
      expect(text).not.toMatch(/axios/i);
    }
    expect(error.cause).toBeUndefined();
    expect(error).toBeInstanceOf(ModelArtsError);
  }
});
