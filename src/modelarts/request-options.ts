/** How one call is made; the last argument of every method. */
export interface RequestOptions {
  /** Ends the call; it then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /**
   * True for a call whose outcome must be known once it was sent: the signal ends it only before that.
   * @defaultValue false
   */
  readonly awaitsAnswer?: boolean | undefined;
  /**
   * How long the call may wait to be admitted by the rate governor before it is refused unsent.
   * @defaultValue 2 s for creates, 10 s for everything else
   */
  readonly maxWaitMs?: number | undefined;
  /**
   * How long the answer may take.
   * @defaultValue the client's `httpTimeoutMs`
   */
  readonly timeoutMs?: number | undefined;
  /**
   * Epoch milliseconds after which the call is not sent any more: a process that stood still may have been given up by
   * now, and what it was to do been done by another.
   */
  readonly sendBefore?: number | undefined;
}

/** Options of the pool calls that change something (docs/api/pools-and-flavors.md "2.1 Headers"). */
export interface PoolWriteOptions extends RequestOptions {
  /** Sent as `X-ModelArts-User-ID`: the tenant that workspace authorisation looks at. */
  readonly userId?: string | undefined;
  /** Sent as `request-type`; `console` turns on the billing order. */
  readonly requestType?: 'console' | undefined;
}

/** Waits; rejects with the signal's reason when it is aborted. */
export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;
