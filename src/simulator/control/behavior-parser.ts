import { type Behavior, DEFAULT_BEHAVIOR } from '../behavior.js';
import { InputError } from '../errors.js';
import { isObject } from '../json.js';
import { isOperationPattern } from '../operations.js';

const WORDS: Readonly<Record<string, readonly string[]>> = {
  poolSoldOut: ['refuse', 'fail'],
  notebookSoldOut: ['refuse', 'fail'],
  deletePoolInUse: ['kill', 'refuse'],
  deleteRunningNotebook: ['accept', 'refuse'],
};

/**
 * Parses a change of the behavior, such as `{"deletePoolInUse": "refuse"}`. The rate limit is fixed. Throws
 * `InputError`.
 */
export function readBehavior(body: unknown): Partial<Behavior> {
  if (!isObject(body)) throw new InputError('the body must be an object such as {"deletePoolInUse": "refuse"}');
  assertBehavior(body);
  return body;
}

function assertBehavior(body: object): asserts body is Partial<Behavior> {
  for (const [key, value] of Object.entries(body)) {
    const usual: unknown = Object.entries(DEFAULT_BEHAVIOR).find(([name]) => name === key)?.[1];
    if (usual === undefined || key === 'rateLimit') {
      const names = Object.keys(DEFAULT_BEHAVIOR).filter((name) => name !== 'rateLimit');
      throw new InputError(`${key} cannot be changed; one of ${names.join(', ')} can`);
    }
    if (key === 'unavailable') assertUnavailable(value);
    else if (key.endsWith('Quota') ? !isQuota(value) : typeof value !== typeof usual)
      throw new InputError(`${key} must be like ${JSON.stringify(usual)}`);
    const words = WORDS[key];
    if (words !== undefined && !words.some((word) => word === value)) {
      throw new InputError(`${key} must be one of ${words.join(', ')}`);
    }
  }
}

function isQuota(value: unknown): boolean {
  return value === null || typeof value === 'number';
}

function assertUnavailable(value: unknown): void {
  const entries = isObject(value) ? Object.entries(value) : [['', null] as const];
  if (entries.every(([key, how]) => isOperationPattern(key) && (how === 'forbidden' || how === 'missing'))) return;
  throw new InputError('unavailable must be like {"workloads.list": "forbidden", "services.*": "missing"}');
}
