import { createHash } from 'node:crypto';
import { ApiError, gatewayError, notebookError } from '../errors.js';
import type { World } from '../world.js';
import type { AccessKey, SimUser } from './credentials.js';
import {
  canonicalRequest,
  expectedSignature,
  readAuthorization,
  readSdkDate,
  type SignedRequest,
  sameSignature,
} from './signature.js';

const MINUTE = 60_000;
const SKEW = 15 * MINUTE;
const LOCK = 5 * MINUTE;
const FAILURES_BEFORE_LOCK = 5;

/**
 * Authenticates a call by its token, or else by its signature. Calls of IAM need no token of a project (`isScoped`
 * false) (docs/api/notebooks-and-auth.md "4.6 Authentication failures").
 */
export function identify(world: World, request: SignedRequest, isScoped = true): SimUser {
  const token = request.headers['x-auth-token'];
  if (token !== undefined && token !== '') return userOfToken(world, token, isScoped);
  const authorization = request.headers.authorization;
  if (authorization === undefined) throw refused('x-auth-token not found');
  return userOfSignature(world, request, authorization);
}

/** Rejects a URL with another project than the caller's (ModelArts.0210). */
export function checkProject(
  world: World,
  project: string | undefined,
  headers: Readonly<Record<string, string>>,
): void {
  const header = headers['x-project-id'];
  if (project === world.projectId && (header === undefined || header === project)) return;
  const message = 'The project id in the request URL does not match the token.';
  throw new ApiError('pools', 403, 'ModelArts.0210', message);
}

/** The user of a token, which must be valid for a project when `isScoped`. */
function userOfToken(world: World, token: string, isScoped: boolean): SimUser {
  const owner = world.users.find((user) => user.tokens.includes(token));
  if (owner !== undefined) return owner;
  const issued = world.state.tokens.find((record) => record.token === token);
  const user = world.users.find((candidate) => candidate.id === issued?.userId);
  if (issued === undefined || user === undefined) throw refused('decrypt token fail');
  if (issued.revoked === true || issued.expiresAt <= world.clock.wall()) {
    throw refused(`token expires, expires_at: ${microseconds(issued.expiresAt)}`);
  }
  if (isScoped && !issued.projectScoped) throw notebookError('0204', 'Token must contain projectId info.');
  return user;
}

function userOfSignature(world: World, request: SignedRequest, header: string): SimUser {
  const authorization = readAuthorization(header);
  if (authorization === undefined) throw gatewayError(401, '0303', 'Incorrect app authentication information.');
  const { ak, signedHeaders, signature } = authorization;
  const now = world.clock.wall();
  if ((world.state.keyFailures[ak]?.lockedUntil ?? 0) > now) {
    throw refused('AK access failed to reach the limit,forbidden.');
  }
  const found = world.users
    .flatMap((user) => user.keys.map((key) => ({ user, key })))
    .find((candidate) => candidate.key.ak === ak && tokenFits(candidate.key, request));
  if (found === undefined) throw failed(world, ak, `Get secretKey failed,ak:${ak},err:ak not exist`);
  const sent = readSdkDate(request.headers['x-sdk-date'] ?? '');
  const fresh = sent !== undefined && Math.abs(now - sent) <= SKEW && (found.key.expiresAt ?? Infinity) > now;
  if (!fresh || !signedHeaders.includes('x-sdk-date')) {
    throw failed(world, ak, 'calc ak sk signature fail:signature expired');
  }
  if (!sameSignature(signature, expectedSignature(request, signedHeaders, found.key.sk)) || !digestFits(request)) {
    const canonical = canonicalRequest(request, signedHeaders).replaceAll('\n', '|');
    throw failed(world, ak, `verify aksk signature fail, canonicalRequest:${canonical}`);
  }
  delete world.state.keyFailures[ak];
  return found.user;
}

/** A temporary key is valid only together with its security token. */
function tokenFits(key: AccessKey, request: SignedRequest): boolean {
  return key.securityToken === undefined || key.securityToken === request.headers['x-security-token'];
}

/** A body hash in a header must be correct, unless it is `UNSIGNED-PAYLOAD`. */
function digestFits(request: SignedRequest): boolean {
  const digest = request.headers['x-sdk-content-sha256'];
  if (digest === undefined || digest === 'UNSIGNED-PAYLOAD') return true;
  return digest === createHash('sha256').update(request.body).digest('hex');
}

/**
 * Counts a failed attempt with a key. More than five in a row lock the key (docs/api/notebooks-and-auth.md "4.2 AK/SK
 * signing").
 */
function failed(world: World, ak: string, message: string): ApiError {
  const failures = world.state.keyFailures[ak] ?? { count: 0 };
  failures.count += 1;
  if (failures.count > FAILURES_BEFORE_LOCK) {
    world.state.keyFailures[ak] = { count: 0, lockedUntil: world.clock.wall() + LOCK };
  } else {
    world.state.keyFailures[ak] = { count: failures.count };
  }
  return refused(message);
}

function refused(message: string): ApiError {
  return gatewayError(401, '0301', `Incorrect IAM authentication information: ${message}`);
}

/** An IAM timestamp, which has six fractional digits (docs/api/notebooks-and-auth.md "4.1 IAM token flow"). */
export function microseconds(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
