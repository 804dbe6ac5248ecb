import { ModelArtsError } from '../errors.js';
import { formatSeconds, orAborted } from '../timing.js';

/** How often a refused key is used before this process leaves it alone: the gateway locks it for everyone after five. */
const tolerated = 3;
const coolingMs = 5 * 60_000;

/** Which call wants to use the key, for the message when it may not. */
export interface GateCaller {
  readonly operation: string;
  readonly method: string;
  readonly template: string;
  readonly subject: string | null;
  readonly signal?: AbortSignal | undefined;
}

/** Permission to use the credential once. The caller reports the result with exactly one of the three. */
export interface Pass {
  accepted(): void;
  /** The service rejected the credential itself. */
  rejected(error: ModelArtsError): void;
  /** The response proves nothing about the credential. */
  released(): void;
}

interface Queued {
  readonly caller: GateCaller;
  readonly enter: (pass: Pass) => void;
  readonly refuse: (error: Error) => void;
}

/**
 * Keeps a wrong key from being tried again and again.
 *
 * - proven: the key was accepted last; calls pass freely.
 * - unproven: at the start and after a refusal; at most three uses are out or refused, others wait for their verdict.
 * - latched: refused three times; calls fail here, for five minutes. Then one use is let through to see whether it was mended.
 */
export class CredentialGate {
  readonly #name: string;
  readonly #now: () => number;
  #proven = false;
  #refusals = 0;
  #out = 0;
  #latchedUntil: number | null = null;
  #lastRejection: ModelArtsError | null = null;
  #queue: Queued[] = [];

  /** `name` says which credential it is, without showing it. */
  constructor(name: string, now: () => number) {
    this.#name = name;
    this.#now = now;
  }

  async enter(caller: GateCaller): Promise<Pass> {
    if (this.#latchedUntil !== null) {
      if (this.#now() < this.#latchedUntil) throw this.#latchedError(caller);
      this.#latchedUntil = null;
      this.#refusals = tolerated - 1;
    }
    if (this.#proven) return this.#pass();
    if (this.#out + this.#refusals < tolerated) return this.#pass();
    const turn = new Promise<Pass>((enter, refuse) => this.#queue.push({ caller, enter, refuse }));
    try {
      return await orAborted(turn, caller.signal);
    } catch (error) {
      turn.then((pass) => pass.released()).catch(() => undefined);
      throw error;
    }
  }

  #pass(): Pass {
    this.#out += 1;
    let open = true;
    const settle = (change: () => void) => {
      if (!open) return;
      open = false;
      this.#out -= 1;
      change();
      this.#letIn();
    };
    return {
      accepted: () =>
        settle(() => {
          this.#proven = true;
          this.#refusals = 0;
          this.#latchedUntil = null;
        }),
      rejected: (error) =>
        settle(() => {
          this.#proven = false;
          this.#refusals += 1;
          this.#lastRejection = error;
          if (this.#refusals >= tolerated) this.#latchedUntil = this.#now() + coolingMs;
        }),
      released: () => settle(() => undefined),
    };
  }

  #letIn(): void {
    while (this.#queue.length > 0) {
      const latched = this.#latchedUntil !== null;
      if (!latched && !this.#proven && this.#out + this.#refusals >= tolerated) return;
      const next = this.#queue.shift();
      if (latched) next?.refuse(this.#latchedError(next.caller));
      else next?.enter(this.#pass());
    }
  }

  #latchedError({ operation, method, template, subject }: GateCaller): ModelArtsError {
    const now = this.#now();
    const until = Math.max(now, this.#latchedUntil ?? 0);
    const { message: why = '', errorCode = null, requestId = null } = this.#lastRejection ?? {};
    const message =
      `${operation} was not sent: ${this.#name} was rejected ${tolerated} times (${why}). Calls are paused until ` +
      `${formatSeconds(until)} to avoid an account lockout. Correct the credentials and restart the process.`;
    return new ModelArtsError(message, {
      kind: 'auth',
      operation,
      method,
      template,
      subject,
      errorCode,
      requestId,
      retryAfterMs: until - now,
      isOwnPause: true,
      notSent: true,
    });
  }
}
