import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { within } from '../support/until.js';
import type { PageCommand } from './page.js';
import { describeDifference, isAsExpected, startsAsExpected } from './printed.js';

const root = path.resolve(__dirname, '../..');
const limitMs = 40_000;

/** An operator's terminal: a real shell in a folder, with `maops` and `temporal` on its PATH. */
export interface OperatorShell {
  /** Runs one command of a page and fails on any other output; `<hash>` is the hash that was printed last. */
  run(page: string, command: PageCommand, env: Readonly<Record<string, string>>): Promise<void>;
  write(file: string, content: string): Promise<void>;
  /** Kills the background processes of the page. */
  killBackground(): Promise<void>;
}

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;
  printed(): string;
  onPrint(listener: () => void): void;
}

/** Opens a shell in a folder. The caller removes the folder. */
export async function openOperatorShell(folder: string, temporalCli: string): Promise<OperatorShell> {
  const programs = path.join(folder, 'programs');
  await mkdir(programs);
  const maops = `#!/bin/sh\nexec '${process.execPath}' '${path.join(root, 'bin/maops.js')}' "$@"\n`;
  await writeFile(path.join(programs, 'maops'), maops, { mode: 0o755 });
  await symlink(temporalCli, path.join(programs, 'temporal'));
  const inBackground: Started[] = [];
  let lastHash = '<hash>';
  const start = (command: string, env: Readonly<Record<string, string>>): Started => {
    // One stream for both, as on a terminal. A separate process group, so that the children end with the shell.
    const child = spawn('sh', ['-c', `exec 2>&1\n${command}`], {
      cwd: folder,
      env: { ...env, PATH: `${programs}:${process.env.PATH ?? ''}`, HOME: folder, TZ: 'UTC' },
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    let printed = '';
    const listeners: (() => void)[] = [];
    child.stdout?.on('data', (data: Buffer) => {
      printed += data.toString();
      for (const listener of listeners) listener();
    });
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    return { child, ended, printed: () => printed, onPrint: (listener) => void listeners.push(listener) };
  };
  const killBackground = async () => {
    const all = inBackground.splice(0);
    for (const one of all) end(one);
    await Promise.all(all.map(({ ended }) => ended));
  };
  return {
    async run(page, { line, command: written, expected, exit, isBackground }, env) {
      const command = written.replace('<hash>', lastHash);
      const started = start(command, env);
      const where = `docs/runbooks/${page}.md:${line}: $ ${command}`;
      const differs = () => `${where}\n${describeDifference(expected, started.printed())}`;
      if (isBackground) {
        inBackground.push(started);
        const matched = new Promise<void>((resolve) => {
          const check = () => startsAsExpected(expected, started.printed()) && resolve();
          started.onPrint(check);
        });
        const died = started.ended.then((code) => {
          throw new Error(`${differs()}\nit exited with ${code}`);
        });
        died.catch(() => undefined);
        return await within(limitMs, Promise.race([matched, died]), differs);
      }
      const code = await within(limitMs, started.ended, () => {
        end(started);
        return `${where}\ndid not end within ${limitMs} ms; printed so far:\n${started.printed()}`;
      });
      if (!isAsExpected(expected, started.printed())) throw new Error(`${differs()}\n(exit ${code})`);
      lastHash = /^hash (\w+)$/m.exec(started.printed())?.[1] ?? lastHash;
      if (code !== exit) throw new Error(`${where}\nexited with ${code}, expected ${exit}:\n${started.printed()}`);
    },
    async write(file, content) {
      await writeFile(path.join(folder, file), content);
    },
    killBackground,
  };
}

function end({ child }: Started): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, 'SIGKILL');
}
