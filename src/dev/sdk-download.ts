import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { InstallOptions } from './go-install.js';

/** Fail fast on an offline machine; a slow download may take longer once bytes arrive. */
const connectMs = 5_000;
const downloadMs = 180_000;
const checkEveryMs = 250;

/** Lets the SDK download a server, start it and stop it. The binary stays in the folder. */
const script = `
const [, testing, downloadDir] = process.argv;
const { TestWorkflowEnvironment } = require(testing);
TestWorkflowEnvironment.createLocal({ server: { executable: { type: 'cached-download', downloadDir } } })
  .then((server) => server.teardown())
  .then(() => process.exit(0), (error) => { process.stderr.write(String(error.message)); process.exit(1); });
`;

/**
 * Downloads the dev server with the SDK, in a child process because its native download has no timeout and cannot be
 * stopped.
 */
export async function downloadBySdk({ env, target, onProgress, signal }: InstallOptions): Promise<string> {
  await mkdir(dirname(target), { recursive: true });
  const folder = await mkdtemp(join(dirname(target), 'download-'));
  try {
    onProgress('downloading a Temporal server with the SDK');
    await runScript(folder, env, signal);
    const [downloaded] = (await readdir(folder)).filter((name) => !name.endsWith('.downloading'));
    if (downloaded === undefined) throw new Error('the SDK left no file');
    await chmod(join(folder, downloaded), 0o755);
    await rename(join(folder, downloaded), target);
    return target;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runScript(folder: string, env: InstallOptions['env'], signal: AbortSignal | undefined): Promise<void> {
  const testing = createRequire(import.meta.url).resolve('@temporalio/testing');
  const child = spawn(process.execPath, ['-e', script, testing, folder], {
    env,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(signal === undefined ? {} : { signal }),
  });
  const startedAt = performance.now();
  let reason: string | null = null;
  const end = (why: string) => {
    reason = why;
    child.kill('SIGKILL');
  };
  const check = async () => {
    const passed = performance.now() - startedAt;
    if (passed > downloadMs) end(`not done after ${downloadMs / 1_000} s`);
    else if (passed > connectMs && (await readdir(folder)).length === 0)
      end(`no response within ${connectMs / 1_000} s`);
  };
  const watch = setInterval(() => void check().catch(() => {}), checkEveryMs);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-500);
  });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    if (code !== 0) throw new Error(reason ?? (stderr.trim() || `ended with ${code ?? 'a signal'}`));
  } finally {
    clearInterval(watch);
  }
}
