import { z } from 'zod';
import type { PasswordCredentials } from '../credentials.js';
import type { Secret } from '../secret.js';
import { orAborted } from '../timing.js';
import type { Authenticator } from './authenticator.js';
import { CredentialBreaker, type GuardedCall } from './credential-breaker.js';

/** A token from IAM. */
interface IssuedToken {
  readonly token: Secret;
  /** Epoch milliseconds; null when IAM did not state it. */
  readonly expiresAt: number | null;
}

/** Requests a token from IAM. */
export type IssueToken = () => Promise<IssuedToken>;

interface HeldToken {
  readonly token: Secret;
  readonly expiresAt: number;
  readonly renewAt: number;
}

const minute = 60_000;
const defaultLifetimeMs = 24 * 60 * minute;
/** The pause after a failed early renewal, during which the current token is used. */
const renewalPauseMs = 30_000;

/**
 * The body of POST /v3/auth/tokens, scoped to a project as ModelArts requires (docs/api/notebooks-and-auth.md "4.1 IAM
 * token flow").
 */
export function passwordTokenBody({ username, password, userDomain, project }: PasswordCredentials): unknown {
  return {
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { name: username, password: password.reveal(), domain: { name: userDomain } } },
      },
      scope: { project },
    },
  };
}

/** The part of IAM's response that is needed. The token itself is in a header. */
export const issuedTokenSchema = z.looseObject({
  token: z
    .looseObject({ expires_at: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/**
 * Authenticates with a token requested by user and password. One request serves all calls that wait for a token. The
 * token is renewed shortly before it expires, and when the service rejects it.
 */
export class PasswordTokenAuthenticator implements Authenticator {
  readonly #password: Secret;
  readonly #issue: IssueToken;
  readonly #now: () => number;
  readonly #breaker: CredentialBreaker;
  #held: HeldToken | null = null;
  #pending: Promise<HeldToken> | null = null;

  constructor(credentials: PasswordCredentials, issue: IssueToken, now: () => number) {
    this.#password = credentials.password;
    this.#issue = issue;
    this.#now = now;
    this.#breaker = new CredentialBreaker(`the token of user ${credentials.username}`, now);
  }

  async authenticate(_request: unknown, call: GuardedCall) {
    const use = await this.#breaker.acquire(call);
    try {
      // The signal ends only this call's wait. Other calls may be waiting for the same token.
      const used = await orAborted(this.#current(), call.signal);
      const renew = () => {
        // Keep the token if another call has renewed it in the meantime.
        if (this.#held === used) this.#held = null;
      };
      return { ...use, headers: { 'X-Auth-Token': used.token.reveal() }, renew };
    } catch (error) {
      use.released();
      throw error;
    }
  }

  secrets(): string[] {
    return [this.#password.reveal(), ...(this.#held === null ? [] : [this.#held.token.reveal()])];
  }

  async #current(): Promise<HeldToken> {
    const held = this.#held;
    if (held !== null && this.#now() < held.renewAt) return held;
    this.#pending ??= this.#fetch().finally(() => {
      this.#pending = null;
    });
    try {
      return await this.#pending;
    } catch (error) {
      // The current token is still valid for some minutes, so a failed early renewal is not an error.
      if (held === null || this.#held !== held || this.#now() >= held.expiresAt) throw error;
      this.#held = { ...held, renewAt: Math.min(held.expiresAt, this.#now() + renewalPauseMs) };
      return this.#held;
    }
  }

  async #fetch(): Promise<HeldToken> {
    const { token, expiresAt } = await this.#issue();
    const now = this.#now();
    const lifetime = Math.max(0, (expiresAt ?? now + defaultLifetimeMs) - now);
    const held = { token, expiresAt: now + lifetime, renewAt: now + lifetime - Math.min(10 * minute, lifetime / 10) };
    this.#held = held;
    return held;
  }
}
