import { ModelArtsError } from '../modelarts/errors.js';
import type { RawReads, RawResponse } from '../modelarts/raw-reads.js';
import type { ProbeCall, Sent } from './call.js';
import { rowsOf } from './rows.js';

/** One read of the probe and its result. */
export interface Reading {
  readonly call: ProbeCall;
  readonly sent: Sent;
  /** Null when there was none, or when nothing was asked. */
  readonly response: RawResponse | null;
  /** Why there is no response, and null when there was nothing to ask about. */
  readonly error: ModelArtsError | null;
}

/** Reads of one probe. */
export const mostCalls = 60;
/** How long a read may wait for the rate governor, which all reads pass. */
const maxWaitMs = 60_000;

/**
 * Makes the reads in turn, each through the rate governor. Read-only: `RawReads` refuses anything else. Ends early when
 * the service rejects the credentials, because repeated use would lock them.
 */
export async function runProbe(
  raw: RawReads,
  calls: readonly ProbeCall[],
  { signal }: { readonly signal: AbortSignal },
): Promise<Reading[]> {
  const readings: Reading[] = [];
  let made = 0;
  for (const call of calls) {
    const turns = turnsOf(call, readings);
    if (turns.length === 0) readings.push({ call, sent: {}, response: null, error: null });
    for (const sent of turns) {
      if (made >= mostCalls) return readings;
      made += 1;
      const reading = await read(raw, call, sent, signal);
      readings.push(reading);
      if (errorOf(reading)?.kind === 'auth') return readings;
    }
  }
  return readings;
}

/** The error of a read: no response, or an error response. */
export function errorOf({ error, response }: Reading): ModelArtsError | null {
  return error ?? response?.error ?? null;
}

async function read(raw: RawReads, call: ProbeCall, sent: Sent, signal: AbortSignal): Promise<Reading> {
  const { operation, template, method = 'GET', returnsInstance = false } = call;
  const query = { ...call.query, ...sent.query };
  try {
    const response = await raw.read({
      operation,
      template,
      method,
      returnsInstance,
      query,
      ...(sent.path === undefined ? {} : { path: sent.path }),
      ...(sent.body === undefined ? {} : { body: sent.body }),
      options: { signal, maxWaitMs },
    });
    return { call, sent: { ...sent, query }, response, error: null };
  } catch (error) {
    if (!(error instanceof ModelArtsError)) throw error;
    return { call, sent: { ...sent, query }, response: null, error };
  }
}

/** The reads that a call stands for: one, or one for each of the first rows of an earlier list. */
function turnsOf({ each }: ProbeCall, earlier: readonly Reading[]): Sent[] {
  if (each === undefined) return [{}];
  const ids = new Set<string>();
  for (const { call, response } of earlier) {
    if (call.operation !== each.of || call.rows === undefined || response === null || response.error !== null) continue;
    for (const row of rowsOf(response.body, call.rows)) {
      const id = each.id(row);
      if (id !== null && ids.size < each.most) ids.add(id);
    }
  }
  return [...ids].map((id) => each.send(id));
}
