import { z } from 'zod';
import { text } from '../../modelarts/schemas/tolerant.js';
import { stateOf } from '../findings.js';
import { isRow } from '../rows.js';
import { errorOf, type Reading } from '../run.js';
import { nodeOf } from '../schema-node.js';
import { anonymise, mostRecordedRows } from './anonymise.js';
import { isKeptText } from './kept.js';
import { Replacements } from './replacements.js';
import { TimeShift } from './times.js';

/** One file of a recording. */
export interface RecordedFile {
  readonly name: string;
  readonly text: string;
}

/** A recording that `maops simulator --from` reads. */
export interface Recording {
  readonly files: readonly RecordedFile[];
  readonly bytes: number;
  /** Responses that were left out, because the recording would be too large. */
  readonly omitted: number;
}

/** The format of a recording, in its index. */
const recordingVersion = 1;
const mostBytesPerFile = 256 * 1024;
const mostBytes = 2 * 1024 * 1024;
const contentTypes = ['application/json', 'text/html', 'text/plain', 'application/xml', 'application/octet-stream'];
const errorBody = z.looseObject({ error_code: text, error_msg: text, request_id: text, error_message: text });

/** Makes a recording of a probe, without ids, names, addresses, secrets and free text of the account. Pure. */
export function recordingOf(
  readings: readonly Reading[],
  { projectId, now }: { readonly projectId: string; readonly now: number },
): Recording {
  const replacements = new Replacements(projectId);
  const times = new TimeShift(now);
  const options = { replacements, times, values: valuesOf(readings), vocabulary: vocabularyOf(readings) };
  const files: RecordedFile[] = [];
  let bytes = 0;
  let omitted = 0;
  const keep = (name: string, body: unknown): string | null => {
    const file = { name, text: `${JSON.stringify(body, null, 1)}\n` };
    const size = Buffer.byteLength(file.text);
    if (size > mostBytesPerFile || bytes + size > mostBytes) {
      omitted += 1;
      return null;
    }
    files.push(file);
    bytes += size;
    return name;
  };
  const calls = readings.map((reading, index) => {
    const { call, sent, response } = reading;
    const error = errorOf(reading);
    const code = error?.errorCode ?? null;
    const body = response?.body;
    const schema = error === null ? call.schema : errorBody;
    return {
      operation: call.operation,
      method: call.method ?? 'GET',
      template: call.template,
      path: mapTexts(sent.path ?? {}, (value) => replacements.text(value)),
      query: mapTexts(sent.query ?? {}, (value, key) =>
        call.query?.[key] === value ? value : replacements.text(value),
      ),
      state: stateOf(reading),
      status: response?.status ?? null,
      errorCode: code !== null && isKeptText('error_code', 'text', code, false) ? code : null,
      contentType: contentTypeOf(response?.contentType ?? null),
      file:
        body === undefined
          ? null
          : keep(
              `${String(index + 1).padStart(3, '0')}-${call.operation}.json`,
              anonymise(call, schema, body, options),
            ),
    };
  });
  const index = {
    format: 'modelarts-ops recording',
    version: recordingVersion,
    recordedAt: times.number(now),
    projectId: replacements.text(projectId),
    mostRows: mostRecordedRows,
    calls,
  };
  const indexFile = { name: 'recording.json', text: `${JSON.stringify(index, null, 1)}\n` };
  return { files: [indexFile, ...files], bytes: bytes + Buffer.byteLength(indexFile.text), omitted };
}

function mapTexts<Value extends string | number>(
  texts: Readonly<Record<string, Value>>,
  change: (value: string, key: string) => string,
): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(texts).map(([key, value]) => [key, typeof value === 'number' ? value : change(value, key)]),
  );
}

/** A content type without its parameters, when it is a common one. */
function contentTypeOf(header: string | null): string | null {
  if (header === null) return null;
  const type = header.split(';')[0]?.trim().toLowerCase() ?? '';
  return contentTypes.includes(type) ? type : 'other';
}

/** Every text of the account, in lower case. */
function valuesOf(readings: readonly Reading[]): Set<string> {
  const values = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value === 'string') values.add(value.toLowerCase());
    else if (Array.isArray(value)) for (const item of value) visit(item);
    else if (isRow(value)) for (const member of Object.values(value)) visit(member);
  };
  for (const { response } of readings) visit(response?.body);
  return values;
}

/** Every key of the schemas. */
function vocabularyOf(readings: readonly Reading[]): Set<string> {
  const keys = new Set<string>();
  const visit = (schema: z.ZodType, depth: number): void => {
    const node = nodeOf(schema);
    if (depth > 8) return;
    if (node.kind === 'list') visit(node.item, depth + 1);
    if (node.kind !== 'object') return;
    for (const [key, field] of Object.entries(node.fields)) {
      keys.add(key);
      visit(field, depth + 1);
    }
  };
  for (const schema of new Set(readings.map(({ call }) => call.schema))) visit(schema, 0);
  return keys;
}
