import { ApiError } from '../errors.js';
import { objectAt, textAt, valueAt } from '../json.js';
import { letters } from '../random.js';
import { type Call, type HandlerResult, nextSequence, type World } from '../world.js';
import { microseconds } from './authentication.js';
import type { SimUser } from './credentials.js';

const DAY = 24 * 60 * 60 * 1000;
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** POST /v3/auth/tokens (docs/api/notebooks-and-auth.md "4.1 IAM token flow"). The token is in a header, its expiry time in the body. */
export function createToken(world: World, call: Call): HandlerResult {
  const user = userByPassword(world, call.body);
  const scope = objectAt(call.body, 'auth', 'scope');
  const projectScoped = objectAt(scope, 'project') !== undefined;
  if (projectScoped) checkScope(world, call.body);
  const issuedAt = world.clock.wall();
  const expiresAt = issuedAt + DAY;
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
        methods: ['password'],
        catalog: [],
        roles: [{ id: '0', name: 'te_admin' }],
        ...(projectScoped ? { project: { id: world.projectId, name: world.region, domain } } : { domain }),
        user: { id: user.id, name: user.name, domain },
      },
    },
  };
}

/** GET /v3/projects?name= (docs/api/notebooks-and-auth.md "4.1 IAM token flow"). The project of a region has the name of the region. */
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

function userByPassword(world: World, body: unknown): SimUser {
  const asked = objectAt(body, 'auth', 'identity', 'password', 'user');
  const methods = valueAt(body, 'auth', 'identity', 'methods');
  if (!Array.isArray(methods) || asked === undefined) {
    throw new ApiError('iam', 400, 'Bad Request', 'The request body is invalid.');
  }
  const user = world.users.find(
    (candidate) =>
      (textAt(asked, 'id') === candidate.id ||
        (textAt(asked, 'name') === candidate.name && textAt(asked, 'domain', 'name') === candidate.domainName)) &&
      textAt(asked, 'password') === candidate.password,
  );
  if (user === undefined || !methods.includes('password')) {
    throw new ApiError('iam', 401, 'Unauthorized', 'Unauthorized.');
  }
  return user;
}

function checkScope(world: World, body: unknown): void {
  const id = textAt(body, 'auth', 'scope', 'project', 'id');
  const name = textAt(body, 'auth', 'scope', 'project', 'name');
  if ((id ?? world.projectId) === world.projectId && (name ?? world.region) === world.region) return;
  throw new ApiError('iam', 401, 'Unauthorized', 'Unauthorized.');
}
