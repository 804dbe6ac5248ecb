import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isObject, type Json, type JsonObject, textAt } from '../json.js';

/** One recorded call and its response. */
export interface RecordedCall {
  readonly operation: string;
  /** `ok`, `missing`, `denied`, `failed` or `skipped`. */
  readonly state: string;
  /** Such as `{pool_name: ID}`. */
  readonly path: JsonObject;
  readonly body: Json;
}

/** A folder that `maops doctor --probe --record` wrote. */
export interface Recording {
  readonly projectId: string;
  /** Milliseconds since the epoch, in the moved time of the recording. */
  readonly recordedAt: number;
  readonly calls: readonly RecordedCall[];
}

/** Reads a recording. Throws when the folder is none. */
export async function readRecording(folder: string): Promise<Recording> {
  const index = await readJson(path.join(folder, 'recording.json'), folder);
  const projectId = textAt(index, 'projectId');
  const isOurs = isObject(index) && index.format === 'modelarts-ops recording' && index.version === 1;
  if (!isOurs || projectId === undefined || typeof index.recordedAt !== 'number' || !Array.isArray(index.calls))
    throw new Error(`${folder} is not a recording of \`maops doctor --probe --record\``);
  const { recordedAt } = index;
  const calls: RecordedCall[] = [];
  for (const call of index.calls) {
    const file = textAt(call, 'file');
    // A name from outside must not lead out of the folder.
    const body = file === undefined ? null : await readJson(path.join(folder, path.basename(file)), folder);
    const sent = isObject(call) && isObject(call.path) ? call.path : {};
    calls.push({
      operation: textAt(call, 'operation') ?? '',
      state: textAt(call, 'state') ?? '',
      path: sent,
      body,
    });
  }
  return { projectId, recordedAt, calls };
}

/** The rows of all recorded lists of an operation. `key` is that of the rows. */
export function recordedRows({ calls }: Recording, operation: string, key: string): JsonObject[] {
  return calls
    .filter((call) => call.operation === operation && call.state === 'ok')
    .flatMap(({ body }) => (isObject(body) && Array.isArray(body[key]) ? body[key] : []))
    .filter(isObject);
}

async function readJson(file: string, folder: string): Promise<Json> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new Error(`${folder} is not a recording: cannot read ${path.basename(file)}`, { cause });
  }
}
