import type { KeyCredentials } from '../credentials.js';
import type { Authenticator } from './authenticator.js';
import { CredentialGate } from './credential-gate.js';
import { sign } from './signature.js';

/** Signs every request; the project and a temporary key's token are headers that are signed too. */
export function createKeyPairAuthenticator(
  { accessKey, secretKey, securityToken }: KeyCredentials,
  projectId: string,
  now: () => number,
): Authenticator {
  const gate = new CredentialGate(`the access key ${accessKey.slice(0, 4)}…`, now);
  const extra = {
    'X-Project-Id': projectId,
    ...(securityToken === undefined ? {} : { 'X-Security-Token': securityToken.reveal() }),
  };
  return {
    async authorise(request, caller) {
      const pass = await gate.enter(caller);
      // Signed last, as the date in the signature must be the one of sending.
      const headers = { ...request.headers, ...extra };
      const proof = sign({ ...request, headers }, { accessKey, secretKey: secretKey.reveal() }, now());
      // A refused signature is refused again: renewing makes no sense, and failures lock the key.
      return { ...pass, headers: { ...extra, ...proof }, renew: null };
    },
    // The access key is half of a pair: messages name it by its first letters only.
    secrets: () => [accessKey, secretKey.reveal(), ...(securityToken === undefined ? [] : [securityToken.reveal()])],
  };
}
