import { type ChildProcess, spawn } from 'node:child_process';

/** Ends when its standard input closes, which happens however the parent ends, also with SIGKILL. */
const guardScript = 'read -r _; kill -TERM "$0" 2>/dev/null';

/** Ends `child` when this process ends in any way. Returns a function that releases the guard. */
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
  // The pid may be reused after the child has ended, so the guard must not outlive it.
  child.once('exit', release);
  return release;
}

function spawnGuard(pid: number): ChildProcess {
  const guard = spawn('sh', ['-c', guardScript, String(pid)], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  guard.once('error', () => {});
  guard.unref();
  // The pipe would keep this process alive. It is a socket with unref, which the declared type lacks.
  const input = guard.stdin;
  if (input !== null && 'unref' in input && typeof input.unref === 'function') input.unref();
  return guard;
}
