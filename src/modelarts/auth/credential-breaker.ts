import { type CallContext, describeCall, ModelArtsError } from '../errors.js';
import { formatSeconds, orAborted } from '../timing.js';

/** The gateway locks a key for everyone after five rejections, so this process stops after three. */
const maxRejections = 3;
const pauseMs = 5 * 60_000;

/** The call that needs the credential. */
export interface GuardedCall extends CallContext {
  readonly signal?: AbortSignal | undefined;
}

/** One use of the credential. The caller reports its result with exactly one of the three. */
export interface CredentialUse {
  accepted(): void;
  /** The service rejected the credential itself. */
  rejected(error: ModelArtsError): void;
  /** The response proves nothing about the credential. */
  released(): void;
}

interface Waiting {
  readonly call: GuardedCall;
  readonly admit: (use: CredentialUse) => void;
  readonly refuse: (error: Error) => void;
}

/**
 * A circuit breaker that keeps a wrong credential from being locked by the service.
 *
 * - closed: the credential was accepted last. Calls pass.
 * - unproven: at the start and after a rejection. At most three uses are pending or rejected; other calls wait.
 * - open: rejected three times. Calls fail here for five minutes. Then one call is let through as a test.
 */
export class CredentialBreaker {
  readonly #name: string;
  readonly #now: () => number;
  #proven = false;
  #rejections = 0;
  #pending = 0;
  #openUntil: number | null = null;
  #lastRejection: ModelArtsError | null = null;
  #queue: Waiting[] = [];

  /** `name` identifies the credential without showing it. */
  constructor(name: string, now: () => number) {
    this.#name = name;
    this.#now = now;
  }

  /** Throws `ModelArtsError` of kind `auth`, not sent, while the breaker is open. */
  async acquire(call: GuardedCall): Promise<CredentialUse> {
    if (this.#openUntil !== null) {
      if (this.#now() < this.#openUntil) throw this.#openError(call);
      this.#openUntil = null;
      this.#rejections = maxRejections - 1;
    }
    if (this.#canPass()) return this.#use();
    const admission = new Promise<CredentialUse>((admit, refuse) => this.#queue.push({ call, admit, refuse }));
    try {
      return await orAborted(admission, call.signal);
    } catch (error) {
      admission.then((use) => use.released()).catch(() => undefined);
      throw error;
    }
  }

  #canPass(): boolean {
    return this.#proven || this.#pending + this.#rejections < maxRejections;
  }

  #use(): CredentialUse {
    this.#pending += 1;
    let reported = false;
    const report = (change: () => void) => {
      if (reported) return;
      reported = true;
      this.#pending -= 1;
      change();
      this.#admitWaiting();
    };
    return {
      accepted: () =>
        report(() => {
          this.#proven = true;
          this.#rejections = 0;
          this.#openUntil = null;
        }),
      rejected: (error) =>
        report(() => {
          this.#proven = false;
          this.#rejections += 1;
          this.#lastRejection = error;
          if (this.#rejections >= maxRejections) this.#openUntil = this.#now() + pauseMs;
        }),
      released: () => report(() => undefined),
    };
  }

  #admitWaiting(): void {
    while (this.#queue.length > 0) {
      const isOpen = this.#openUntil !== null;
      if (!isOpen && !this.#canPass()) return;
      const next = this.#queue.shift();
      if (isOpen) next?.refuse(this.#openError(next.call));
      else next?.admit(this.#use());
    }
  }

  #openError(call: GuardedCall): ModelArtsError {
    const { operation, method, template, subject = null } = call;
    const now = this.#now();
    const until = Math.max(now, this.#openUntil ?? 0);
    const { message: reason = '', errorCode = null, requestId = null } = this.#lastRejection ?? {};
    const message =
      `${describeCall(call)} was not sent: ${this.#name} was rejected ${maxRejections} times (${reason}). Calls are paused ` +
      `until ${formatSeconds(until)} to avoid an account lockout. Correct the credentials and restart the process.`;
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
