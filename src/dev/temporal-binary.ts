import { accessSync, constants } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Env, readVariable, variables } from '../config.js';
import { installWithGo } from './go-install.js';
import { downloadBySdk } from './sdk-download.js';

/** One way to get a `temporal` binary. `find` throws the reason when it fails. */
export interface BinarySource {
  readonly name: string;
  find(onProgress: (line: string) => void, signal?: AbortSignal): Promise<string>;
}

/** Name of the binary on this platform. */
export const binaryName = process.platform === 'win32' ? 'temporal.exe' : 'temporal';

/** Where the binary is kept between runs: `$XDG_CACHE_HOME/modelarts-ops`, else `~/.cache/modelarts-ops`. */
function cacheFolder(env: Env): string {
  const base = env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache');
  return join(base, 'modelarts-ops');
}

/** Ways to get a binary, the cheapest first. */
export function binarySources(env: Env): BinarySource[] {
  const cached = join(cacheFolder(env), binaryName);
  return [
    { name: 'MAOPS_TEMPORAL_CLI', find: async () => named(env) },
    { name: '`temporal` on PATH', find: async () => onPath(env) },
    { name: `cached copy ${cached}`, find: async () => executable(cached, 'does not exist yet') },
    {
      name: 'download by the Temporal SDK',
      find: (onProgress, signal) => downloadBySdk({ env, target: cached, onProgress, signal }),
    },
    { name: 'go install', find: (onProgress, signal) => installWithGo({ env, target: cached, onProgress, signal }) },
  ];
}

function named(env: Env): string {
  const path = readVariable(variables.temporalCli, env);
  if (path === null) throw new Error('not set');
  return executable(path, `${path} is not an executable file`);
}

function onPath(env: Env): string {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const found = folders.map((folder) => join(folder, binaryName)).find(isExecutable);
  if (found === undefined) throw new Error('not found');
  return found;
}

function executable(path: string, otherwise: string): string {
  if (!isExecutable(path)) throw new Error(otherwise);
  return path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
