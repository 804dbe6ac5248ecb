import type { Turn } from './rate-governor.js';
import type { InterpretedResponse } from './sender.js';
import { orAborted } from './timing.js';

interface SharedRead {
  readonly response: Promise<InterpretedResponse>;
  readonly nobodyWaits: AbortController;
  left: number;
}

/** Responses that answer several calls. A call that is aborted leaves; the request is aborted when all have left. */
export class SharedReads {
  readonly #reads = new WeakMap<Turn, SharedRead>();

  /** The response to a call that shares its turn. The first of the calls sends the request. */
  async join(
    turn: Turn,
    signal: AbortSignal | undefined,
    send: (signal: AbortSignal) => Promise<InterpretedResponse>,
  ): Promise<InterpretedResponse> {
    const shared = this.#reads.get(turn) ?? this.#start(turn, send);
    try {
      return await orAborted(shared.response, signal);
    } finally {
      shared.left += 1;
      if (shared.left === turn.calls) shared.nobodyWaits.abort();
    }
  }

  #start(turn: Turn, send: (signal: AbortSignal) => Promise<InterpretedResponse>): SharedRead {
    const nobodyWaits = new AbortController();
    const shared = { response: send(nobodyWaits.signal), nobodyWaits, left: 0 };
    shared.response.catch(() => undefined);
    this.#reads.set(turn, shared);
    return shared;
  }
}
