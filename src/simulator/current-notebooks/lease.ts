import { isObject, type Json } from '../json.js';
import { invalid } from './errors.js';
import type { CurrentNotebookRecord, LeaseRecord } from './record.js';

const HOUR = 3_600_000;
const LONGEST = 72 * HOUR;
/** No automatic stop. It is in no page, and Terraform always sends it. */
const NEVER = -1;

/** A requested lease. `duration` is in milliseconds. */
export interface LeaseRequest {
  readonly duration: number;
  readonly type: LeaseRecord['type'];
}

/**
 * The lease that a request asks for (docs/api/notebooks-current.md "6. Lease"). `duration` takes
 * precedence over `lease` and means TIMING. Without both, it is one hour.
 */
export function readLease(duration: unknown, lease: Json | undefined): LeaseRequest {
  if (duration !== undefined && duration !== null) return { duration: checked(duration), type: 'TIMING' };
  if (lease !== undefined && lease !== null && !isObject(lease)) throw invalid("'lease' must be an object.");
  const { duration: span, type } = isObject(lease) ? lease : {};
  return { duration: checked(span ?? HOUR), type: leaseType(type) };
}

/** The type of a lease. Requests may use lower case. */
export function leaseType(value: Json | undefined): LeaseRecord['type'] {
  const word = typeof value === 'string' ? value.toUpperCase() : (value ?? 'TIMING');
  if (word === 'TIMING' || word === 'IDLE') return word;
  throw invalid("the lease type must be 'TIMING' or 'IDLE'.");
}

/** The `duration` of a query; undefined when it is absent. */
export function queryDuration(query: URLSearchParams): number | undefined {
  const text = query.get('duration') ?? '';
  return text === '' ? undefined : Number(text);
}

/** The lease of a new notebook. */
export function newLease(request: LeaseRequest, now: number): LeaseRecord {
  return renewedLease({ createAt: now, duration: 0, enable: true, type: 'TIMING', updateAt: now }, request, now);
}

/**
 * The lease after a start or renewal, which counts from now. `createAt` does not change, so `duration` grows by the
 * time since then.
 */
export function renewedLease(lease: LeaseRecord, { duration, type }: LeaseRequest, now: number): LeaseRecord {
  const { createAt } = lease;
  if (duration === NEVER) return { createAt, duration, enable: false, type, updateAt: now };
  return { createAt, duration: duration + (now - createAt), enable: true, type, updateAt: now };
}

/** The time of the automatic stop; undefined when there is none, or while a notebook with an idle lease is busy. */
export function stopTimeOf({ lease, busy, idleSince }: CurrentNotebookRecord): number | undefined {
  const { createAt, duration, enable, type, updateAt } = lease;
  if (!enable) return undefined;
  if (type === 'TIMING') return createAt + duration;
  const requested = duration - (updateAt - createAt);
  return busy ? undefined : Math.max(updateAt, idleSince) + requested;
}

function checked(duration: unknown): number {
  const fits = typeof duration === 'number' && Number.isInteger(duration);
  if (fits && (duration === NEVER || (duration >= HOUR && duration <= LONGEST))) return duration;
  throw invalid(`the lease duration must be in ${HOUR}..${LONGEST}.`);
}
