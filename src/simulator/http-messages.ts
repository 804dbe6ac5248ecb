/** One call to the simulator, from a socket or an in-process adapter. */
export interface SimRequest {
  readonly method: string;
  /** Path with query, or a whole URL. The query keeps its raw encoding, because it is signed. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  /** The exact bytes of the body, because they are signed. */
  readonly body?: string | Uint8Array;
}

/**
 * A response. With `cut`, `body` is the part that is sent before the connection is lost; content-length states the full
 * length.
 */
export interface SimResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly cut?: true;
}

/** No response: the connection is lost before or after the call takes effect. */
export interface SimLost {
  readonly lost: 'before' | 'after';
}

/** The result of a call. */
export type SimReply = SimResponse | SimLost;

/** Whether the connection was lost. */
export function isLost(reply: SimReply): reply is SimLost {
  return 'lost' in reply;
}
