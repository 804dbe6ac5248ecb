import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** The server inside of the Temporal CLI 1.5.1, which the tests use. */
export const serverVersion = '1.29.1';
const packages = ['server', 'tools/sql'].map((path) => `go.temporal.io/server/cmd/${path}@v${serverVersion}`);
const longestMs = 30 * 60_000;

/** Paths of the server and of the tool that creates its schema. */
export interface ServerBinaries {
  readonly server: string;
  readonly sqlTool: string;
}

/** Returns the binaries, and builds them with Go when they are not in the cache folder yet. */
export async function serverBinaries(onProgress: (line: string) => void): Promise<ServerBinaries> {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  const folder = join(cache, 'modelarts-ops', `temporal-server-${serverVersion}`);
  const binaries = { server: join(folder, 'server'), sqlTool: join(folder, 'sql') };
  if (existsSync(binaries.server) && existsSync(binaries.sqlTool)) return binaries;
  await mkdir(folder, { recursive: true });
  onProgress(`building the Temporal server ${serverVersion} with Go, once; this takes about 5 minutes on one core`);
  const env = { ...process.env, GOBIN: folder, GOFLAGS: '' };
  await promisify(execFile)('go', ['install', ...packages], { env, timeout: longestMs });
  return binaries;
}
