import { fromSetup, variables } from './temporal-server.js';

/** The workflows under test, bundled once by the global set-up: bundling takes more than a second. */
export function workflowBundle(): { readonly codePath: string } {
  return { codePath: fromSetup(variables.bundle) };
}
