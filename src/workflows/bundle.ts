import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';

/** Where the build puts the bundle: beside the compiled folders, so that it is published with them. */
const builtBundle = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url));
/** Run by tests and tsx, this file is source, and a bundle from an earlier build may be stale. */
const isSource = new URL(import.meta.url).pathname.endsWith('.ts');

/** Bundles the workflows that stand beside this file; the bundle fits only the exact SDK version that made it. */
export async function makeWorkflowBundle(): Promise<string> {
  const workflowsPath = fileURLToPath(new URL(isSource ? './index.ts' : './index.js', import.meta.url));
  const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
  return code;
}

/** The bundle of the build, which saves the 1.7 s of bundling at every start; from source it is made anew. */
export async function loadWorkflowBundle(): Promise<WorkflowBundleOption> {
  if (isSource) return { code: await makeWorkflowBundle() };
  if (!existsSync(builtBundle)) throw new Error(`there is no workflow bundle at ${builtBundle}: run \`npm run build\``);
  return { codePath: builtBundle };
}

/** Makes the bundle of the build. */
async function build(): Promise<void> {
  await writeFile(builtBundle, await makeWorkflowBundle());
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  build().catch((error: unknown) => {
    process.exitCode = 1;
    process.stderr.write(`the workflows cannot be bundled: ${String(error)}\n`);
  });
}
