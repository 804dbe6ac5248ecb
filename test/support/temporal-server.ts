/** Variables that pass the addresses from the global set-up to the test files, which run in other processes. */
export const variables = {
  address: 'MAOPS_TEST_TEMPORAL_ADDRESS',
  namespace: 'MAOPS_TEST_TEMPORAL_NAMESPACE',
  bundle: 'MAOPS_TEST_WORKFLOW_BUNDLE',
} as const;

/** The Temporal server that all test files share; task queues and names of environments keep them apart. */
export function temporalAddress(): { readonly address: string; readonly namespace: string } {
  return { address: fromSetup(variables.address), namespace: fromSetup(variables.namespace) };
}

/** What the global set-up left in a variable. */
export function fromSetup(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set: only int and e2e tests have the global set-up`);
  return value;
}
