/** What a name of an environment, pool or notebook may look like; its rules in full are the spec's. */
export function isName(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(name);
}
