import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { sdkVersion, WorkflowSandbox } from './workflow-sandbox.js';

/** What to bundle: the file that exports the workflows, and the folders whose content identifies the bundle. */
export interface BundleSource {
  readonly entry: string;
  readonly folders: readonly string[];
  /** @defaultValue the converter of the SDK */
  readonly failureConverterPath?: string;
}

const hosts = new Map<string, Promise<WorkflowSandbox>>();

/** Loads the bundle once per process. Its code is cached on disk for other test files and processes. */
export function workflowSandbox(source: BundleSource): Promise<WorkflowSandbox> {
  const known = hosts.get(source.entry);
  if (known !== undefined) return known;
  const host = bundleCode(source).then((code) => WorkflowSandbox.load(code));
  hosts.set(source.entry, host);
  return host;
}

/** The bundled code, from the disk if the sources have not changed. */
export async function bundleCode(source: BundleSource): Promise<string> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const folder = path.join(tmpdir(), 'modelarts-ops-bundles');
  const file = path.join(folder, `${fingerprint(root, source)}.js`);
  try {
    return readFileSync(file, 'utf8');
  } catch {
    const workflowsPath = path.join(root, source.entry);
    const { code } = await bundleWorkflowCode({
      workflowsPath,
      // Loaded once and frozen, instead of once for every instance: creating an instance takes a quarter of the time.
      preloadModules: [workflowsPath],
      ...(source.failureConverterPath !== undefined && { failureConverterPath: source.failureConverterPath }),
      logger: new DefaultLogger('ERROR'),
    });
    mkdirSync(folder, { recursive: true });
    // Another process may be writing the same bundle. A rename is atomic.
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, code);
    renameSync(draft, file);
    return code;
  }
}

function fingerprint(root: string, source: BundleSource): string {
  const hash = createHash('sha256').update(sdkVersion).update('preloaded').update(source.entry);
  for (const folder of source.folders) {
    const names = readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((item) => item.isFile())
      .map((item) => path.join(item.parentPath, item.name))
      .sort();
    for (const name of names) hash.update(path.relative(root, name)).update(readFileSync(name));
  }
  return hash.digest('hex').slice(0, 24);
}
