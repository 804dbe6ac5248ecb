/** One call to the simulator: what a socket, or an in-process adapter, hands over. */
export interface SimRequest {
  readonly method: string;
  /** Path with query, or a whole URL; the query keeps its raw encoding, because the signature is over it. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  /** The exact body bytes, because the signature is over them. */
  readonly body?: string | Uint8Array;
}

/** An answer. With `cut`, `body` is only the part that arrives before the connection breaks, while content-length promises the whole. */
export interface SimResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly cut?: true;
}

/** No answer: the connection is lost before the work was done, or after it was committed. */
export interface SimLost {
  readonly lost: 'before' | 'after';
}

/** What a caller of `handle` must be ready for. */
export type SimReply = SimResponse | SimLost;

/** Tells a lost connection from an answer. */
export function isLost(reply: SimReply): reply is SimLost {
  return 'lost' in reply;
}
