import type { GateCaller, Pass } from './credential-gate.js';
import type { SignableRequest } from './signature.js';

/** The proof that goes with one request, and what becomes known about it afterwards. */
interface Authorisation extends Pass {
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Throws away the token that was used, so that the next authorisation brings a fresh one; null when there is no way
   * to a fresh one.
   */
  readonly renew: (() => void) | null;
}

/** Proves who we are, request by request. */
export interface Authenticator {
  authorise(request: SignableRequest, caller: GateCaller): Promise<Authorisation>;
  /** Values that must not appear in any text, whoever wrote it. */
  secrets(): string[];
}
