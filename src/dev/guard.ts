import { type ChildProcess, spawn } from 'node:child_process';

/** Ends when its standard input does, which happens however its parent ends, SIGKILL included. */
const guardScript = 'read -r _; kill -TERM "$0" 2>/dev/null';

/** Ends `child` when this process ends in any way; the answer gives the guard up. */
export function guardChild(child: ChildProcess): () => void {
  const { pid } = child;
  if (pid === undefined) return () => {};
  const killNow = () => child.kill('SIGKILL');
  process.once('exit', killNow);
  const guard = process.platform === 'win32' ? null : spawnGuard(pid);
  const release = () => {
    process.removeListener('exit', killNow);
    guard?.kill('SIGKILL');
  };
  // The number of a child that has ended may be given to another process: the guard must not outlive it.
  child.once('exit', release);
  return release;
}

function spawnGuard(pid: number): ChildProcess {
  const guard = spawn('sh', ['-c', guardScript, String(pid)], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  guard.once('error', () => {});
  guard.unref();
  // The pipe would keep an otherwise finished process alive; a socket behind it has unref, the declared stream has not.
  const input = guard.stdin;
  if (input !== null && 'unref' in input && typeof input.unref === 'function') input.unref();
  return guard;
}
