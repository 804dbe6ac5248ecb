import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleOption } from '@temporalio/worker';
import { failureConverterPath } from '../codec/data-converter.js';

export interface BundleOptions {
  /**
   * Includes the failure converter that encrypts messages. The converter is part of the bundle, so encrypted
   * deployments have their own bundle. @defaultValue false
   */
  readonly encodesFailures?: boolean;
}

/** Where the build writes the bundles: beside the compiled folders, so that they are published with them. */
function builtBundle({ encodesFailures = false }: BundleOptions): string {
  const name = encodesFailures ? 'workflow-bundle-encoded.js' : 'workflow-bundle.js';
  return fileURLToPath(new URL(`../${name}`, import.meta.url));
}
/** Tests and tsx run this file from source, where a bundle of an earlier build may be stale. */
const isSource = new URL(import.meta.url).pathname.endsWith('.ts');

/** Bundles the workflows beside this file. A bundle fits only the SDK version that created it. */
export async function makeWorkflowBundle({ encodesFailures = false }: BundleOptions = {}): Promise<string> {
  const workflowsPath = fileURLToPath(new URL(isSource ? './index.ts' : './index.js', import.meta.url));
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    logger: new DefaultLogger('WARN'),
    failureConverterPath: failureConverterPath(encodesFailures),
  });
  return code;
}

/** Loads the bundle of the build, which saves 1.7 s at every start. From source, it bundles again. */
export async function loadWorkflowBundle(options: BundleOptions = {}): Promise<WorkflowBundleOption> {
  if (isSource) return { code: await makeWorkflowBundle(options) };
  const codePath = builtBundle(options);
  if (!existsSync(codePath)) throw new Error(`no workflow bundle at ${codePath}. Run \`npm run build\`.`);
  return { codePath };
}

/** Writes the bundles of the build. */
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
