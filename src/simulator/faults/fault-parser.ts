import { InputError } from '../errors.js';
import { isObject } from '../json.js';
import { isOperationPattern, OPERATIONS } from '../operations.js';
import type { Fault, FaultKind } from './fault.js';

type FieldType = 'number' | 'string' | 'boolean' | 'object' | 'array' | 'any';

/** The fields of each kind. A `!` marks a required field. */
const FIELDS: Readonly<Record<FaultKind, Readonly<Record<string, FieldType | `${FieldType}!`>>>> = {
  status: { status: 'number!', headers: 'object', body: 'object', commit: 'boolean' },
  hang: { commit: 'boolean' },
  lost: { at: 'string!' },
  halfBody: {},
  throttle: { retryAfter: 'number', code: 'string' },
  unauthorized: { reason: 'string', revoke: 'boolean' },
  forbidden: { code: 'string' },
  deleteFails: { how: 'string' },
  delay: { ms: 'number!', at: 'string' },
  listLag: { ms: 'number!', in: 'array' },
  slowDelete: { ms: 'number!' },
  soldOut: { flavor: 'string', az: 'string', when: 'string', answer: 'string', forMs: 'number' },
  partialNodes: { missing: 'any!' },
  stuck: { phase: 'string!', forMs: 'number' },
  creationFailed: { message: 'string' },
  scalingFailed: { message: 'string' },
  abnormal: { phase: 'string', afterMs: 'number', recoverAfterMs: 'number' },
  scopeFailed: { scope: 'string', message: 'string' },
  driverFlap: { rounds: 'number', everyMs: 'number' },
  notebookFailed: { code: 'string', message: 'string' },
  notebookUnavailable: { afterMs: 'number', recoverAfterMs: 'number' },
  unknownStatus: { word: 'string!' },
  missingFields: { paths: 'array!' },
  nullFields: { paths: 'array!' },
};

const TRIGGER: Readonly<Record<string, FieldType>> = {
  operation: 'string',
  kind: 'string',
  nth: 'number',
  times: 'any',
  probability: 'number',
  match: 'object',
  optional: 'boolean',
};

const WORDS: Readonly<Record<string, readonly string[]>> = {
  'lost.at': ['before', 'after'],
  'delay.at': ['before', 'after'],
  'throttle.code': ['APIGW.0308', 'APIG.0308', 'ModelArts.6101'],
  'unauthorized.reason': ['expired', 'garbage', 'mustUpdate', 'service'],
  'forbidden.code': ['ModelArts.0108', 'APIGW.0302'],
  'deleteFails.how': ['refused', 'reverts'],
  'soldOut.when': ['before', 'midway'],
  'soldOut.answer': ['refuse', 'fail'],
  'abnormal.phase': ['Abnormal', 'Error'],
};

/**
 * Parses one fault or a list. Rejects unknown fields, because a fault with a misspelt field would never apply. Throws
 * `InputError`.
 */
export function readFaults(value: unknown): Fault[] {
  const items: unknown[] = Array.isArray(value) ? value : [value];
  return items.map((item) => {
    assertFault(item);
    return item;
  });
}

function assertFault(value: unknown): asserts value is Fault {
  if (!isObject(value)) throw new InputError('a fault must be an object');
  const { operation, kind, times } = value;
  const patterns = [...OPERATIONS, '*', ...new Set(OPERATIONS.map((name) => `${name.split('.')[0]}.*`))];
  if (typeof operation !== 'string' || !isOperationPattern(operation)) {
    throw new InputError(`operation must be one of ${patterns.join(', ')}`);
  }
  if (typeof kind !== 'string' || !isKind(kind)) {
    throw new InputError(`kind must be one of ${Object.keys(FIELDS).join(', ')}`);
  }
  if (times !== undefined && times !== 'always' && !(typeof times === 'number' && times >= 1)) {
    throw new InputError('times must be a number of at least 1, or "always"');
  }
  const fields = FIELDS[kind];
  for (const [key, item] of Object.entries(value)) {
    const type = TRIGGER[key] ?? fields[key]?.replace('!', '');
    if (type === undefined)
      throw new InputError(`${kind} has no field ${key}; its fields are: ${Object.keys(fields).join(', ') || 'none'}`);
    if (!isOfType(item, type)) throw new InputError(`${kind}.${key} must be of type ${type}`);
    const words = WORDS[`${kind}.${key}`];
    if (words !== undefined && !(typeof item === 'string' && words.includes(item))) {
      throw new InputError(`${kind}.${key} must be one of ${words.join(', ')}`);
    }
  }
  if (kind === 'status' && value.body !== undefined) assertBody(value.body);
  for (const [key, type] of Object.entries(fields)) {
    if (type.endsWith('!') && value[key] === undefined) throw new InputError(`${kind}.${key} is required`);
  }
}

/** A body without one of these wrappers could not be sent. */
function assertBody(body: unknown): void {
  const [[key, value] = [], ...more] = isObject(body) ? Object.entries(body) : [];
  const isText = (key === 'html' || key === 'text') && typeof value === 'string';
  const isJson = (key === 'json' || key === 'half') && value !== undefined;
  if (more.length === 0 && (isText || isJson || (key === 'empty' && value === true))) return;
  throw new InputError(
    'status.body must be one of {"json": …}, {"html": "…"}, {"text": "…"}, {"half": …} and {"empty": true}',
  );
}

function isKind(kind: string): kind is FaultKind {
  return Object.hasOwn(FIELDS, kind);
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    default:
      return typeof value === type;
  }
}
