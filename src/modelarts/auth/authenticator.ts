import type { CredentialUse, GuardedCall } from './credential-breaker.js';
import type { SignableRequest } from './signature.js';

/** The authentication headers of one request, and how to report the response. */
interface Authentication extends CredentialUse {
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Discards the token that was used, so that the next call gets a new one. Null when the credential cannot be renewed.
   */
  readonly renew: (() => void) | null;
}

/** Authenticates requests one by one. */
export interface Authenticator {
  authenticate(request: SignableRequest, call: GuardedCall): Promise<Authentication>;
  /** Values that must never appear in a text. */
  secrets(): string[];
}
