import { z } from 'zod';
import type { PasswordCredentials } from '../credentials.js';
import type { Secret } from '../secret.js';
import { orAborted } from '../timing.js';
import type { Authenticator } from './authenticator.js';
import { CredentialGate, type GateCaller } from './credential-gate.js';

/** What IAM gave. */
interface IssuedToken {
  readonly token: Secret;
  /** Epoch milliseconds; null when IAM did not say. */
  readonly expiresAt: number | null;
}

/** Asks IAM for a token; does the sending, so that this file knows nothing of HTTP. */
export type IssueToken = () => Promise<IssuedToken>;

interface HeldToken {
  readonly token: Secret;
  readonly expiresAt: number;
  readonly renewAt: number;
}

const minute = 60_000;
const usualLifeMs = 24 * 60 * minute;
/** After a failed early renewal the token at hand still serves; IAM is asked again only after this. */
const renewalPauseMs = 30_000;

/** The body of POST /v3/auth/tokens, scoped to a project as ModelArts needs it (docs/api/notebooks-and-auth.md "4.1 IAM token flow"). */
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

/** The part of IAM's answer that is needed; the token itself comes in a header. */
export const issuedTokenSchema = z.looseObject({
  token: z
    .looseObject({ expires_at: z.string().optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/**
 * A token by user and password: kept until shortly before its end, fetched by one request that serves everyone who
 * waits for it, and thrown away when the service refuses it.
 */
export class PasswordTokenAuthenticator implements Authenticator {
  readonly #password: Secret;
  readonly #issue: IssueToken;
  readonly #now: () => number;
  readonly #gate: CredentialGate;
  #held: HeldToken | null = null;
  #pending: Promise<HeldToken> | null = null;

  constructor(credentials: PasswordCredentials, issue: IssueToken, now: () => number) {
    this.#password = credentials.password;
    this.#issue = issue;
    this.#now = now;
    this.#gate = new CredentialGate(`the token of user ${credentials.username}`, now);
  }

  async authorise(_request: unknown, caller: GateCaller) {
    const pass = await this.#gate.enter(caller);
    try {
      // Only the waiting ends with the caller's signal: the request for the token is everyone's.
      const used = await orAborted(this.#current(), caller.signal);
      const renew = () => {
        // Another call may have renewed it meanwhile: then that one is good.
        if (this.#held === used) this.#held = null;
      };
      return { ...pass, headers: { 'X-Auth-Token': used.token.reveal() }, renew };
    } catch (error) {
      pass.released();
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
      // An early renewal that failed is no reason to stop: what is held is good for some minutes yet.
      if (held === null || this.#held !== held || this.#now() >= held.expiresAt) throw error;
      this.#held = { ...held, renewAt: Math.min(held.expiresAt, this.#now() + renewalPauseMs) };
      return this.#held;
    }
  }

  async #fetch(): Promise<HeldToken> {
    const { token, expiresAt } = await this.#issue();
    const now = this.#now();
    const life = Math.max(0, (expiresAt ?? now + usualLifeMs) - now);
    const held = { token, expiresAt: now + life, renewAt: now + life - Math.min(10 * minute, life / 10) };
    this.#held = held;
    return held;
  }
}
