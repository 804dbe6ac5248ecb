import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(__dirname, '../..');
const running = new Set<ChildProcess>();

export interface Maops {
  readonly pid: number;
  /** What it has printed so far. */
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when either stream contains a match. Rejects when the process ends first. */
  waitForOutput(pattern: RegExp): Promise<void>;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

/** Runs the command line as a child process, as its users do. */
export function maops(args: readonly string[], env: Readonly<Record<string, string>>, stdin?: string): Maops {
  const child = spawn(process.execPath, [path.join(root, 'bin/maops.js'), ...args], {
    cwd: root,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  let stdout = '';
  let stderr = '';
  const waiting: { pattern: RegExp; resolve: () => void; reject: (error: Error) => void }[] = [];
  const look = () => {
    for (const one of waiting) if (one.pattern.test(stdout) || one.pattern.test(stderr)) one.resolve();
  };
  child.stdout.on('data', (data: Buffer) => {
    stdout += data.toString();
    look();
  });
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString();
    look();
  });
  child.stdin.end(stdin ?? '');
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.on('close', (code, signal) => {
      running.delete(child);
      for (const one of waiting) one.reject(new Error(`ended before it printed ${one.pattern}:\n${stdout}\n${stderr}`));
      resolve(code ?? signal ?? -1);
    });
  });
  return {
    pid: child.pid ?? -1,
    stdout: () => stdout,
    stderr: () => stderr,
    kill: (signal) => void child.kill(signal),
    waitForOutput: (pattern) =>
      new Promise((resolve, reject) => {
        waiting.push({ pattern, resolve, reject });
        look();
      }),
    ended,
  };
}

/**
 * Kills the processes that a test left running and returns them. A leaked process is a bug of the test or of the
 * product.
 */
export async function endLeaked(): Promise<string[]> {
  const leaked = [...running];
  for (const child of leaked) child.kill('SIGKILL');
  return leaked.map((child) => child.spawnargs.join(' '));
}
