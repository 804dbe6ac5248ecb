import { readFile, rename, writeFile } from 'node:fs/promises';
import { isObject } from './json.js';
import type { Simulator, Snapshot } from './simulator-interface.js';

/** A state file that follows a simulator. */
export interface StateFile {
  /** Writes what has not been written yet and stops following. */
  close(): Promise<void>;
}

/** How long changes are collected before they are written. */
const DEBOUNCE = 200;

/** Restores a simulator from a file when there is one, and keeps the file up to date from then on. */
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
      if (failure !== undefined) throw new Error(`the state could not be written to ${file}`, { cause: failure });
    },
  };
}

/** A rename is atomic: whoever is killed in the middle leaves the old file, never half a new one. */
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
  if (!isSnapshot(snapshot)) throw new Error(`${file} is no state file of the simulator`);
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
