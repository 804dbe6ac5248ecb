import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Recording } from '../probe/recording/recording.js';
import { UsageError } from './exit-codes.js';

/** Refuses a folder that has files, before anything is read. */
export async function requireEmptyFolder(option: string, folder: string): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new UsageError(`${option} ${folder}: cannot be read as a folder`);
  });
  if (names.length > 0) throw new UsageError(`${option} ${folder}: the folder is not empty. Name a new one.`);
}

/** Writes the files of a recording. */
export async function writeRecording(folder: string, { files }: Recording): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { name, text } of files) await writeFile(path.join(folder, name), text);
}
