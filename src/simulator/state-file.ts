import { readFile, rename, writeFile } from 'node:fs/promises';
import { isObject } from './json.js';
import type { Simulator, Snapshot } from './simulator-interface.js';

/** A state file that is kept up to date with a simulator. */
export interface StateFile {
  /** Writes the latest state and stops updating the file. */
  close(): Promise<void>;
}

/** Milliseconds for which changes are collected before a write. */
const DEBOUNCE = 200;

/** Restores a simulator from a file, if it exists, and keeps the file up to date. */
export async function followStateFile(simulator: Simulator, file: string): Promise<StateFile> {
  const snapshot = await readSnapshot(file);
  if (snapshot !== undefined) simulator.restore(snapshot);
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let failure: unknown;
  const write = () => {
    timer = undefined;
    writing = writing
      .then(() => writeSnapshot(file, simulator.snapshot()))
      .catch((error: unknown) => {
        failure = error;
      });
  };
  const stop = simulator.onChange(() => {
    timer ??= setTimeout(write, DEBOUNCE).unref();
  });
  return {
    async close() {
      stop();
      clearTimeout(timer);
      write();
      await writing;
      if (failure !== undefined) throw new Error(`cannot write the state file ${file}`, { cause: failure });
    },
  };
}

/** Writes a temporary file and renames it, so that a crash never leaves a partial file. */
async function writeSnapshot(file: string, snapshot: Snapshot): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  await writeFile(draft, `${JSON.stringify(snapshot)}\n`, { mode: 0o600 });
  await rename(draft, file);
}

async function readSnapshot(file: string): Promise<Snapshot | undefined> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (isObject(error) && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const snapshot = parseJson(bytes);
  if (!isSnapshot(snapshot)) throw new Error(`${file} is not a state file of the simulator`);
  return snapshot;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

function isSnapshot(value: unknown): value is Snapshot {
  return isObject(value) && value.version === 1 && isObject(value.state) && typeof value.at === 'number';
}
