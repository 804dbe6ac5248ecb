import { InputError } from './errors.js';
import { isObject } from './json.js';
import { covers, isOperationPattern, type Operation, type OperationPattern } from './operations.js';

const words = ['seconds', 'milliseconds', 'offset', 'none'] as const;
const offsetPattern = /^([+-])(\d{2}):(\d{2})$/;

/**
 * The format of times in a response. `seconds` is documented for pools and networks (docs/api/pools-and-flavors.md "1.
 * Shape of the API"), `offset` is short for `+08:00`, and `none` omits the zone.
 */
export type TimeForm = (typeof words)[number] | `+${string}` | `-${string}`;

/** The format of times by operation. Other operations use the documented one. */
export type TimeForms = Readonly<Partial<Record<OperationPattern, TimeForm>>>;

/** The format for an operation; null means the documented one. A single operation takes precedence over a group. */
export function timeFormOf(forms: TimeForms, operation: Operation): TimeForm | null {
  const patterns = Object.keys(forms).sort((a, b) => b.length - a.length);
  const pattern = patterns.filter(isOperationPattern).find((one) => covers(one, operation));
  return (pattern === undefined ? undefined : forms[pattern]) ?? null;
}

/** Formats a time in epoch milliseconds. */
export function writeTime(ms: number, form: TimeForm): string {
  switch (form) {
    case 'seconds':
      return `${new Date(ms).toISOString().slice(0, 19)}Z`;
    case 'milliseconds':
      return new Date(ms).toISOString();
    case 'none':
      return new Date(ms).toISOString().slice(0, 19);
    case 'offset':
      return writeTime(ms, '+08:00');
    default: {
      const [, sign = '+', hours = '0', minutes = '0'] = offsetPattern.exec(form) ?? [];
      const offset = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1);
      return `${new Date(ms + offset).toISOString().slice(0, 19)}${form}`;
    }
  }
}

/** Parses a document such as `{"pools.list": "milliseconds", "pools.create": "+08:00"}`. Throws `InputError`. */
export function readTimeForms(body: unknown): TimeForms {
  if (!isObject(body)) throw new InputError('the body must be an object such as {"pools.list": "milliseconds"}');
  for (const [pattern, form] of Object.entries(body)) {
    if (!isOperationPattern(pattern)) throw new InputError(`unknown operation ${pattern}`);
    if (!isForm(form)) throw new InputError(`${pattern} must be one of ${words.join(', ')}, +HH:MM and -HH:MM`);
  }
  return { ...body };
}

function isForm(value: unknown): value is TimeForm {
  return typeof value === 'string' && (words.some((word) => word === value) || offsetPattern.test(value));
}
