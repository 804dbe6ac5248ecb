import type { TokenCredentials } from '../credentials.js';
import type { Authenticator } from './authenticator.js';
import { CredentialGate } from './credential-gate.js';

/** A token from outside, used until it is refused: nothing here can renew it. */
export function createReadyTokenAuthenticator({ token }: TokenCredentials, now: () => number): Authenticator {
  const gate = new CredentialGate('the token', now);
  return {
    async authorise(_request, caller) {
      const pass = await gate.enter(caller);
      return { ...pass, headers: { 'X-Auth-Token': token.reveal() }, renew: null };
    },
    secrets: () => [token.reveal()],
  };
}
