/** Options of one call; the last argument of every method. */
export interface RequestOptions {
  /** Aborts the call, which then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Once the request is sent, wait for the response even when the signal is aborted, so that the outcome is known.
   * @defaultValue false
   */
  readonly awaitResponse?: boolean | undefined;
  /**
   * How long the call may wait for the rate governor, in milliseconds. After that it fails without being sent.
   * @defaultValue 30 s for creates, 2 s where names repeat, 10 s for everything else
   */
  readonly maxWaitMs?: number | undefined;
  /** `guard` for a read that a delete waits for: it is sent before creates and other reads. A delete stays first. */
  readonly priority?: 'guard' | undefined;
  /**
   * How long to wait for the response, in milliseconds.
   * @defaultValue the client's `httpTimeoutMs`
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Epoch milliseconds after which the call must not be sent. A process that was suspended may have been replaced, and
   * its successor may have made the call already.
   */
  readonly sendBefore?: number | undefined;
  /** Called with the epoch milliseconds at which each request leaves, after the rate governor has admitted it. */
  readonly onSent?: ((at: number) => void) | undefined;
}

/** Options of the pool calls that change a pool (docs/api/pools-and-flavors.md "2.1 Headers"). */
export interface PoolWriteOptions extends RequestOptions {
  /** Sent as `X-ModelArts-User-ID`: the tenant for workspace authorisation. */
  readonly userId?: string | undefined;
  /** Sent as `request-type`. With `console`, the service places a billing order. */
  readonly requestType?: 'console' | undefined;
}

/** Resolves after `ms` milliseconds. Rejects with the signal's reason when it is aborted. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;
