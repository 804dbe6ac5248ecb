import { isObject, type Json } from './json.js';
import type { Operation } from './operations.js';

/** One logged call. */
export interface RequestRecord {
  readonly seq: number;
  /** Simulated time, RFC 3339. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  /** Null when no response was sent. */
  readonly status: number | null;
  readonly requestId: string;
  /** The name of the user; null when not authenticated. */
  readonly by: string | null;
  /** What the call changed, even when the response was lost; null for nothing. */
  readonly effect: string | null;
  /** Ids of the faults that were applied to the call. */
  readonly faults: readonly string[];
  /** The request body without secrets. */
  readonly body: Json;
}

/** The number of logged calls. Older ones are dropped from the log, but still counted. */
const KEPT = 10_000;

const SECRET_KEYS = /password|secret|token|credential|private_?key|^sk$/i;

/** The log of calls and the counts per operation. */
export class RequestLog {
  #records: RequestRecord[] = [];
  #counts = new Map<Operation, number>();
  #sequence = 0;

  next(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  add(record: RequestRecord): void {
    this.#counts.set(record.operation, (this.#counts.get(record.operation) ?? 0) + 1);
    this.#records.push(record);
    if (this.#records.length > KEPT) this.#records.shift();
  }

  list(operation?: string): RequestRecord[] {
    return this.#records.filter((record) => operation === undefined || record.operation === operation);
  }

  summary(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => a.localeCompare(b)));
  }

  clear(): void {
    this.#records = [];
    this.#counts.clear();
  }
}

/** A copy of a body in which possible secrets are masked at every depth. */
export function withoutSecrets(value: unknown): Json {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  if (!isObject(value)) return null;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      SECRET_KEYS.test(key) && !Array.isArray(item) ? masked(item) : withoutSecrets(item),
    ]),
  );
}

function masked(item: unknown): Json {
  return isObject(item) ? withoutSecrets(Object.fromEntries(Object.keys(item).map((key) => [key, '***']))) : '***';
}
