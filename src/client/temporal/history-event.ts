/** How an attempt failed. Only the message is text; programs decide by the other fields. */
export interface AttemptFailure {
  readonly message: string;
  /** A failure type of the contract, `StillPending`, or `Timeout` when the worker was lost; null when there is none. */
  readonly type: string | null;
  /** What the failures of this product carry besides; absent in others. */
  readonly facts?: {
    readonly status: number | null;
    readonly errorCode: string | null;
    readonly requestId: string | null;
    /** RFC 3339 time until which the service throttles the call; null when it does not. */
    readonly throttledUntil: string | null;
  };
}

/** The outcome of a create or a command, which the activity returns instead of failing. */
export interface CallAnswer {
  readonly outcome: string;
  /** Why a command was not sent: `gone`, `replaced` or `already`. */
  readonly reason?: string | null;
  readonly why: string | null;
  /** True for a create that the service or the rate governor held back. */
  readonly isThrottled: boolean;
  /** How long to wait before the next attempt. */
  readonly pauseMs: number | null;
}

/** An event of a history as plain data. */
export type HistoryEvent = { readonly at: Date } & (
  | {
      readonly event: 'started';
      readonly type: string;
      readonly continues: string | null;
      /** The actor; null when it was started with another client. */
      readonly by: string | null;
    }
  | { readonly event: 'phase'; readonly phase: string }
  | { readonly event: 'activityScheduled'; readonly id: number; readonly type: string; readonly summary: string | null }
  | {
      /** Temporal records only the start of the last attempt, with the failure of the one before. */
      readonly event: 'activityStarted';
      readonly id: number;
      readonly attempt: number;
      readonly lastFailure: AttemptFailure | null;
    }
  | {
      readonly event: 'activityClosed';
      readonly id: number;
      readonly end: 'done' | 'failed' | 'timedOut' | 'cancelled';
      readonly failure: AttemptFailure | null;
      /** Only of create calls and commands. */
      readonly answer: CallAnswer | null;
    }
  | {
      readonly event: 'message';
      readonly id: number;
      readonly kind: 'signal' | 'update';
      readonly name: string;
      readonly argument: unknown;
    }
  /** An update that was accepted and then failed. One that a validator rejects is not in the history. */
  | { readonly event: 'updateFailed'; readonly id: number; readonly failure: AttemptFailure }
  | { readonly event: 'cancelRequested' }
  | { readonly event: 'closed'; readonly status: string; readonly reason: string | null }
);
