import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';
import { failureConverterPath } from '../codec/data-converter.js';

export interface BundleOptions {
  /**
   * Takes in the failure converter that hides messages from whoever has no key: a converter is a part of the
   * bundle, so encrypted deployments have a bundle of their own. @defaultValue false
   */
  readonly encodesFailures?: boolean;
}

/** Where the build puts the bundles: beside the compiled folders, so that they are published with them. */
function builtBundle({ encodesFailures = false }: BundleOptions): string {
  const name = encodesFailures ? 'workflow-bundle-encoded.js' : 'workflow-bundle.js';
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}
/** Run by tests and tsx, this file is source, and a bundle from an earlier build may be stale. */
const isSource = new URL(import.meta.url).pathname.endsWith('.ts');

/** Bundles the workflows that stand beside this file; the bundle fits only the exact SDK version that made it. */
export async function makeWorkflowBundle({ encodesFailures = false }: BundleOptions = {}): Promise<string> {
  const workflowsPath = fileURLToPath(new URL(isSource ? './index.ts' : './index.js', import.meta.url));
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    logger: new DefaultLogger('WARN'),
    failureConverterPath: failureConverterPath(encodesFailures),
  });
  return code;
}

/** The bundle of the build, which saves the 1.7 s of bundling at every start; from source it is made anew. */
export async function loadWorkflowBundle(options: BundleOptions = {}): Promise<WorkflowBundleOption> {
  if (isSource) return { code: await makeWorkflowBundle(options) };
  const codePath = builtBundle(options);
  if (!existsSync(codePath)) throw new Error(`no workflow bundle at ${codePath}. Run \`npm run build\`.`);
  return { codePath };
}

/** Makes the bundles of the build. */
async function build(): Promise<void> {
  for (const encodesFailures of [false, true]) {
    await writeFile(builtBundle({ encodesFailures }), await makeWorkflowBundle({ encodesFailures }));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  build().catch((error: unknown) => {
    process.exitCode = 1;
    process.stderr.write(`the workflows cannot be bundled: ${String(error)}\n`);
  });
}
