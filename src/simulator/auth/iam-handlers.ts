import { ApiError } from '../errors.js';
import { objectAt, textAt, valueAt } from '../json.js';
import { matchesQuery } from '../list-query.js';
import { letters } from '../random.js';
import { type Call, type HandlerResult, nextSequence, type World } from '../world.js';
import { microseconds } from './authentication.js';
import type { SimUser } from './credentials.js';

const DAY = 24 * 60 * 60 * 1000;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/**
 * POST /v3/auth/tokens (docs/api/notebooks-and-auth.md "4.1 IAM token flow"). The token is in a header, its expiry time
 * in the body.
 */
export function createToken(world: World, call: Call): HandlerResult {
  const { user, method, expiresAt: endsAt } = authenticated(world, call.body);
  const scope = objectAt(call.body, 'auth', 'scope');
  const projectScoped = objectAt(scope, 'project') !== undefined;
  if (projectScoped) checkScope(world, call.body);
  const issuedAt = world.clock.wall();
  const expiresAt = Math.min(endsAt ?? Infinity, issuedAt + DAY);
  const token = `MII${letters(253, BASE64, world.seed, 'token', nextSequence(world))}`;
  world.state.tokens.push({ token, userId: user.id, issuedAt, expiresAt, projectScoped });
  call.commit(`issued a token to ${user.name}`);
  const domain = { id: user.domainId, name: user.domainName };
  return {
    status: 201,
    headers: { 'x-subject-token': token, 'x-iam-trace-id': `token_${world.region}_null_${nextSequence(world)}` },
    body: {
      token: {
        expires_at: microseconds(expiresAt),
        issued_at: microseconds(issuedAt),
        methods: [method],
        catalog: [],
        roles: [{ id: '0', name: 'te_admin' }],
        ...(projectScoped ? { project: { id: world.projectId, name: world.region, domain } } : { domain }),
        user: { id: user.id, name: user.name, domain },
      },
    },
  };
}

/**
 * GET /v3/projects?name= (docs/api/notebooks-and-auth.md "4.1 IAM token flow"). The project of a region has the name of
 * the region.
 */
export function listProjects(world: World, call: Call): HandlerResult {
  const name = call.query.get('name');
  const known = name === null || name === world.region;
  const project = {
    id: world.projectId,
    name: world.region,
    domain_id: call.user.domainId,
    parent_id: call.user.domainId,
    enabled: true,
    is_domain: false,
    description: '',
    links: {},
  };
  return { status: 200, body: { projects: known ? [project] : [], links: {} } };
}

/**
 * GET /v3/auth/domains: the account of the caller. It takes no query (docs/api/notebooks-and-auth.md "4.1 IAM token
 * flow").
 */
export function listDomains(_world: World, call: Call): HandlerResult {
  const { domainId: id, domainName: name } = call.user;
  const domain = { id, name, enabled: true, description: '', links: { self: `/v3/domains/${id}` } };
  return { status: 200, body: { domains: [domain], links: { self: '/v3/auth/domains', previous: null, next: null } } };
}

/** GET /v3/users?name=&domain_id=: the users of the account. */
export function listUsers(world: World, call: Call): HandlerResult {
  const users = world.users
    .filter(
      ({ domainId, name }) =>
        domainId === call.user.domainId &&
        matchesQuery(call.query, 'domain_id', domainId) &&
        matchesQuery(call.query, 'name', name),
    )
    .map(({ id, name, domainId }) => ({
      id,
      name,
      domain_id: domainId,
      enabled: true,
      description: '',
      pwd_status: true,
      password_expires_at: null,
      links: { self: `/v3/users/${id}` },
    }));
  return { status: 200, body: { users, links: { self: '/v3/users', previous: null, next: null } } };
}

/** Who asks for a token. The token that it shows, if any, limits the life of the new one. */
interface Authenticated {
  readonly user: SimUser;
  readonly method: 'password' | 'token';
  readonly expiresAt?: number;
}

/** Authenticates by one of the methods of the body. An unknown user, password or token is 401. */
function authenticated(world: World, body: unknown): Authenticated {
  const methods = valueAt(body, 'auth', 'identity', 'methods');
  const identity = objectAt(body, 'auth', 'identity');
  if (!Array.isArray(methods) || (identity?.password ?? identity?.token) === undefined) {
    throw new ApiError('iam', 400, 'Bad Request', 'The request body is invalid.');
  }
  const found =
    (methods.includes('password') ? byPassword(world, objectAt(identity, 'password', 'user')) : undefined) ??
    (methods.includes('token') ? byToken(world, textAt(identity, 'token', 'id') ?? '') : undefined);
  if (found === undefined) throw new ApiError('iam', 401, 'Unauthorized', 'Unauthorized.');
  return found;
}

function byPassword(world: World, asked: unknown): Authenticated | undefined {
  const user = world.users.find(
    (candidate) =>
      (textAt(asked, 'id') === candidate.id ||
        (textAt(asked, 'name') === candidate.name && textAt(asked, 'domain', 'name') === candidate.domainName)) &&
      textAt(asked, 'password') === candidate.password,
  );
  return user && { user, method: 'password' };
}

/** A valid token, ready-made or issued. It may have another scope than the new one. */
function byToken(world: World, token: string): Authenticated | undefined {
  const owner = world.users.find((user) => user.tokens.includes(token));
  if (owner !== undefined) return { user: owner, method: 'token' };
  const issued = world.state.tokens.find((record) => record.token === token);
  const user = world.users.find(({ id }) => id === issued?.userId);
  if (issued === undefined || user === undefined) return undefined;
  const { expiresAt } = issued;
  return issued.revoked !== true && expiresAt > world.clock.wall() ? { user, method: 'token', expiresAt } : undefined;
}

function checkScope(world: World, body: unknown): void {
  const id = textAt(body, 'auth', 'scope', 'project', 'id');
  const name = textAt(body, 'auth', 'scope', 'project', 'name');
  if ((id ?? world.projectId) === world.projectId && (name ?? world.region) === world.region) return;
  throw new ApiError('iam', 401, 'Unauthorized', 'Unauthorized.');
}
