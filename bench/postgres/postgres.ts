import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../src/dev/free-port.js';
import { type Child, startChild } from './child.js';
import { retry } from './retry.js';

const run = promisify(execFile);
/** Where Debian and Ubuntu install each version; they put none of it on PATH. */
const debianFolder = '/usr/lib/postgresql';
const install = 'Install it (Debian and Ubuntu: `apt-get install postgresql postgresql-contrib`), or add it to PATH.';

export interface Postgres {
  readonly port: number;
  readonly version: string;
  readonly pid: () => number;
  readonly start: () => Promise<void>;
  /** Ends all connections and stops, as `pg_ctl stop -m fast`. */
  readonly stop: () => Promise<void>;
}

/** Creates a database cluster of its own in a folder, for the superuser `temporal`. `start` starts it. */
export async function createPostgres(folder: string): Promise<Postgres> {
  const binaries = findBinaries();
  const user = process.getuid?.() === 0 ? await unprivilegedUser() : null;
  const data = join(folder, 'data');
  await mkdir(data);
  if (user !== null) {
    await chmod(folder, 0o755);
    await chown(data, user.uid, user.gid);
  }
  const words = ['--pgdata', data, '--username', 'temporal', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C'];
  await run(join(binaries, 'initdb'), words, { ...user, cwd: data });
  const { stdout: version } = await run(join(binaries, 'postgres'), ['--version']);
  const port = await freePort();
  let child: Child | null = null;
  return {
    port,
    version: version.trim(),
    pid: () => child?.pid ?? 0,
    start: async () => {
      const listen = ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', ''];
      child = startChild(join(binaries, 'postgres'), listen, {
        env: process.env,
        logFile: join(folder, 'postgres.log'),
        user,
      });
      const isReady = () =>
        run(join(binaries, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port), '-U', 'temporal']);
      await retry(30_000, isReady, () => child?.hasEnded() === true);
    },
    stop: async () => await child?.stop('SIGINT'),
  };
}

function findBinaries(): string {
  const versions = existsSync(debianFolder) ? readdirSync(debianFolder) : [];
  const newestFirst = versions.sort((a, b) => Number(b) - Number(a)).map((one) => join(debianFolder, one, 'bin'));
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...newestFirst];
  const found = folders.find((one) =>
    ['postgres', 'initdb', 'pg_isready'].every((name) => existsSync(join(one, name))),
  );
  if (found === undefined) throw new Error(`PostgreSQL was not found. ${install}`);
  return found;
}

/** PostgreSQL refuses to run as root. The package creates the user `postgres`. */
async function unprivilegedUser(): Promise<{ readonly uid: number; readonly gid: number }> {
  const id = async (flag: string) => Number((await run('id', [flag, 'postgres'])).stdout);
  return { uid: await id('-u'), gid: await id('-g') };
}
