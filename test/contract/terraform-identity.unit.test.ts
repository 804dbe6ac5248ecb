import { DEFAULT_USERS } from '../../src/simulator/auth/credentials.js';
import { createCaller } from '../simulator/caller.js';

/**
 * What the Terraform provider sends to IAM before its first call, and what it needs to read
 * (docs/api/notebooks-and-auth.md "4.1 IAM token flow"). It sends JSON as the type of a GET, and sees no links as the
 * last page.
 */

const [user, neighbour] = DEFAULT_USERS;
const anonymous = { 'X-Auth-Token': '' };
const scope = { project: { name: 'cn-north-4' } };
const password = {
  auth: {
    identity: {
      methods: ['password'],
      password: { user: { domain: { name: user?.domainName }, name: user?.name, password: user?.password } },
    },
    scope,
  },
};
const withToken = (id: string, more: object = { scope }) => ({
  auth: { identity: { methods: ['token'], token: { id } }, ...more },
});

test('a token is exchanged for one of the project, which works and ends no later', async () => {
  const { call, clock, pools } = createCaller();
  const create = (body: object) => call('POST', '/v3/auth/tokens', body, anonymous);
  const first = await create(password);
  clock.advance(60 * 60_000);
  const second = await create(withToken(first.headers['x-subject-token'] ?? ''));
  expect([second.status, second.body.token.methods]).toEqual([201, ['token']]);
  expect(second.body.token).toMatchObject({
    expires_at: first.body.token.expires_at,
    project: { id: expect.any(String), domain: { id: user?.domainId } },
    user: { id: user?.id },
    catalog: [],
  });
  const token = second.headers['x-subject-token'] ?? '';
  expect(token).not.toBe(first.headers['x-subject-token']);
  expect((await call('GET', pools, undefined, { 'X-Auth-Token': token })).status).toBe(200);
});

test('an unknown, expired or missing token is refused', async () => {
  const { call, clock } = createCaller();
  const create = (body: object) => call('POST', '/v3/auth/tokens', body, anonymous);
  expect((await create(withToken('unknown'))).body.error).toMatchObject({ code: 401, title: 'Unauthorized' });
  const { headers } = await create(password);
  clock.advance(25 * 60 * 60_000);
  expect((await create(withToken(headers['x-subject-token'] ?? ''))).status).toBe(401);
  expect((await create({ auth: { identity: { methods: ['token'] }, scope } })).status).toBe(400);
});

test('the account has exactly one row, with or without a token of a project', async () => {
  const { call, pools } = createCaller();
  const domains = (headers: Record<string, string> = {}) => call('GET', '/v3/auth/domains', undefined, headers);
  const { status, body } = await domains();
  expect(status).toBe(200);
  expect(body).toMatchObject({
    domains: [{ id: user?.domainId, name: user?.domainName, enabled: true }],
    links: { next: null },
  });
  const ofAccount = { scope: { domain: { name: user?.domainName } } };
  const { headers } = await call('POST', '/v3/auth/tokens', withToken('simulator-only-token', ofAccount), anonymous);
  const token = { 'X-Auth-Token': headers['x-subject-token'] ?? '' };
  expect((await domains(token)).body).toEqual(body);
  expect((await call('GET', pools, undefined, token)).body.error_code).toBe('ModelArts.0204');
  expect((await domains(anonymous)).status).toBe(401);
});

test('a user and the project are found by name', async () => {
  const { call, projectId } = createCaller();
  const { body } = await call('GET', `/v3/users?name=${neighbour?.name}`);
  expect(body).toMatchObject({
    users: [{ id: neighbour?.id, name: neighbour?.name, domain_id: user?.domainId, enabled: true }],
    links: { next: null },
  });
  expect((await call('GET', '/v3/users?name=nobody')).body.users).toEqual([]);
  const projects = (await call('GET', '/v3/projects?name=cn-north-4')).body.projects;
  expect(projects.map(({ id }: { id: string }) => id)).toEqual([projectId]);
});
