import { InputError } from './errors.js';
import { isObject } from './json.js';
import { covers, OPERATIONS, type Operation, type OperationPattern } from './operations.js';

const words = ['seconds', 'milliseconds', 'offset', 'none'] as const;
const offsetPattern = /^([+-])(\d{2}):(\d{2})$/;

/**
 * How an answer writes its times. `seconds` is what the pages show for pools and networks (docs/api/pools-and-flavors.md "1. Shape of the API"),
 * `offset` is short for `+08:00`, and `none` leaves the zone out.
 */
export type TimeForm = (typeof words)[number] | `+${string}` | `-${string}`;

/** The form of times by call; what is not named is as documented. */
export type TimeForms = Readonly<Partial<Record<OperationPattern, TimeForm>>>;

/** The form that a call's answer uses; null: as documented. A single operation counts before a group of them. */
export function timeFormOf(forms: TimeForms, operation: Operation): TimeForm | null {
  const patterns = Object.keys(forms).sort((a, b) => b.length - a.length);
  const pattern = patterns.filter(isPattern).find((one) => covers(one, operation));
  return (pattern === undefined ? undefined : forms[pattern]) ?? null;
}

/** Writes an instant in a form. */
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

/** Reads `{"pools.list": "milliseconds", "pools.create": "+08:00"}`. */
export function readTimeForms(body: unknown): TimeForms {
  if (!isObject(body)) throw new InputError('the body must be an object of operations and forms');
  for (const [pattern, form] of Object.entries(body)) {
    if (!isPattern(pattern)) throw new InputError(`there is no operation ${pattern}`);
    if (!isForm(form)) throw new InputError(`${pattern}: a form is one of ${words.join(', ')}, +HH:MM and -HH:MM`);
  }
  return { ...body };
}

function isPattern(text: string): text is OperationPattern {
  const resource = /^(pools|notebooks|flavors|networks|iam)\.\*$/.test(text);
  return text === '*' || resource || OPERATIONS.some((operation) => operation === text);
}

function isForm(value: unknown): value is TimeForm {
  return typeof value === 'string' && (words.some((word) => word === value) || offsetPattern.test(value));
}
