import type { KeyCredentials, TokenCredentials } from '../credentials.js';
import type { Authenticator } from './authenticator.js';
import { CredentialBreaker } from './credential-breaker.js';
import { sign } from './signature.js';

/** Sends a ready-made token with every request. */
export function createTokenAuthenticator({ token }: TokenCredentials, now: () => number): Authenticator {
  const breaker = new CredentialBreaker('the token', now);
  return {
    async authenticate(_request, call) {
      const use = await breaker.acquire(call);
      return { ...use, headers: { 'X-Auth-Token': token.reveal() }, renew: null };
    },
    secrets: () => [token.reveal()],
  };
}

/** Signs every request, including the headers for the project and for the security token of a temporary key. */
export function createKeyAuthenticator(
  { accessKey, secretKey, securityToken }: KeyCredentials,
  projectId: string,
  now: () => number,
): Authenticator {
  const breaker = new CredentialBreaker(`the access key ${accessKey.slice(0, 4)}…`, now);
  const extra = {
    'X-Project-Id': projectId,
    ...(securityToken === undefined ? {} : { 'X-Security-Token': securityToken.reveal() }),
  };
  return {
    async authenticate(request, call) {
      const use = await breaker.acquire(call);
      // Sign after the wait, because the date in the signature must be the date of sending.
      const headers = { ...request.headers, ...extra };
      const proof = sign({ ...request, headers }, { accessKey, secretKey: secretKey.reveal() }, now());
      // A new signature would be rejected as well, and every rejection counts towards the lock.
      return { ...use, headers: { ...extra, ...proof }, renew: null };
    },
    // The access key is half of a pair, so messages show only its first letters.
    secrets: () => [accessKey, secretKey.reveal(), ...(securityToken === undefined ? [] : [securityToken.reveal()])],
  };
}
