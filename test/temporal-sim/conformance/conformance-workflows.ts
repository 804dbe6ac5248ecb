import type { BundleSource } from '../workflow-bundle.js';

/** The workflows of the suite. */
export const conformanceWorkflows: BundleSource = {
  entry: 'test/temporal-sim/conformance/workflows/index.ts',
  folders: ['test/temporal-sim/conformance'],
};
