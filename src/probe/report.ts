import { type CallState, type Finding, findingsOf, stateOf } from './findings.js';
import { rowsOf } from './rows.js';
import { errorOf, type Reading } from './run.js';

/** Whether the account has a notebook API. `unknown`: its list failed for another reason. */
export type ApiState = 'available' | 'missing' | 'denied' | 'unknown';

/** One read of the probe, without what it was about. */
export interface ProbedCall {
  readonly operation: string;
  readonly method: 'GET' | 'POST';
  /** Such as `/v2/{project_id}/pools`. */
  readonly path: string;
  readonly state: CallState;
  readonly status: number | null;
  readonly errorCode: string | null;
  readonly contentType: string | null;
  /** Rows of a list; null for a single object. */
  readonly rows: number | null;
}

/** The result of a probe. Its JSON is stable. */
export interface ProbeReport {
  readonly notebookApis: { readonly current: ApiState; readonly historical: ApiState };
  readonly calls: readonly ProbedCall[];
  /** The most important first. */
  readonly findings: readonly Finding[];
  readonly findingsOmitted: number;
  /** IAM actions that the account lacks. */
  readonly missingRights: readonly string[];
  /** Reads without which work or the deletion of pools is blocked. */
  readonly blocked: readonly string[];
}

/** Findings of a report. */
export const mostFindings = 100;
/** In the order of the report. */
const kinds: readonly Finding['kind'][] = [
  'missingRight',
  'missingCall',
  'noResponse',
  'failed',
  'unreadable',
  'unknownCode',
  'unknownWord',
  'contentType',
  'otherType',
  'unknownField',
];

/** Judges the reads of a probe. Pure. */
export function reportOf(readings: readonly Reading[]): ProbeReport {
  const findings = merged(readings.flatMap(findingsOf));
  const current = apiState(readings, 'currentApi');
  const historical = apiState(readings, 'historicalApi');
  const missingRights = readings
    .filter((reading) => stateOf(reading) === 'denied')
    .flatMap(({ call }) => (call.right === null ? [] : [call.right]));
  return {
    notebookApis: { current, historical },
    calls: readings.map(probedCall),
    findings: findings.slice(0, mostFindings),
    findingsOmitted: Math.max(0, findings.length - mostFindings),
    missingRights: [...new Set(missingRights)].sort(),
    blocked: blockedCalls(readings, { current, historical }),
  };
}

function blockedCalls(readings: readonly Reading[], apis: ProbeReport['notebookApis']): string[] {
  const blocked = readings.filter((reading) => {
    const { operation, need } = reading.call;
    const state = stateOf(reading);
    if (state === 'ok' || state === 'skipped') return false;
    // An API that does not exist has no notebooks of anybody.
    if (operation.startsWith('currentNotebooks.') && apis.current === 'missing') return false;
    if (operation.startsWith('notebooks.') && apis.historical === 'missing') return false;
    return need === 'work' || need === 'removal';
  });
  const names = blocked.map(({ call }) => call.operation);
  const isNotebookApiFound = apis.current === 'available' || apis.historical === 'available';
  const wasAsked = readings.some(({ call }) => call.need === 'currentApi' || call.need === 'historicalApi');
  return [...new Set([...names, ...(isNotebookApiFound || !wasAsked ? [] : ['notebooks'])])];
}

function apiState(readings: readonly Reading[], need: 'currentApi' | 'historicalApi'): ApiState {
  const found = readings.find(({ call }) => call.need === need);
  const state = found === undefined ? 'skipped' : stateOf(found);
  if (state === 'ok') return 'available';
  return state === 'missing' || state === 'denied' ? state : 'unknown';
}

function probedCall(reading: Reading): ProbedCall {
  const { call, response } = reading;
  const error = errorOf(reading);
  return {
    operation: call.operation,
    method: call.method ?? 'GET',
    path: call.template,
    state: stateOf(reading),
    status: response?.status ?? null,
    errorCode: error?.errorCode ?? null,
    contentType: response?.contentType ?? null,
    rows:
      call.rows === undefined || error !== null || response === null ? null : rowsOf(response.body, call.rows).length,
  };
}

/** Equal findings become one with a count. */
function merged(findings: readonly Finding[]): Finding[] {
  const byKey = new Map<string, Finding>();
  for (const finding of findings) {
    const { kind, operation, path, value } = finding;
    const key = JSON.stringify([kind, operation, path, value]);
    byKey.set(key, { ...finding, count: (byKey.get(key)?.count ?? 0) + 1 });
  }
  return [...byKey.values()].sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}
