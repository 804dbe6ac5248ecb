import type { ModelArtsError, ModelArtsErrorKind } from '../modelarts/errors.js';
import { isUnpublished } from '../modelarts/errors.js';
import type { RawResponse } from '../modelarts/raw-reads.js';
import type { ProbeCall } from './call.js';
import { compare, type Difference } from './compare.js';
import { rowsOf } from './rows.js';
import { errorOf, type Reading } from './run.js';
import type { Effect } from './words.js';

/** Something about the account that is not as documented, or that the product lacks. */
export interface Finding {
  readonly kind:
    | Difference['kind']
    | 'contentType'
    | 'unknownCode'
    | 'missingCall'
    | 'missingRight'
    | 'failed'
    | 'noResponse';
  readonly operation: string;
  /** Such as `items[].status.phase`; null when it is about the whole call. */
  readonly path: string | null;
  /** The unknown word, JSON type, content type, status and code, or IAM action. */
  readonly value: string | null;
  /** How often it was seen. */
  readonly count: number;
  /** What the product does about it. */
  readonly effect: Effect;
}

/** `skipped`: there was no resource to read. */
export type CallState = 'ok' | 'missing' | 'denied' | 'failed' | 'skipped';

/** What an API error of a read means for an operation (src/activities/failures.ts). */
const effectsOfErrors: Readonly<Record<ModelArtsErrorKind, Effect>> = {
  auth: 'refused',
  permission: 'refused',
  throttled: 'paused',
  notFound: 'gone',
  exists: 'refused',
  stateConflict: 'retried',
  quota: 'refused',
  soldOut: 'soldOut',
  billing: 'refused',
  rejected: 'refused',
  unavailable: 'retried',
  transport: 'retried',
  malformed: 'retried',
};

const effectsOfDifferences = { unknownField: 'ignored', otherType: 'absent', unreadable: 'retried' } as const;
const effectsOfNeeds = {
  work: 'refused',
  removal: 'jobsUnknown',
  currentApi: 'otherApi',
  historicalApi: 'otherApi',
  detail: 'ignored',
} as const;

/** The state of one call. */
export function stateOf(reading: Reading): CallState {
  const error = errorOf(reading);
  const { call, response } = reading;
  if (error === null && response === null) return 'skipped';
  if (error === null) return differencesOf(call, response).some(({ kind }) => kind === 'unreadable') ? 'failed' : 'ok';
  if (isMissing(reading, error)) return 'missing';
  return error.kind === 'permission' ? 'denied' : 'failed';
}

/** The findings of one call. */
export function findingsOf(reading: Reading): Finding[] {
  const { call, response } = reading;
  const { operation } = call;
  const about = (kind: Finding['kind'], value: string | null, effect: Effect, path: string | null = null): Finding => ({
    kind,
    operation,
    path,
    value,
    count: 1,
    effect,
  });
  const error = errorOf(reading);
  const found: Finding[] = [];
  const type = response?.contentType ?? null;
  if (response !== null && type?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    const isUsable = response.body !== undefined || response.error !== null;
    found.push(about('contentType', type, isUsable ? 'ignored' : 'retried'));
  }
  if (error !== null) {
    found.push(...errorFindings(reading, error, about));
    return found;
  }
  if (response === null) return [];
  for (const difference of differencesOf(call, response)) {
    const { kind, path, value } = difference;
    const effect = kind === 'unknownWord' ? effectOfWord(call, path) : effectsOfDifferences[kind];
    found.push(about(kind, value, effect, path === '' ? null : path));
  }
  return found;
}

function errorFindings(
  reading: Reading,
  error: ModelArtsError,
  about: (kind: Finding['kind'], value: string | null, effect: Effect) => Finding,
): Finding[] {
  const { call, response } = reading;
  if (response === null) return [about('noResponse', error.kind, 'retried')];
  const code = `${response.status}${error.errorCode === null ? '' : ` ${error.errorCode}`}`;
  const needed = effectsOfNeeds[call.need];
  if (isMissing(reading, error)) return [about('missingCall', code, needed)];
  const unknown =
    response.isKnownError || error.errorCode === null ? [] : [about('unknownCode', code, effectsOfErrors[error.kind])];
  if (error.kind === 'permission') return [about('missingRight', call.right ?? code, needed), ...unknown];
  return unknown.length > 0 ? unknown : [about('failed', code, effectsOfErrors[error.kind])];
}

/** The region does not have the call. A 404 about one resource does not say so. */
function isMissing({ call, response }: Reading, error: ModelArtsError): boolean {
  if (isUnpublished(error)) return true;
  const isOfOne = call.each?.send('').path !== undefined;
  return (
    response !== null && !response.isKnownError && (response.status === 405 || (response.status === 404 && !isOfOne))
  );
}

function differencesOf(call: ProbeCall, response: RawResponse | null): Difference[] {
  if (response === null) return [];
  if (response.body === undefined)
    return [{ kind: 'unreadable', path: '', value: response.length === 0 ? 'empty body' : 'the body is not JSON' }];
  return compare(call.schema, response.body, {
    words: call.words,
    unread: call.unread,
    row: rowPathOf(call, response.body),
  });
}

/** The path of a row. The key of some lists differs between editions. */
function rowPathOf({ rows }: ProbeCall, body: unknown): string {
  if (rows === undefined) return '';
  const spellings = { data: ['data', 'items', 'services'], 'statistics.items': ['statistics.items', 'statics.items'] };
  const keys = rows === 'data' || rows === 'statistics.items' ? spellings[rows] : [rows];
  return `${keys.find((key) => rowsOf(body, key).length > 0) ?? rows}[]`;
}

function effectOfWord({ words, rows }: ProbeCall, path: string): Effect {
  const rule = words?.find(({ at }) => (rows === undefined ? path === at : path.endsWith(`[].${at}`)));
  return rule?.effect ?? 'ignored';
}
